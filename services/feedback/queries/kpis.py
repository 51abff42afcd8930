"""Figures of any period, worked out from what is counted when they are asked for."""

from __future__ import annotations

from datetime import date
from typing import Any, NamedTuple

import asyncpg
import msgspec

from services.feedback.domain.counts import Counts
from services.feedback.domain.kpis import KPIS
from shared.contracts.policy import Policy

COUNTS = "select (counted($1, $2, $3::text, $4::text, $5::text, $6::text)::jsonb || earned())::text"
HOTLINE = "hotline"


class Dimensions(NamedTuple):
    """None: all of them; a complaint rate without a channel is the hotline's."""

    grade: str | None = None
    agent: str | None = None
    channel: str | None = None
    element: str | None = None


async def count(connection: asyncpg.Connection, from_on: date, to_on: date, by: Dimensions) -> Counts:
    """What the ledgers hold between two days, both included."""
    found = await connection.fetchval(COUNTS, from_on, to_on, by.grade, by.agent, by.channel or HOTLINE, by.element)
    return msgspec.convert(msgspec.json.decode(found) | {"from_on": from_on, "to_on": to_on}, Counts)


def figures(counts: Counts, kpi: str | None, by: Dimensions, policy: Policy) -> list[dict[str, Any]]:
    """Every figure, or this one; those that do not know a dimension which is asked for are left out."""
    asked = {name for name, value in by._asdict().items() if value is not None}
    return [
        _item(name, counts, by, policy)
        for name, each in KPIS.items()
        if kpi in (None, name) and asked <= each.dimensions
    ]


def _item(name: str, counts: Counts, by: Dimensions, policy: Policy) -> dict[str, Any]:
    kpi = KPIS[name]
    figure = kpi.work_out(counts, policy)
    channel = by.channel or HOTLINE if name == "complaint_rate" else by.channel
    return {
        "kpi": name,
        "value": figure.value,
        "unit": kpi.unit,
        "n": figure.n,
        "from_on": counts.from_on,
        "to_on": counts.to_on,
        **by._replace(channel=channel)._asdict(),
        "definition": kpi.definition,
        "details": figure.details,
    }
