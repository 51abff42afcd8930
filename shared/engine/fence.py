"""The fence: a batch counts only if it continues exactly where the database says the partitions stand."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import asyncpg
from msgspec import Struct

from shared.engine.inputs import Input, Move, Origin, Raw
from shared.engine.intake import print_of

ADVANCE = """
update consumer_offset o
   set next_offset = u.upto, applied_until = greatest(o.applied_until, u.until), last_print = u.print
  from unnest($1::text[], $2::int[], $3::bigint[], $4::bigint[], $5::timestamptz[], $6::uuid[])
       as u(topic, part, start, upto, until, print)
 where o.topic = u.topic and o.part = u.part and o.next_offset = u.start
returning 1
"""
STEP = """
with stood as (
  select o.topic, o.part, u.upto, u.until, u.print
    from consumer_offset o, unnest($1::text[], $2::int[], $3::bigint[], $4::bigint[], $5::timestamptz[], $6::uuid[])
                            as u(topic, part, start, upto, until, print)
   where o.topic = u.topic and o.part = u.part and o.next_offset = u.start
     for update of o
), advanced as (
  update consumer_offset o
     set next_offset = s.upto, applied_until = greatest(o.applied_until, s.until), last_print = s.print
    from stood s
   where o.topic = s.topic and o.part = s.part and (select count(*) from stood) = cardinality($1)
  returning 1
), heard as (
  select m.now, min(m.logged_at) as logged_at from unnest($7::timestamptz[], $8::timestamptz[]) as m(now, logged_at)
   where exists (select from advanced) group by m.now
), kept as (
  insert into clock_move (now, logged_at)
  select now, logged_at from heard where not exists (select from clock where clock.now >= heard.now)
  on conflict do nothing
), moved as (
  insert into clock (single, now) select true, max(now) from heard having count(*) > 0
  on conflict (single) do update set now = greatest(clock.now, excluded.now)
)
select count(*) from advanced
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

    async def advance(self, connection: asyncpg.Connection, moves: Sequence[Move] = ()) -> None:
        """Move the rows, all or none, and with them the simulated clock. Raises FenceLost."""
        told = [move.now for move in moves], [move.logged_at for move in moves]
        self.check(await connection.fetchval(STEP, *self.columns, *told))

    @property
    def columns(self) -> list[list[object]]:
        """What both statements take."""
        ranges = ((r.topic, r.part, r.start, r.upto, r.until, r.print) for r in self.ranges)
        return [list(column) for column in zip(*ranges, strict=True)]

    def check(self, moved: int) -> None:
        """Of so many rows. Raises FenceLost."""
        if moved != len(self.ranges):
            raise FenceLost(", ".join(f"{r.topic}/{r.part} at {r.start}" for r in self.ranges))


def fence_of(inputs: Sequence[Input]) -> Fence:
    """The fence of records in the order in which they are applied."""
    lanes: defaultdict[tuple[str, int], list[tuple[Origin, Input]]] = defaultdict(list)
    for item in inputs:
        if (origin := item.origin) is not None:
            lanes[origin.topic, origin.part].append((origin, item))
    return Fence(tuple(_range(lanes[lane]) for lane in sorted(lanes)))


def _range(lane: Sequence[tuple[Origin, Input]]) -> Range:
    """Of one partition; only its last record's print is kept."""
    (first, _), (last, item) = lane[0], lane[-1]
    until = max(item.recordedtime for _, item in lane)
    raw = item.raw or Raw(b"")
    seen = print_of(last.timestamp, raw.key, raw.value)
    return Range(last.topic, last.part, first.start, last.next_offset, until, seen)
