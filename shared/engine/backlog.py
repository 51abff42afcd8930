"""How far in time partitions have been read where no record says so, and whether their rows are still ours."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Sequence
from datetime import datetime

import asyncpg
from aiokafka import AIOKafkaConsumer, TopicPartition

from shared.engine import offsets
from shared.engine.reading import Reading
from shared.engine.watermarks import Watermarks

SECONDS = 1.0
"""Between two looks at what moves by itself: a system clock, and a database that somebody rolls back."""

Row = tuple[str, int, int, datetime]
"""(topic, part, next offset, until), as `offsets.note_idle` takes it."""


class Backlog:
    """What one reader writes into `consumer_offset` beside its batches, for wake-ups and for other replicas."""

    def __init__(self, pool: asyncpg.Pool, *, simulated: bool) -> None:
        self.pool = pool
        self.simulated = simulated
        self._asked = self._compared = 0.0
        self._heads: dict[TopicPartition, Row] = {}

    async def note(
        self,
        readings: Sequence[Reading],
        kafka: AIOKafkaConsumer,
        marks: Watermarks,
        clock: datetime,
        current: Callable[[], bool],
        *,
        alone: bool,
    ) -> bool:
        """Write down what says more than the partitions' last records; whether anything did.

        `current`: the readings are still those that the client delivers to. `alone`: no replica waits for ours.
        """
        await self._ask([r for r in readings if r.asked < clock], marks, clock)
        rows = [] if alone else self._new_heads(readings)
        for reading in readings:
            if not current():
                return False
            if not reading.waiting and await reading.is_read(kafka, self.pool, marks):
                rows.append((reading.topic, reading.number, reading.next_offset, reading.until))
        if rows and current():
            await offsets.note_idle(self.pool, rows)
        return bool(rows)

    async def rows_moved(self, readings: Collection[Reading]) -> bool:
        """At most once a second: the database went back while nothing arrived, which no fence would notice."""
        if time.monotonic() - self._compared < SECONDS:
            return False
        self._compared = time.monotonic()
        stands = await offsets.standing(self.pool)
        idle = [r for r in readings if r.started and not r.waiting and r.expected_print is None]
        return any(stands.get((r.topic, r.number)) != r.next_offset for r in idle)

    async def _ask(self, behind: Sequence[Reading], marks: Watermarks, clock: datetime) -> None:
        """Where they end at present; a system clock, which never stands still, is followed once a second."""
        if not behind or (not self.simulated and time.monotonic() - self._asked < SECONDS):
            return
        self._asked = time.monotonic()
        ends = await marks.ends({r.tp: r.next_offset for r in behind})
        for reading in behind:
            reading.ask(clock, ends[reading.tp])

    def _new_heads(self, readings: Sequence[Reading]) -> list[Row]:
        """What waits has nothing unapplied before it: replicas that wait for each other's partitions must know."""
        rows = []
        for reading in readings:
            if not reading.waiting or (origin := reading.waiting[0].origin) is None:
                continue
            row = (reading.topic, reading.number, origin.start, reading.waiting[0].recordedtime)
            if self._heads.get(reading.tp) != row:
                self._heads[reading.tp] = row
                rows.append(row)
        return rows
