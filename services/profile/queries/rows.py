"""Rows as they are shown."""

from __future__ import annotations

from typing import Any

import asyncpg
import msgspec

Connection = asyncpg.Connection


def with_json(row: asyncpg.Record, *columns: str) -> dict[str, Any]:
    """The row with its JSON texts read."""
    return {**row, **{column: msgspec.json.decode(row[column]) for column in columns}}
