"""The routes of grading."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from fastapi import APIRouter

from services.grading import queries, shadowing
from services.grading.jobs.shadow import last_count
from services.grading.queries import Filters, Item, Place, Seen
from services.grading.shadowing import Shadow
from shared.clock import business_date
from shared.contracts.values import Grade, GradeFlag, Tier, Urgency
from shared.web.deps import ActivePolicy, Db, Now, Page
from shared.web.erased import missing
from shared.web.pages import page, seek

router = APIRouter(prefix="/v1")


@router.get("/customers/{id}/grade")
async def get_grade(id: UUID, connection: Db, now: Now, policy: ActivePolicy, other: Shadow) -> Item:
    """The customer's grade as it stands, why, and what it becomes by time alone; and under the shadow policy."""
    found = await queries.grade_of(connection, id, now, policy)
    if found is None:
        raise await missing(connection, id)
    return found | {"shadow": await shadowing.shadow_of(connection, id, now, other)}


@router.get("/customers/{id}/grades")
async def get_grades(id: UUID, connection: Db, asked: Page) -> Item:
    """Every assignment, newest first."""
    seen = seek(asked.after, lambda at, number: Seen(datetime.fromisoformat(at), int(number)))
    items = await queries.grades_of(connection, id, asked.limit, seen)
    if items is None:
        raise await missing(connection, id)
    return page(items, asked.limit, lambda item: [item["decided_at"], item["number"]])


@router.get("/customers")
async def get_customers(
    connection: Db,
    asked: Page,
    grade: Grade | None = None,
    tier: Tier | None = None,
    urgency: Urgency | None = None,
    flag: GradeFlag | None = None,
) -> Item:
    """Graded customers, best tier first."""
    after = seek(asked.after, lambda tier, customer: Place(Tier(tier), UUID(customer)))
    items = await queries.list_customers(connection, Filters(grade, tier, urgency, flag), asked.limit, after)
    return page(items, asked.limit, lambda item: [item["tier"], item["customer_id"]])


@router.get("/summary")
async def get_summary(connection: Db, now: Now, policy: ActivePolicy) -> Item:
    """How many customers there are, by letter and by tier; and by letter under the shadow policy, as of its count."""
    found = await queries.summary(connection, business_date(now, policy.calendar.time_zone))
    return found | {"shadow": await last_count(connection)}
