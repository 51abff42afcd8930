"""The routes of feedback: cases, their steps, their end and their cause."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID

import asyncpg
from fastapi import APIRouter, Body, Depends, Request, Response

from services.feedback.domain.commands import (
    BulkChange,
    CaseAction,
    CaseChange,
    CauseFound,
    CauseReport,
    ChangeCase,
    CompleteStep,
    FindCause,
    ResolveCase,
    Satisfaction,
    StepReport,
)
from services.feedback.queries import cases as queries
from shared.contracts.ids import derived
from shared.contracts.values import Step, WinbackStep
from shared.engine.alias import canonical
from shared.web.commands import once, run_command, tell
from shared.web.deps import Db, Page, PageOf, engine_of, may_see_staff, require_staff
from shared.web.pages import page, seek
from shared.web.problems import Problem, not_found

router = APIRouter()

Kind = Literal["complaint", "winback"]
Status = Literal["open", "resolved", "won", "lost"]


@router.get("/cases")
async def list_cases(
    connection: Db, page_of: Page, kind: Kind | None = None, status: Status | None = None, customer: UUID | None = None
) -> dict[str, Any]:
    """Cases by the day they were opened, newest first."""
    owner = await canonical(connection, customer) if customer else None
    wanted = queries.Filter(kind, status, owner)
    items = await queries.list_cases(connection, wanted, page_of.limit + 1, _after(page_of))
    return page(items, page_of.limit, lambda item: [item["opened_on"], item["case_id"]])


@router.get("/cases/{case_id}")
async def get_case(request: Request, case_id: UUID, connection: Db) -> dict[str, Any]:
    """One case with what was said of its steps."""
    return await _shown(request, case_id)(connection)


@router.post("/cases/{case_id}/steps/{step}/complete")
async def complete_step(request: Request, case_id: UUID, step: Step | WinbackStep, report: StepReport) -> Response:
    """End a step: done, declined by us or rejected by the customer; R7 again to say that the customer was told."""
    if step == Step.R7:
        require_staff(request)
    command = CompleteStep(case_id=case_id, step=step, **dict(report))
    return await run_command(request, await _owner(request, case_id), command, _shown(request, case_id))


@router.post("/cases/{case_id}/resolve")
async def resolve_case(request: Request, case_id: UUID, satisfaction: Satisfaction) -> Response:
    """Close the case of a satisfied customer; a dissatisfied one keeps it open and may add steps."""
    command = ResolveCase(case_id=case_id, **dict(satisfaction))
    return await run_command(request, await _owner(request, case_id), command, _shown(request, case_id))


@router.post("/cases/bulk")
async def change_cases(request: Request, change: BulkChange) -> Response:
    """The same for many cases, each by itself: what became of every one."""

    async def work(id: str) -> dict[str, Any]:
        each = dict.fromkeys(change.case_ids)
        told = [await _change(request, case_id, change, str(derived("bulk", id, case_id.bytes))) for case_id in each]
        return {"items": told}

    return await once(request, change, work)


async def _change(request: Request, case_id: UUID, change: BulkChange, id: str) -> dict[str, Any]:
    owner = await queries.owner_of(engine_of(request).pool, case_id)
    if owner is None:
        return {"case_id": case_id, "result": "refused", "problem": "not_found"}
    command = ChangeCase(case_id=case_id, action=change.action, reason=change.reason, to=change.to)
    outcome = await tell(request, owner, command, id)
    refused = outcome.result in ("refused", "failed")
    return {
        "case_id": case_id,
        "result": "refused" if refused else "done",
        "problem": outcome.reason if refused else None,
    }


async def names_no_person(request: Request) -> None:
    """A cause is found in a process: 422 `field_not_allowed` for any field beyond the contract's (WB-07)."""
    try:
        body = await request.json()
    except ValueError:
        return
    causes = body.get("causes") if isinstance(body, dict) else None
    unknown = _beyond(body, CauseReport) + [
        name for cause in (causes if isinstance(causes, list) else []) for name in _beyond(cause, CauseFound)
    ]
    if unknown:
        raise Problem(
            422, "field_not_allowed", f"leave out {', '.join(unknown)}: a cause names no person, only {_ALLOWED}"
        )


_ALLOWED = ", ".join(CauseFound.model_fields)


def _beyond(given: object, model: type[CauseReport] | type[CauseFound]) -> list[str]:
    return sorted(given.keys() - model.model_fields.keys()) if isinstance(given, dict) else []


@router.post("/cases/{case_id}/cause", dependencies=[Depends(names_no_person)])
async def find_cause(request: Request, case_id: UUID, report: Annotated[CauseReport, Body()]) -> Response:
    """Say whose fault it was and what in the process failed; the steps start when it is the company's."""
    command = FindCause(case_id=case_id, **dict(report))
    return await run_command(request, await _owner(request, case_id), command, _shown(request, case_id))


@router.post("/cases/{case_id}/{action}")
async def change_case(request: Request, case_id: UUID, action: CaseAction, change: CaseChange) -> Response:
    """Pause, resume, reassign, escalate, withdraw, or open again."""
    command = ChangeCase(case_id=case_id, action=action, **dict(change))
    return await run_command(request, await _owner(request, case_id), command, _shown(request, case_id))


def _shown(request: Request, case_id: UUID) -> Callable[[asyncpg.Connection], Awaitable[dict[str, Any]]]:
    async def show(connection: asyncpg.Connection) -> dict[str, Any]:
        item = await queries.find_case(connection, case_id)
        if item is None:
            raise not_found(f"case {case_id}")
        return item if may_see_staff(request) else restricted(item)

    return show


def restricted(item: dict[str, Any]) -> dict[str, Any]:
    """Without what was said about the staff concerned (CP-11, K-14)."""
    hidden = {"reason": None, "note": None, "restricted": True}
    return item | {"steps": [step | hidden if step["step"] == Step.R7 else step for step in item["steps"]]}


async def _owner(request: Request, case_id: UUID) -> UUID:
    """Whose stream the command is folded into; no connection is held while the fold takes its own."""
    owner = await queries.owner_of(engine_of(request).pool, case_id)
    if owner is None:
        raise not_found(f"case {case_id}")
    return owner


def _after(page_of: PageOf) -> queries.After:
    def read(opened_on: Any, case_id: Any) -> queries.After:
        return queries.After(date.fromisoformat(opened_on), UUID(case_id))

    return seek(page_of.after, read) or queries.After()
