"""Profits that time alone changes: a day has left the twelve months, or has come."""

from __future__ import annotations

from datetime import date

import asyncpg
import msgspec

from services.grading.domain.state import CustomerState
from services.grading.domain.worth import worth_of
from services.grading.store import SAVE_WORTHS

CHANGED = """
with changed as materialized (
  select customer_id from worth where changes_on <= $1 order by changes_on limit $2 for update
)
select id, state from changed join stream on kind = 'customer' and id = customer_id
"""

ARE_OLD = "select exists (select from worth where changes_on <= $1)"

_state = msgspec.json.Decoder(CustomerState)


async def renewed(connection: asyncpg.Connection, day: date, limit: int) -> int:
    """Write the worth of so many whose has changed by the day; how many there were."""
    rows = await connection.fetch(CHANGED, day, limit)
    worths = [worth_of(row["id"], _state.decode(row["state"]), day) for row in rows]
    if worths:
        await connection.execute(SAVE_WORTHS, msgspec.json.encode(worths).decode())
    return len(worths)
