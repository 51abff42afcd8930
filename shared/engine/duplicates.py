"""Inputs that came before: nothing happens again, but a known id with other content is worth a word."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import asyncpg
import msgspec

from shared.engine.inputs import Input, Outcome

BODIES = "select event_key, body from journal where event_key = any($1::uuid[]) and body <> ''"
OURS = "holdfast/"
OF_THE_WAY = ("recordedtime", "traceparent")
"""Attributes that say how an event came, not what it says."""


async def other_content(
    connection: asyncpg.Connection, inputs: Sequence[Input], outcomes: Sequence[Outcome]
) -> list[str]:
    """Ids of those duplicates, of other systems, that say something else than the event which was applied."""
    again = [
        item
        for item, outcome in zip(inputs, outcomes, strict=True)
        if outcome.result == "duplicate" and item.event and not item.event.source.startswith(OURS)
    ]
    if not again:
        return []
    rows = await connection.fetch(BODIES, [item.event.key for item in again if item.event])
    first = {row["event_key"]: _said(row["body"]) for row in rows}
    known = [item for item in again if item.event and item.event.key in first]
    return [item.event.id for item in known if item.event and first[item.event.key] != _said(item.body)]


def _said(body: bytes) -> dict[str, Any]:
    event: dict[str, Any] = msgspec.json.decode(body)
    return {name: value for name, value in event.items() if name not in OF_THE_WAY}
