"""Bugs about where reading goes on."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import Any

from shared.engine import consumer, fence, offsets
from shared.engine.reading import Reading

UNCHECKED = """
insert into consumer_offset (topic, part, next_offset, applied_until, last_print) values ($1, $2, $3, $4, $5)
on conflict (topic, part) do update set next_offset = excluded.next_offset,
  applied_until = greatest(consumer_offset.applied_until, excluded.applied_until), last_print = excluded.last_print
"""
MOVE = """
insert into clock (single, now) values (true, $1)
on conflict (single) do update set now = greatest(clock.now, excluded.now)
"""


def offset_from_kafka() -> None:
    """Go on where Kafka says; the database's own rows follow without a word."""

    async def start(self: Any, kafka: Any, pool: Any, *_: Any) -> None:
        row = await offsets.read(pool, self.topic, self.number)
        self.until, self.expected_print, self.started = row.applied_until, None, True
        self._seek(kafka, await kafka.committed(self.tp) or 0)

    async def advance(self: Any, connection: Any, clock: datetime | None = None) -> None:
        for r in self.ranges:
            await connection.execute(UNCHECKED, r.topic, r.part, r.upto, r.until, r.print)
        if clock is not None:
            await connection.execute(MOVE, clock)

    Reading.start = start  # type: ignore[method-assign]
    fence.Fence.advance = advance  # type: ignore[method-assign]


def acknowledge_before_commit() -> None:
    """Tell Kafka first, then apply; after a start, believe Kafka."""
    offset_from_kafka()
    commit = consumer.Consumer._commit

    async def first(self: Any, batch: list[Any]) -> None:
        upto = {(i.origin.topic, i.origin.part): i.origin.next_offset for i in batch}
        await self.kafka.commit({tp: upto[tp.topic, tp.partition] for tp in self.readings if tuple(tp) in upto})
        await commit(self, batch)

    consumer.Consumer._commit = first  # type: ignore[method-assign]


class Deaf:
    """A client that does not hear."""

    def seek(self, *_: Any) -> None: ...


def seek_that_does_not_land() -> None:
    """Once, the client goes on from where it stood, as it can after a rebalance, and nobody is told."""
    seek = Reading._seek
    starts: Counter[Any] = Counter()

    def lost(self: Any, kafka: Any, offset: int) -> None:
        starts[self.tp] += not self.started
        lands = self.started or starts[self.tp] != 2  # the very first one does: there is no position before it
        seek(self, kafka if lands else Deaf(), offset)

    Reading._seek = lost  # type: ignore[method-assign]


def no_first_offset_check() -> None:
    """Whatever comes first after a rebalance is taken for what was asked for."""
    seek_that_does_not_land()
    Reading.continues = lambda self, first, kafka: True  # type: ignore[method-assign]


def no_print_check() -> None:
    """An offset that exists is taken for the one that was meant."""
    module: Any = offsets
    read = offsets.read

    async def without(pool: Any, topic: str, part: int) -> Any:
        row = await read(pool, topic, part)
        return offsets.Position(row.next_offset, row.applied_until, None)

    module.read = without
