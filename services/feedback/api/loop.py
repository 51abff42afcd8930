"""The routes of feedback: the list, tagging, planning, and what it says of the elements."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID

import asyncpg
from fastapi import APIRouter, Depends, Request, Response

from services.feedback.domain.commands import ActionPlan, CompletePlan, PlanDone, PlanFeedback, Tag, TagFeedback
from services.feedback.queries import loop
from shared.clock import business_date
from shared.contracts.data import Name
from shared.contracts.values import FeedbackFlag, FeedbackKind, FeedbackSource
from shared.engine.alias import canonical
from shared.postgres.pool import borrow
from shared.web.commands import Answer, run_command
from shared.web.deps import ActivePolicy, Db, Now, Page, engine_of
from shared.web.pages import page, seek
from shared.web.problems import not_found

router = APIRouter()


async def _wanted(
    kind: FeedbackKind | None = None,
    source: FeedbackSource | None = None,
    element: Name | None = None,
    flag: FeedbackFlag | None = None,
    customer: UUID | None = None,
) -> loop.Wanted:
    return loop.Wanted(kind, source, element, flag, customer)


async def _plan(
    now: Now, policy: ActivePolicy, plan: Literal["open", "overdue", "done"] | None = None, owner: Name | None = None
) -> loop.Planned:
    return loop.Planned(plan, owner, business_date(now, policy.calendar.time_zone))


@router.get("/feedback")
async def list_feedback(
    connection: Db,
    page_of: Page,
    asked: Annotated[loop.Wanted, Depends(_wanted)],
    plan: Annotated[loop.Planned, Depends(_plan)],
) -> dict[str, Any]:
    """Newest first; `flag=untagged` is the list to go through, `plan=overdue` that of promises made to oneself."""

    def read(on: Any, feedback_id: Any) -> tuple[date | None, str | None]:
        return date.fromisoformat(on), str(feedback_id)

    wanted = asked._replace(customer=await canonical(connection, asked.customer) if asked.customer else None)
    after = seek(page_of.after, read) or (None, None)
    items = await loop.items_of(connection, loop.FEEDBACK, *wanted, *after, page_of.limit + 1, *plan)
    return page(items, page_of.limit, lambda item: [item["received_on"], item["feedback_id"]])


@router.post("/feedback/{feedback_id}/tag")
async def tag_feedback(request: Request, feedback_id: Name, tag: Tag) -> Response:
    """Say which element it is about."""
    command = TagFeedback(feedback_id=feedback_id, **dict(tag))
    return await run_command(request, await _owner(request, feedback_id), command, _shown(feedback_id))


@router.post("/feedback/{feedback_id}/plan")
async def plan_feedback(request: Request, feedback_id: Name, plan: ActionPlan) -> Response:
    """Say what is done about it, by whom and by when."""
    command = PlanFeedback(feedback_id=feedback_id, **dict(plan))
    return await run_command(request, await _owner(request, feedback_id), command, _shown(feedback_id))


@router.post("/feedback/{feedback_id}/plan/complete")
async def complete_plan(request: Request, feedback_id: Name, done: PlanDone) -> Response:
    """Say that the plan was carried out."""
    command = CompletePlan(feedback_id=feedback_id, **dict(done))
    return await run_command(request, await _owner(request, feedback_id), command, _shown(feedback_id))


@router.get("/elements")
async def list_elements(
    connection: Db, policy: ActivePolicy, from_on: date | None = None, to_on: date | None = None
) -> dict[str, Any]:
    """How the elements and touchpoints of the experience are scored and spoken of."""
    return await loop.count_elements(connection, from_on, to_on, policy.feedback.elements)


def _shown(feedback_id: str) -> Answer:
    async def show(connection: asyncpg.Connection) -> dict[str, Any]:
        found = await loop.find_feedback(connection, feedback_id)
        if found is None:
            raise not_found(f"feedback {feedback_id}")
        return found[0]

    return show


async def _owner(request: Request, feedback_id: str) -> UUID:
    async with borrow(engine_of(request).pool) as connection:
        found = await loop.find_feedback(connection, feedback_id)
    if found is None:
        raise not_found(f"feedback {feedback_id}")
    return found[1]
