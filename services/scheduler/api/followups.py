"""The journal of a customer, and completing what is open in it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from fastapi import APIRouter, Request, Response

from services.scheduler import queries
from services.scheduler.api.asked import owner_of
from services.scheduler.domain.commands import CompleteFollowup, FollowupReport
from services.scheduler.queries import Item, Seen
from shared.web.commands import run_command
from shared.web.deps import ActivePolicy, Db, Now, Page
from shared.web.erased import missing
from shared.web.pages import page, seek

router = APIRouter()


@router.get("/customers/{id}/journal")
async def get_journal(id: UUID, connection: Db, now: Now, policy: ActivePolicy, asked: Page) -> Item:
    """The open follow-up and what became of those before it, newest first."""
    seen = seek(asked.after, lambda at, followup: Seen(datetime.fromisoformat(at), UUID(followup))) or Seen()
    found = await queries.journal_of(connection, id, now, policy, limit=asked.limit, seen=seen)
    if found is None:
        raise await missing(connection, id)
    closed = page(found.closed, asked.limit, lambda item: [item["at"], item["followup_id"]])
    return {"open": found.open, "last_contact_on": found.last_contact_on, **closed}


@router.post("/followups/{id}/complete")
async def complete_followup(id: UUID, report: FollowupReport, request: Request) -> Response:
    """Close a follow-up with the refreshed record; the next one is scheduled with it."""
    customer = await owner_of(request, queries.customer_of_followup, id, "follow-up")
    command = CompleteFollowup(followup_id=id, **dict(report))
    return await run_command(
        request, customer, command, lambda connection: queries.last_completion(connection, customer)
    )
