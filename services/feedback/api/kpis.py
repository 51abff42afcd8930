"""The routes of figures (KP-01…KP-10)."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

import asyncpg
import msgspec
from fastapi import APIRouter, Depends, Request, Response

from services.feedback.domain.importing import FigureTold, ImportFigure
from services.feedback.domain.kpis import KPIS
from services.feedback.domain.periods import begin_of
from services.feedback.queries import kpis
from shared.clock import business_date
from shared.contracts.data import Name
from shared.contracts.ids import derived
from shared.contracts.policy import Policy
from shared.web.commands import run_command
from shared.web.deps import ActivePolicy, Db, Now
from shared.web.problems import Problem

router = APIRouter()


class Days(msgspec.Struct, frozen=True):
    from_on: date
    to_on: date


async def days_asked(now: Now, policy: ActivePolicy, from_on: date | None = None, to_on: date | None = None) -> Days:
    """By default from the beginning of the policy's period until today."""
    to_on = to_on or business_date(now, policy.calendar.time_zone)
    return Days(from_on or begin_of(to_on, policy.kpi.period), to_on)


async def _dimensions(
    grade: Name | None = None, agent: Name | None = None, channel: Name | None = None, element: Name | None = None
) -> kpis.Dimensions:
    return kpis.Dimensions(grade, agent, channel, element)


@router.get("/kpis")
async def list_kpis(
    connection: Db,
    policy: ActivePolicy,
    days: Annotated[Days, Depends(days_asked)],
    by: Annotated[kpis.Dimensions, Depends(_dimensions)],
    kpi: str | None = None,
) -> dict[str, Any]:
    """Figures with what they mean and of how many; no answers are null, not 0."""
    if kpi is not None and kpi not in KPIS:
        raise Problem(422, "kpi_unknown", f"kpi must be one of: {', '.join(KPIS)}")
    return {"items": await figures_of(connection, policy, days, by, kpi), "next_cursor": None}


@router.post("/kpis/{kpi}/imports", status_code=201)
async def import_figure(request: Request, kpi: Name, told: FigureTold) -> Response:
    """A figure that cannot be worked out here, of these days; told again, the last word holds."""
    figure_id = derived("figure", kpi, told.from_on.isoformat(), told.to_on.isoformat())
    command = ImportFigure(figure_id=figure_id, kpi=kpi, **dict(told))

    async def show(_connection: asyncpg.Connection) -> dict[str, Any]:
        return command.model_dump(mode="json", exclude={"figure_id"})

    return await run_command(request, figure_id, command, show, 201)


async def figures_of(
    connection: asyncpg.Connection, policy: Policy, days: Days, by: kpis.Dimensions, kpi: str | None
) -> list[dict[str, Any]]:
    counts = await kpis.count(connection, days.from_on, days.to_on, by)
    return kpis.figures(counts, kpi, by, policy)
