"""The routes of the scheduler: the journal, the work list, tasks, and completing them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

import asyncpg
from fastapi import APIRouter, Depends, Query, Request, Response

from services.scheduler import queries, worklist
from services.scheduler.domain.commands import CompleteFollowup, CompleteTask, FollowupReport, TaskReport
from services.scheduler.queries import Item, Seen
from services.scheduler.worklist import Filters, Place
from shared.clock import business_date
from shared.engine.apply import ClockUnset, Engine
from shared.postgres.pool import borrow
from shared.web.commands import run_command
from shared.web.deps import ActivePolicy, Db, Now, Page, PageOf, engine_of
from shared.web.erased import missing
from shared.web.pages import encode, page, seek
from shared.web.problems import not_found

router = APIRouter(prefix="/v1")

Status = Literal["open", "awaiting_approval", "suppressed", "completed", "cancelled"]


async def _today(now: Now, policy: ActivePolicy) -> date:
    return business_date(now, policy.calendar.time_zone)


async def _day_of(engine: Engine, connection: asyncpg.Connection) -> date:
    """Today, on a connection that there is: a route that decides must not hold another one meanwhile."""
    now = await engine.clock.read(connection)
    if now is None:
        raise ClockUnset("the simulated clock has not been set: send clock.moved first")
    return business_date(now, (await engine.policies.active(connection)).calendar.time_zone)


Today = Annotated[date, Depends(_today)]


@router.get("/customers/{id}/journal")
async def get_journal(id: UUID, connection: Db, now: Now, policy: ActivePolicy, asked: Page) -> Item:
    """The open follow-up and what became of those before it, newest first."""
    seen = seek(asked.after, lambda at, followup: Seen(datetime.fromisoformat(at), UUID(followup))) or Seen()
    found = await queries.journal_of(connection, id, now, policy, limit=asked.limit, seen=seen)
    if found is None:
        raise await missing(connection, id)
    closed = page(found.closed, asked.limit, lambda item: [item["at"], item["followup_id"]])
    return {"open": found.open, "last_contact_on": found.last_contact_on, **closed}


@router.get("/worklist")
async def get_worklist(
    connection: Db, today: Today, asked: Page, agent: str | None = None, on: date | None = None
) -> Item:
    """What is due on or before `on` (today), overdue first; a later day is a preview."""
    found = await worklist.list_work(connection, on or today, agent, asked.limit, _place(asked))
    return _ranked(found, asked.limit)


@router.post("/followups/{id}/complete")
async def complete_followup(id: UUID, report: FollowupReport, request: Request) -> Response:
    """Close a follow-up with the refreshed record; the next one is scheduled with it."""
    customer = await _owner(request, queries.customer_of_followup, id)
    if customer is None:
        raise not_found(f"follow-up {id}")
    command = CompleteFollowup(followup_id=id, **dict(report))
    return await run_command(
        request, customer, command, lambda connection: queries.last_completion(connection, customer)
    )


@router.get("/tasks")
async def get_tasks(  # noqa: PLR0913, PLR0917 - one argument per filter of the contract
    connection: Db,
    today: Today,
    asked: Page,
    customer: UUID | None = None,
    kind: str | None = None,
    status: Status | None = None,
    owner: str | None = None,
    case: Annotated[UUID | None, Query()] = None,
    from_on: date | None = None,
    to_on: date | None = None,
) -> Item:
    """Tasks in work-list order."""
    filters = Filters(customer, kind, status, owner, case, from_on, to_on)
    found = await worklist.list_tasks(connection, filters, today, asked.limit, _place(asked))
    return _ranked(found, asked.limit)


@router.post("/tasks/{id}/complete")
async def complete_task(id: UUID, report: TaskReport, request: Request) -> Response:
    """Close a task; with a need it completes the open follow-up too."""
    customer = await _owner(request, worklist.customer_of_task, id)
    if customer is None:
        raise not_found(f"task {id}")

    async def answer(connection: asyncpg.Connection) -> Item:
        found = await worklist.find_task(connection, id, await _day_of(engine_of(request), connection))
        if found is None:
            raise not_found(f"task {id}")
        return found

    return await run_command(request, customer, CompleteTask(task_id=id, **dict(report)), answer)


async def _owner(
    request: Request, find: Callable[[asyncpg.Connection, UUID], Awaitable[UUID | None]], id: UUID
) -> UUID | None:
    """Whose stream a command is folded into; the connection is given back before the fold takes its own."""
    async with borrow(engine_of(request).pool) as connection:
        return await find(connection, id)


def _ranked(found: list[tuple[Item, Place]], limit: int) -> Item:
    more = len(found) > limit
    cursor = encode(list(found[limit - 1][1])) if more else None
    return {"items": [item for item, _ in found[:limit]], "next_cursor": cursor}


def _place(asked: PageOf) -> Place:
    def read(late: Any, urgency: Any, tier: Any, grade: Any, due_on: Any, id: Any) -> Place:
        return Place(int(late), int(urgency), int(tier), str(grade), date.fromisoformat(due_on), UUID(id))

    return seek(asked.after, read) or Place()
