"""Tasks: listed, asked for, approved, cancelled, completed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Literal
from uuid import UUID

import asyncpg
from fastapi import APIRouter, Query, Request, Response

from services.scheduler import queries, tasks
from services.scheduler.api.asked import moment_of, owner_of, place_asked, ranked
from services.scheduler.domain.commands import (
    ApprovalGiven,
    ApproveTask,
    Assignment,
    AssignTask,
    Cancellation,
    CancelTask,
    CompleteTask,
    CreateTask,
    Snooze,
    SnoozeTask,
    TaskOrder,
    TaskReport,
)
from services.scheduler.domain.tasks import asked_task
from services.scheduler.queries import Item, Standing
from services.scheduler.tasks import Filters
from shared.contracts.data import Command
from shared.postgres.pool import borrow
from shared.web.commands import run_command, run_commands
from shared.web.deps import ActivePolicy, Db, Now, Page, engine_of
from shared.web.erased import missing
from shared.web.problems import Problem, not_found

router = APIRouter()

Status = Literal["open", "awaiting_approval", "suppressed", "completed", "cancelled"]


@router.get("/tasks")
async def get_tasks(  # noqa: PLR0913, PLR0917 - one argument per filter of the contract
    connection: Db,
    now: Now,
    policy: ActivePolicy,
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
    found = await tasks.list_tasks(connection, filters, (now, policy), asked.limit, place_asked(asked))
    return ranked(found, asked.limit)


@router.post("/tasks", status_code=201)
async def create_tasks(order: TaskOrder, request: Request) -> Response:
    """One task, or one for each of several customers for whom there is a seat, the best first."""
    ids = _customers(order)
    async with borrow(engine_of(request).pool) as connection:
        found = await queries.standings_of(connection, ids)
        for id, standing in zip(ids, found, strict=True):
            if standing is None:
                raise await missing(connection, id)
    standings = list(dict.fromkeys(standing for standing in found if standing is not None))
    placed = standings if order.customer_id else _placed(standings, order.seats)
    left = [str(s.customer_id) for s in standings if s not in placed]
    if not placed:
        raise Problem(409, "customer_exited", "We have parted from all of these customers.")
    command = CreateTask(**order.model_dump(exclude={"customer_id", "customer_ids", "seats"}))

    async def answer(connection: asyncpg.Connection, events: Sequence[str]) -> Item:
        made = [asked_task(s.customer_id, order.kind, event) for s, event in zip(placed, events, strict=True)]
        items = await tasks.find_tasks(connection, made, await moment_of(engine_of(request), connection))
        return items[0] if order.customer_id else {"items": items, "not_placed": left}

    commands: list[tuple[UUID, Command]] = [(s.customer_id, command) for s in placed]
    return await run_commands(request, commands, answer, 201, asked=order.model_dump_json().encode())


@router.post("/tasks/{id}/approve")
async def approve_task(id: UUID, given: ApprovalGiven, request: Request) -> Response:
    """An approver's yes or no."""
    return await _told(request, id, ApproveTask(task_id=id, **dict(given)))


@router.post("/tasks/{id}/assign")
async def assign_task(id: UUID, given: Assignment, request: Request) -> Response:
    """Somebody else goes on with it, or another department."""
    return await _told(request, id, AssignTask(task_id=id, **dict(given)))


@router.post("/tasks/{id}/cancel")
async def cancel_task(id: UUID, given: Cancellation, request: Request) -> Response:
    """It has lost its point; its place in the cap is given back."""
    return await _told(request, id, CancelTask(task_id=id, **dict(given)))


@router.post("/tasks/{id}/snooze")
async def snooze_task(id: UUID, given: Snooze, request: Request) -> Response:
    """Later, for a reason; its place in the cap is given back until then."""
    return await _told(request, id, SnoozeTask(task_id=id, **dict(given)))


@router.post("/tasks/{id}/complete")
async def complete_task(id: UUID, report: TaskReport, request: Request) -> Response:
    """Close a task; with a need it completes the open follow-up too."""
    return await _told(request, id, CompleteTask(task_id=id, **dict(report)))


async def _told(request: Request, id: UUID, command: Command) -> Response:
    customer = await owner_of(request, tasks.customer_of_task, id, "task")

    async def answer(connection: asyncpg.Connection) -> Item:
        found = await tasks.find_tasks(connection, [id], await moment_of(engine_of(request), connection))
        if not found:
            raise not_found(f"task {id}")
        return found[0]

    return await run_command(request, customer, command, answer)


def _customers(order: TaskOrder) -> Sequence[UUID]:
    if (order.customer_id is None) == (order.customer_ids is None):
        errors = [{"field": "customer_id", "detail": "give either customer_id or customer_ids"}]
        raise Problem(422, "invalid_body", "Give either customer_id or customer_ids.", errors)
    return [order.customer_id] if order.customer_id else order.customer_ids or ()


def _placed(standings: Sequence[Standing], seats: int | None) -> list[Standing]:
    """Whom the seats are enough for: VIPs first; whom we have parted from is not invited (CA-12, T104)."""
    invited = sorted((s for s in standings if not s.exited), key=lambda s: (s.rank, s.customer_id))
    return invited if seats is None else invited[:seats]
