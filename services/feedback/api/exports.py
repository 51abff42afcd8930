"""The routes of tables for a spreadsheet (KP-09)."""

from __future__ import annotations

import csv
import io
from datetime import date
from typing import Annotated, Any, Literal

import asyncpg
import msgspec
from fastapi import APIRouter, Depends, Response

from services.feedback.api.kpis import Days, days_asked, figures_of
from services.feedback.queries import cases, kpis, loop, winbacks
from shared.contracts.policy import Policy
from shared.web.deps import ActivePolicy, Db

router = APIRouter()

MOST = 100_000
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""What a spreadsheet takes for the beginning of a formula, full-width signs too."""
Table = Literal["kpis", "cases", "churns", "winbacks", "feedback", "improvements"]


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
    header = list(dict.fromkeys(name for row in rows for name in row))
    writer.writerow(header)
    writer.writerows([_cell(row.get(name)) for name in header] for row in rows)
    return out.getvalue()


def _cell(value: Any) -> Any:
    if value is None or isinstance(value, int | float | date):
        return value
    text = value if isinstance(value, str) else msgspec.json.encode(value).decode()
    return f"'{text}" if text.startswith(FORMULA) else text


async def _rows(connection: asyncpg.Connection, policy: Policy, days: Days, table: Table) -> list[dict[str, Any]]:
    match table:
        case "kpis":
            return await figures_of(connection, policy, days, kpis.Dimensions(), None)
        case "churns":
            wanted = winbacks.Left(from_on=days.from_on, to_on=days.to_on)
            return await winbacks.list_churns(connection, wanted, MOST, winbacks.After())
        case "winbacks":
            return await winbacks.list_winbacks(connection, None, None, MOST, winbacks.After())
        case "cases":
            return await cases.list_cases(connection, cases.Filter(), MOST, cases.After())
        case "feedback":
            return await loop.items_of(connection, loop.FEEDBACK, *loop.Wanted(), None, None, MOST)
        case "improvements":
            return await loop.items_of(connection, loop.IMPROVEMENTS, None, None, MOST)
