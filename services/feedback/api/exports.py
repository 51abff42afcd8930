"""The routes of tables for a spreadsheet (KP-09): every page of the list of the same name, one after the other."""

from __future__ import annotations

import csv
import io
from collections.abc import AsyncIterator, Iterable
from datetime import date
from typing import Any, Final, Literal

import asyncpg
import msgspec
from fastapi import APIRouter, Request
from fastapi.responses import StreamingResponse

from services.feedback.api import cases, improvements, loop, winbacks
from services.feedback.api.kpis import days_asked, figures_of
from services.feedback.queries.kpis import Dimensions
from services.feedback.queries.loop import Planned, Wanted
from shared.engine.apply import ClockUnset, Engine
from shared.postgres.pool import READING, begun, borrow
from shared.web.deps import PageOf, engine_of
from shared.web.pages import decode
from shared.web.problems import Problem

router = APIRouter()

PAGE = 1_000
"""Rows that are held in memory at once."""
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""What a spreadsheet takes for the beginning of a formula, full-width signs too; some drop blanks before it."""
Row = dict[str, Any]
Days = tuple[date | None, date | None]
Table = Literal["kpis", "cases", "churns", "winbacks", "feedback", "improvements"]

_CASE = "case_id kind customer_id complaint_id status fault severity tier opened_on acknowledge_by_on acknowledged_at"
_CLOCKS = "resolve_by_on deadlines moves paused_at escalated_to reopened"
_WINBACK = "reason returned item_id owner steps causes"
COLUMNS: Final[dict[Table, str]] = {
    "kpis": "kpi value unit n from_on to_on grade agent channel element definition details",
    "cases": f"{_CASE} {_CLOCKS} {_WINBACK}",
    "churns": "customer_id kind reason churned_on tier case_id ended_on churn_id",
    "winbacks": f"{_CASE} {_WINBACK}",
    "feedback": "feedback_id customer_id kind source element touchpoint score received_on flags plan item_id aspects",
    "improvements": "item_id element touchpoint title impact feasibility scope score rank status solution baseline now "
    "source opened_at place",
}
"""The header, whether or not anybody has a value there: cases are of complaints and win-backs."""


@router.get("/exports/{table}")
async def export(
    request: Request,
    table: Table,
    format: Literal["csv", "json"] = "json",
    from_on: date | None = None,
    to_on: date | None = None,
) -> StreamingResponse:
    """A whole table, sent while it is read; in CSV no cell is taken for a formula."""
    if (from_on or to_on) and table not in ("kpis", "churns"):
        raise Problem(422, "invalid_query", f"from_on and to_on are of kpis and churns: leave them out for {table}")
    pages = _pages(engine_of(request), table, (from_on, to_on))
    first = await anext(pages)  # an outage by now is an answer of its own
    if format == "json":
        return StreamingResponse(_json(first, pages), media_type="application/json")
    return StreamingResponse(_csv(COLUMNS[table].split(), first, pages), media_type="text/csv; charset=utf-8")


async def _pages(engine: Engine, table: Table, days: Days) -> AsyncIterator[list[Row]]:
    """Each in a transaction of its own: whoever reads slowly holds neither a connection nor a snapshot."""
    cursor: str | None = None
    while True:
        page_of = PageOf(PAGE, decode(cursor) if cursor else None)
        async with borrow(engine.pool) as connection, begun(connection, READING):
            page = await _page(engine, connection, table, page_of, days)
        yield page["items"]
        cursor = page["next_cursor"]
        if cursor is None:
            return


async def _page(
    engine: Engine, connection: asyncpg.Connection, table: Table, page_of: PageOf, days: Days
) -> dict[str, Any]:
    match table:
        case "kpis":
            return {"items": await _figures(engine, connection, days), "next_cursor": None}
        case "churns":
            return await winbacks.list_churns(connection, page_of, from_on=days[0], to_on=days[1])
        case "winbacks":
            return await winbacks.list_winbacks(connection, page_of)
        case "cases":
            return await cases.list_cases(connection, page_of)
        case "feedback":
            return await loop.list_feedback(connection, page_of, Wanted(), Planned())
        case "improvements":
            return await improvements.list_improvements(connection, page_of)


async def _figures(engine: Engine, connection: asyncpg.Connection, days: Days) -> list[Row]:
    now = await engine.clock.read(connection)
    if now is None:
        raise ClockUnset("the simulated clock has not been set: send clock.moved first")
    policy = await engine.policies.active(connection)
    return await figures_of(connection, policy, await days_asked(now, policy, *days), Dimensions(), None)


async def _json(first: list[Row], others: AsyncIterator[list[Row]]) -> AsyncIterator[bytes]:
    yield b'{"items":[' + msgspec.json.encode(first)[1:-1]
    async for rows in others:
        yield b"," + msgspec.json.encode(rows)[1:-1]
    yield b"]}"


async def _csv(header: list[str], first: list[Row], others: AsyncIterator[list[Row]]) -> AsyncIterator[str]:
    yield as_csv(header, [dict(zip(header, header, strict=True)), *first])
    async for rows in others:
        yield as_csv(header, rows)


def as_csv(header: list[str], rows: Iterable[Row]) -> str:
    """A line per row; what a spreadsheet would work out begins with an apostrophe instead."""
    out = io.StringIO()
    csv.writer(out).writerows([_cell(row.get(name)) for name in header] for row in rows)
    return out.getvalue()


def _cell(value: Any) -> Any:
    if value is None or isinstance(value, int | float | date):
        return value
    text = value if isinstance(value, str) else msgspec.json.encode(value).decode()
    return f"'{text}" if text.startswith(FORMULA) or text.lstrip().startswith(FORMULA) else text
