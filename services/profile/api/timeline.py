"""The timeline."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from fastapi import APIRouter

from services.profile.api.asked import Day, File, Text, span_of
from services.profile.queries.timeline import Span, list_timeline
from shared.web.deps import ActivePolicy, Db, Page
from shared.web.pages import page, seek

router = APIRouter()


@router.get("/customers/{customer_id}/timeline")
async def show_timeline(  # noqa: PLR0913, PLR0917 - each is a filter of the route
    db: Db,
    policy: ActivePolicy,
    page_of: Page,
    file: File,
    contact: Text | None = None,
    from_on: Day = None,
    to_on: Day = None,
) -> dict[str, Any]:
    """Every touch by occurrence; days are the customer's, both inclusive (PR-10)."""
    span = Span(contact, *span_of(file, policy, from_on, to_on))
    after = seek(page_of.after, lambda at, entry: (datetime.fromisoformat(at), UUID(entry)))
    found = await list_timeline(db, file.customer, span, after, page_of.limit)
    return page(found, page_of.limit, lambda item: [item["at"].isoformat(), str(item["entry_id"])])
