"""The routes of figures, and of tables for a spreadsheet (KP-01…KP-10)."""

from __future__ import annotations

import csv
import io
from datetime import date
from typing import Annotated, Any, Literal

import asyncpg
import msgspec
from fastapi import APIRouter, Depends, Request, Response

from services.feedback.domain.importing import FigureTold, ImportFigure
from services.feedback.domain.kpis import KPIS
from services.feedback.domain.periods import begin_of
from services.feedback.queries import cases as case_queries
from services.feedback.queries import kpis, loop, winbacks
from shared.clock import business_date
from shared.contracts.ids import derived
from shared.contracts.policy import Policy
from shared.web.commands import run_command
from shared.web.deps import ActivePolicy, Db, Now
from shared.web.problems import Problem

router = APIRouter()

MOST = 100_000
FORMULA = ("=", "+", "-", "@", "\t", "\r")
Table = Literal["kpis", "cases", "churns", "winbacks", "feedback", "improvements"]


class Days(msgspec.Struct, frozen=True):
    from_on: date
    to_on: date


async def days_asked(now: Now, policy: ActivePolicy, from_on: date | None = None, to_on: date | None = None) -> Days:
    """By default from the beginning of the policy's period until today."""
    to_on = to_on or business_date(now, policy.calendar.time_zone)
    return Days(from_on or begin_of(to_on, policy.kpi.period), to_on)


async def _dimensions(
    grade: str | None = None, agent: str | None = None, channel: str | None = None, element: str | None = None
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
    return {"items": await _figures(connection, policy, days, by, kpi), "next_cursor": None}


@router.post("/kpis/{kpi}/imports", status_code=201)
async def import_figure(request: Request, kpi: str, told: FigureTold) -> Response:
    """A figure that cannot be worked out here, of these days; told again, the last word holds."""
    figure_id = derived("figure", kpi, told.from_on.isoformat(), told.to_on.isoformat())
    command = ImportFigure(figure_id=figure_id, kpi=kpi, **dict(told))

    async def show(_connection: asyncpg.Connection) -> dict[str, Any]:
        return command.model_dump(mode="json", exclude={"figure_id"})

    return await run_command(request, figure_id, command, show, 201)


@router.get("/exports/{table}")
async def export(
    connection: Db,
    policy: ActivePolicy,
    days: Annotated[Days, Depends(days_asked)],
    table: Table,
    format: Literal["csv", "json"] = "json",
) -> Response:
    """A whole table; in CSV no cell is taken for a formula."""
    rows = await _rows(connection, policy, days, table)
    if format == "json":
        return Response(msgspec.json.encode({"items": rows}), media_type="application/json")
    return Response(as_csv(rows), media_type="text/csv; charset=utf-8")


def as_csv(rows: list[dict[str, Any]]) -> str:
    """A header and a line per row; what a spreadsheet would work out begins with an apostrophe instead."""
    out = io.StringIO()
    writer = csv.writer(out)
    header = list(rows[0]) if rows else []
    writer.writerow(header)
    writer.writerows([_cell(row.get(name)) for name in header] for row in rows)
    return out.getvalue()


def _cell(value: Any) -> Any:
    if value is None or isinstance(value, int | float | date):
        return value
    text = value if isinstance(value, str) else msgspec.json.encode(value).decode()
    return f"'{text}" if text.startswith(FORMULA) else text


async def _figures(
    connection: asyncpg.Connection, policy: Policy, days: Days, by: kpis.Dimensions, kpi: str | None
) -> list[dict[str, Any]]:
    counts = await kpis.count(connection, days.from_on, days.to_on, by)
    return kpis.figures(counts, kpi, by, policy)


async def _rows(connection: asyncpg.Connection, policy: Policy, days: Days, table: Table) -> list[dict[str, Any]]:
    match table:
        case "kpis":
            return await _figures(connection, policy, days, kpis.Dimensions(), None)
        case "churns":
            wanted = winbacks.Left(from_on=days.from_on, to_on=days.to_on)
            return await winbacks.list_churns(connection, wanted, MOST, winbacks.After())
        case "winbacks":
            return await winbacks.list_winbacks(connection, None, None, MOST, winbacks.After())
        case "cases":
            return await case_queries.list_cases(connection, case_queries.Filter(), MOST, case_queries.After())
        case "feedback":
            return await loop.items_of(connection, loop.FEEDBACK, *loop.Wanted(), None, None, MOST)
        case "improvements":
            return await loop.items_of(connection, loop.IMPROVEMENTS, None, None, MOST)
