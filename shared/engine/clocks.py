"""The clock of a service: its database's, or a simulated one that moves only when told."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Literal

import asyncpg

from shared.engine.inputs import Input

SYSTEM = "clock_timestamp()"
SIMULATED = "(select now + interval '1 microsecond' from clock)"
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

    def moved_by(self, inputs: Sequence[Input]) -> datetime | None:
        """The latest `clock.moved` of the batch; an equal or earlier one than before will change nothing."""
        moves = [item.clock for item in inputs if item.clock is not None]
        return max(moves) if moves and self.simulated else None
