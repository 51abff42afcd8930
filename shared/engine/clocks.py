"""The clock of a service: its database's, or a simulated one that moves only when told."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Literal

import asyncpg

from shared.engine.inputs import Input

SYSTEM = "clock_timestamp()"
SIMULATED = "(select now + interval '1 microsecond' from clock)"
MOVE = """
with stood as (
  insert into clock_move (now) select $1::timestamptz where not exists (select from clock where now >= $1)
  on conflict do nothing
)
insert into clock (single, now) values (true, $1)
on conflict (single) do update set now = greatest(clock.now, excluded.now)
"""

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

    async def move(self, connection: asyncpg.Connection, inputs: Sequence[Input]) -> None:
        """Move forward to the latest `clock.moved` of the batch; an equal or earlier one changes nothing."""
        moves = [item.clock for item in inputs if item.clock is not None]
        if moves and self.simulated:
            await connection.execute(MOVE, max(moves))
