"""The fence: a batch counts only if it continues exactly where the database says the partitions stand."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import asyncpg
from msgspec import Struct

from shared.engine.inputs import Input

ADVANCE = """
update consumer_offset o
   set next_offset = u.upto, applied_until = greatest(o.applied_until, u.until), last_print = u.print
  from unnest($1::text[], $2::int[], $3::bigint[], $4::bigint[], $5::timestamptz[], $6::uuid[])
       as u(topic, part, start, upto, until, print)
 where o.topic = u.topic and o.part = u.part and o.next_offset = u.start
returning 1
"""


class FenceLost(Exception):
    """Another replica went on, or the database went back in time: read the rows again and seek."""


class Range(Struct, frozen=True):
    topic: str
    part: int
    start: int
    upto: int
    until: datetime
    print: UUID


class Fence(Struct, frozen=True):
    """The offsets that a batch continues from and goes up to, one range per partition."""

    ranges: tuple[Range, ...]

    async def advance(self, connection: asyncpg.Connection) -> None:
        """Move the rows, all or none. Raises FenceLost."""
        tag = await connection.execute(ADVANCE, *self.columns)
        self.check(int(tag.rpartition(" ")[2]))

    @property
    def columns(self) -> list[list[object]]:
        """What `ADVANCE` takes."""
        ranges = ((r.topic, r.part, r.start, r.upto, r.until, r.print) for r in self.ranges)
        return [list(column) for column in zip(*ranges, strict=True)]

    def check(self, moved: int) -> None:
        """Of so many rows. Raises FenceLost."""
        if moved != len(self.ranges):
            raise FenceLost(", ".join(f"{r.topic}/{r.part} at {r.start}" for r in self.ranges))


def fence_of(inputs: Sequence[Input]) -> Fence:
    """The fence of records in the order in which they are applied."""
    ranges: dict[tuple[str, int], Range] = {}
    for item in inputs:
        if (origin := item.origin) is None:
            continue
        before = ranges.get((origin.topic, origin.part))
        start = before.start if before else origin.start
        until = max(before.until, item.recordedtime) if before else item.recordedtime
        ranges[origin.topic, origin.part] = Range(
            origin.topic, origin.part, start, origin.next_offset, until, origin.print
        )
    return Fence(tuple(ranges[key] for key in sorted(ranges)))
