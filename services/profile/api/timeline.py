"""The timeline."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from fastapi import APIRouter

from services.profile.api.asked import Day, File, Text
from services.profile.domain.file import zone_of
from services.profile.queries.timeline import Span, list_timeline
from shared.clock import start_of_day
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
    zone = zone_of(file.state, policy)
    span = Span(
        contact,
        start_of_day(from_on, zone) if from_on else None,
        start_of_day(to_on + timedelta(days=1), zone) if to_on else None,
    )
    after = seek(page_of.after, lambda at, entry: (datetime.fromisoformat(at), UUID(entry)))
    found = await list_timeline(db, file.customer, span, after, page_of.limit)
    return page(found, page_of.limit, lambda item: [item["at"].isoformat(), str(item["entry_id"])])
