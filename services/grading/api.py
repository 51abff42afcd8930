"""The routes of grading."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request

from services.grading import queries, shadowing
from services.grading.jobs.shadow import last_count
from services.grading.queries import Asked, Filters, Place, Placed, Seen
from services.grading.shadowing import Shadow
from services.grading.standing import Item
from shared.contracts.values import Grade, GradeFlag, Tier, Urgency
from shared.web.deps import ActivePolicy, Db, Documents, Now, Page, engine_of
from shared.web.erased import missing
from shared.web.pages import page, seek

router = APIRouter(prefix="/v1")


async def _by(request: Request, now: Now, policy: ActivePolicy, reference: Documents) -> Asked:
    return Asked(now, policy, reference, engine_of(request).policies)


By = Annotated[Asked, Depends(_by)]


@router.get("/customers/{id}/grade")
async def get_grade(id: UUID, connection: Db, asked: By, other: Shadow) -> Item:
    """The customer's grade as it stands, why, and what it becomes by time alone; and under the shadow policy."""
    found = await queries.grade_of(connection, id, asked)
    if found is None:
        raise await missing(connection, id)
    return found | {"shadow": await shadowing.shadow_of(connection, id, asked.now, other)}


@router.get("/customers/{id}/grades")
async def get_grades(id: UUID, connection: Db, asked: Page) -> Item:
    """Every assignment, newest first."""
    seen = seek(asked.after, lambda at, number: Seen(datetime.fromisoformat(at), int(number)))
    items = await queries.grades_of(connection, id, asked.limit, seen)
    if items is None:
        raise await missing(connection, id)
    return page(items, asked.limit, lambda item: [item["decided_at"], item["number"]])


@router.get("/customers/{id}/tiers")
async def get_tiers(id: UUID, connection: Db, asked: Page) -> Item:
    """Every change of the tier, the segments and the loyalty that are computed, newest first (X-05)."""
    seen = seek(asked.after, lambda at, event: Placed(datetime.fromisoformat(at), str(event)))
    items = await queries.tiers_of(connection, id, asked.limit, seen)
    if items is None:
        raise await missing(connection, id)
    return page(items, asked.limit, lambda item: [item["decided_at"], item["cause"]["event_id"]])


@router.get("/customers")
async def get_customers(  # noqa: PLR0913, PLR0917 - each is a filter of the route
    connection: Db,
    asked: Page,
    grade: Grade | None = None,
    tier: Tier | None = None,
    urgency: Urgency | None = None,
    flag: GradeFlag | None = None,
    uplift: Tier | None = None,
) -> Item:
    """Graded customers, best tier first; `uplift`: those who are within reach of this tier (GR-15)."""
    after = seek(asked.after, lambda tier, customer: Place(Tier(tier), UUID(customer)))
    items = await queries.list_customers(connection, Filters(grade, tier, urgency, flag, uplift), asked.limit, after)
    return page(items, asked.limit, lambda item: [item["tier"], item["customer_id"]])


@router.get("/summary")
async def get_summary(connection: Db, asked: By) -> Item:
    """How many there are, by letter and by tier, what the best bring; and by letter under the shadow policy."""
    found = await queries.summary(connection, asked)
    return found | {"shadow": await last_count(connection)}
