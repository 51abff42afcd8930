"""The clock of a service: its database's, or a simulated one that moves only when told."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

import asyncpg
from aiokafka import TopicPartition

from shared.engine import offsets
from shared.engine.inputs import Input, Move
from shared.engine.watermarks import Watermarks

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


class Hearing:
    """How far the clock's topic has been heard since partitions were taken up."""

    end: int | None = None
    """Where it ended then."""
    complete = False


class ReadersClock:
    """The instant by which a reader judges; a simulated one moves with what it applies, or with what a replica does."""

    def __init__(self, clock: Clock, pool: asyncpg.Pool, topic: str) -> None:
        self._clock, self._pool, self._topic = clock, pool, topic
        self._told = Told()
        self.forget()

    def forget(self) -> None:
        """Other partitions are taken up, or these once more."""
        self._now: datetime | None = None
        self._hearing = Hearing()

    def moves(self) -> None:
        """What moves it is about to be applied."""
        self._now = None

    async def now(self, marks: Watermarks, *, alone: bool) -> datetime | None:
        """`alone`: no replica reads the clock's topic.

        None until all is heard that a simulated clock had been told when these partitions were taken up: what comes
        from outside would be of an earlier instant than it is.
        """
        now, simulated = self._now, self._clock.simulated
        if simulated and not await self._all_is_heard(marks):
            return None
        if now is None or not simulated or not alone:
            self._now = await self._clock.read(self._pool)
            if simulated and self._now != now:
                await self._told.look(self._pool)
        return self._now

    def at(self, record: Any) -> datetime | None:
        """As `Told.at`."""
        return self._told.at(record)

    async def _all_is_heard(self, marks: Watermarks) -> bool:
        hearing = self._hearing
        if not hearing.complete:
            if hearing.end is None:
                place = TopicPartition(self._topic, 0)
                hearing.end = (await marks.ends({place: 0}))[place]
            row = await offsets.read(self._pool, self._topic, 0)
            hearing.complete = row.next_offset >= hearing.end
        return hearing.complete and hearing is self._hearing


def logged(record: Any) -> datetime | None:
    """When the broker took a record in; None where it keeps the sender's time."""
    if record.timestamp_type != LOG_APPEND_TIME:
        return None
    return datetime.fromtimestamp(record.timestamp / 1000, UTC)
