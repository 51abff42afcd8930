"""What waits for an agent."""

from __future__ import annotations

from datetime import date

from fastapi import APIRouter

from services.scheduler import worklist
from services.scheduler.agents import desk_of
from services.scheduler.api.asked import Restated, ThisMoment, place_asked, ranked
from services.scheduler.queries import Item
from shared.web.deps import Db, Page

router = APIRouter()


@router.get("/worklist")
async def get_worklist(
    connection: Db,
    moment: ThisMoment,
    formula: Restated,
    asked: Page,
    agent: str | None = None,
    on: date | None = None,
) -> Item:
    """What is due on or before `on` (today), overdue first; a later day is a preview. An agent sees the work of those
    whom they stand in for on that day, or who left it to them, and what is escalated to their role. Today is each
    customer's own."""
    day = on or moment.today
    desk = await desk_of(connection, agent, day) if agent is not None else None
    found = await worklist.list_work(connection, (day, moment), desk, asked.limit, place_asked(asked), formula)
    return ranked(found, asked.limit)
