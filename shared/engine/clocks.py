"""The clock of a service: its database's, or a simulated one that moves only when told."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

import asyncpg

from shared.engine.inputs import Input, Move

SYSTEM = "clock_timestamp()"
TICK = timedelta(microseconds=1)
SIMULATED = "(select now + interval '1 microsecond' from clock)"
TOLD = "select logged_at, now from clock_move where logged_at is not null order by now"
LOG_APPEND_TIME = 1
GRACE = timedelta(seconds=30)
"""`recordedtime` is not monotone in a partition: records this late are still waited for."""


class Clock:
    """`read` gives an aware instant; a simulated clock told T reads T + 1 µs, so that what is due at T comes first."""

    def __init__(self, kind: Literal["system", "simulated"]) -> None:
        self.simulated = kind == "simulated"
        self.grace = timedelta(0) if self.simulated else GRACE
        self.sql = SIMULATED if self.simulated else SYSTEM
        """The instant as an expression, for statements that need it beside other things; null as in `read`."""

    async def read(self, connection: asyncpg.Connection | asyncpg.Pool) -> datetime | None:
        """None until a simulated clock has been told the time."""
        now: datetime | None = await connection.fetchval(f"select {self.sql}")
        return now

    def moved_by(self, inputs: Sequence[Input]) -> tuple[Move, ...]:
        """The `clock.moved` of the batch; an equal or earlier one than before will change nothing."""
        return tuple(item.clock for item in inputs if item.clock is not None) if self.simulated else ()


class Told:
    """What a simulated clock read when the broker took a record in: read again days later, it is of the same instant.

    As far as the log knows when it took in records and moves of the clock; nothing under the system's clock.
    """

    def __init__(self) -> None:
        self._logged: list[datetime] = []
        self._read: list[datetime] = []

    async def look(self, pool: asyncpg.Pool) -> None:
        """Learn what the clock has been told."""
        rows = await pool.fetch(TOLD)
        self._logged, self._read = [row["logged_at"] for row in rows], [row["now"] + TICK for row in rows]

    def at(self, record: Any) -> datetime | None:
        """None where that is not known; a record of before the first move waited for it."""
        if not self._read or (logged_at := logged(record)) is None:
            return None
        return self._read[max(0, bisect_right(self._logged, logged_at) - 1)]


def logged(record: Any) -> datetime | None:
    """When the broker took a record in; None where it keeps the sender's time."""
    if record.timestamp_type != LOG_APPEND_TIME:
        return None
    return datetime.fromtimestamp(record.timestamp / 1000, UTC)
