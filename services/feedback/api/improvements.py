"""The routes of improvements: what is worth doing, what is done about it, and whether it helped."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal
from uuid import UUID, uuid4, uuid5

import asyncpg
from fastapi import APIRouter, Depends, Request, Response

from services.feedback.domain.commands_of_things import (
    CompleteImprovement,
    DecideSolution,
    NewImprovement,
    OpenImprovement,
    ProgressReport,
    RateImprovement,
    Ratings,
    SolutionGiven,
)
from services.feedback.domain.improvement import ImprovementStatus, SolutionType
from services.feedback.domain.improvement_seed import ITEMS
from services.feedback.domain.improving import UNKNOWN_TYPE
from services.feedback.queries import loop
from shared.contracts.data import Name
from shared.postgres.pool import borrow
from shared.web.commands import Answer, run_command
from shared.web.deps import Db, Page, engine_of
from shared.web.pages import page, seek
from shared.web.problems import Problem, not_found

router = APIRouter()


@router.get("/improvements")
async def list_improvements(
    connection: Db, page_of: Page, status: ImprovementStatus | None = None, owner: Name | None = None
) -> dict[str, Any]:
    """By rank; what nobody has rated comes last. `owner`: of its solution."""
    after = seek(page_of.after, int)
    items = await loop.items_of(connection, loop.IMPROVEMENTS, status, after, page_of.limit + 1, owner)
    return page(items, page_of.limit, lambda item: [item["place"]])


@router.get("/improvements/candidates")
async def list_candidates(
    connection: Db, from_on: date = date(1970, 1, 1), to_on: date = date(9999, 12, 31)
) -> dict[str, Any]:
    """Causes that were found: how many cases and customers they touched, and what those customers have spent."""
    return {"items": await loop.items_of(connection, loop.CANDIDATES, from_on, to_on), "next_cursor": None}


@router.post("/improvements", status_code=201)
async def open_improvement(request: Request, given: NewImprovement) -> Response:
    """An item of one's own; rated, it takes its place."""
    id = request.headers.get("Idempotency-Key") or str(uuid4())
    item_id = uuid5(ITEMS, f"person {id}")
    command = OpenImprovement(item_id=item_id, **dict(given))
    return await run_command(request, item_id, command, _shown(item_id), 201, id)


@router.post("/improvements/{item_id}/rate")
async def rate_improvement(request: Request, item_id: UUID, ratings: Ratings) -> Response:
    """Rate what began as a suggestion or a measure, or rate again."""
    return await run_command(request, item_id, RateImprovement(item_id=item_id, **dict(ratings)), _shown(item_id))


async def knows_the_type(request: Request) -> None:
    """422 `solution_type_unknown` whatever else the body lacks."""
    try:
        body = await request.json()
    except ValueError:
        return
    type_ = body.get("type") if isinstance(body, dict) else None
    if isinstance(type_, str) and type_ not in set(SolutionType):
        raise Problem(422, UNKNOWN_TYPE.rule, UNKNOWN_TYPE.detail)


@router.post("/improvements/{item_id}/solution", dependencies=[Depends(knows_the_type)])
async def decide_solution(request: Request, item_id: UUID, given: SolutionGiven) -> Response:
    """What is done about it."""
    return await run_command(request, item_id, DecideSolution(item_id=item_id, **dict(given)), _shown(item_id))


@router.post("/improvements/{item_id}/steps/{step}/complete")
async def complete_step(
    request: Request, item_id: UUID, step: Literal["implement", "monitor"], report: ProgressReport
) -> Response:
    """Implemented; then measured. The mean of the element's scores is looked up here, so that it is kept."""
    measured = await _measured(request, item_id, step, report)
    command = CompleteImprovement(item_id=item_id, step=step, measured=measured, **dict(report))
    return await run_command(request, item_id, command, _shown(item_id))


async def _measured(
    request: Request, item_id: UUID, step: Literal["implement", "monitor"], report: ProgressReport
) -> float | None:
    async with borrow(engine_of(request).pool) as connection:
        since = await connection.fetchval(loop.IMPLEMENTED_ON, item_id) if step == "monitor" else None
        until = report.on if step == "implement" else None
        found: float | None = await connection.fetchval(loop.MEASURED, item_id, since, until)
        return found


def _shown(item_id: UUID) -> Answer:
    async def show(connection: asyncpg.Connection) -> dict[str, Any]:
        found = await loop.items_of(connection, loop.ONE_IMPROVEMENT, item_id)
        if not found:
            raise not_found(f"improvement {item_id}")
        return found[0]

    return show
