"""The routes of backtests: what a draft would have made of the past."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict

from services.grading.jobs.backtest import KIND
from shared.contracts.data import Name
from shared.contracts.dates import BusinessDate
from shared.contracts.ids import derived
from shared.engine import jobs
from shared.engine.jobs import Task
from shared.engine.policies import deciding, show_policy
from shared.engine.run import today
from shared.postgres.pool import READING, begun, borrow
from shared.web.deps import Db, engine_of
from shared.web.problems import Problem, not_found

router = APIRouter(prefix="/v1")

MEASURED = ("customers", "migration", "moved", "load", "flips", "metrics")


class BacktestBody(BaseModel):
    """The body of POST /v1/backtests; both days are inclusive."""

    model_config = ConfigDict(extra="forbid")

    policy_id: Name
    from_on: BusinessDate
    to_on: BusinessDate


@router.post("/backtests", status_code=202)
async def start_backtest(body: BacktestBody, request: Request) -> JSONResponse:
    """Replay history under this policy, as a job; the same `Idempotency-Key` asks once."""
    if body.to_on < body.from_on:
        errors = [{"field": "to_on", "detail": "lies before from_on"}]
        raise Problem(422, "invalid_body", "to_on lies before from_on: exchange them.", errors)
    engine, key = engine_of(request), request.headers.get("Idempotency-Key")
    id, given = derived("backtest", key) if key else uuid4(), body.model_dump(mode="json")
    async with borrow(engine.pool) as connection, deciding(connection):
        if await show_policy(connection, body.policy_id) is None:
            raise not_found(f"policy {body.policy_id}")
        await jobs.add(connection, id, KIND, given)
        task = await jobs.show(connection, id)
    if task is not None and task.given != given:
        raise Problem(
            422, "idempotency_key_reused", "this Idempotency-Key was used with another body: choose a new one"
        )
    return JSONResponse(_shown(task, id), 202)


@router.get("/backtests/{id}")
async def get_backtest(id: UUID, connection: Db) -> Any:
    """How far it is, and what it found."""
    return _shown(await jobs.show(connection, id), id)


@router.delete("/backtests/{id}", status_code=204)
async def cancel_backtest(id: UUID, request: Request) -> Response:
    """It stops at its next chunk; one that has ended stays as it is."""
    engine = engine_of(request)
    async with borrow(engine.pool) as connection, begun(connection, READING):
        _shown(await jobs.show(connection, id), id)
    async with borrow(engine.pool) as connection, deciding(connection):
        await jobs.end(connection, id, "cancelled", await today(engine, connection))
    return Response(status_code=204)


def _shown(task: Task | None, id: UUID) -> dict[str, Any]:
    if task is None or task.kind != KIND:
        raise not_found(f"backtest {id}")
    state = "running" if task.state == "waiting" else task.state
    found = task.result or dict.fromkeys(MEASURED)
    shown = {"backtest_id": str(id), "state": state, "progress": task.progress, **task.given, **found}
    return shown | ({"detail": "see the log of the service"} if state == "failed" else {})
