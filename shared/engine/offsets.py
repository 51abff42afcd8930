"""Where the reader stands: rows of `consumer_offset`, one for every partition that the service reads."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

import asyncpg
from msgspec import Struct

ENSURE = """
insert into consumer_offset (topic, part, next_offset) select u.topic, u.part, 0
  from unnest($1::text[], $2::int[]) as u(topic, part)
on conflict (topic, part) do nothing
"""
READ = "select next_offset, applied_until, last_print from consumer_offset where topic = $1 and part = $2"
STANDING = "select topic, part, next_offset from consumer_offset"
RESET = """
update consumer_offset set next_offset = $4, last_print = null
 where topic = $1 and part = $2 and next_offset = $3
"""
IDLE = """
update consumer_offset o set applied_until = greatest(o.applied_until, u.until)
  from unnest($1::text[], $2::int[], $3::bigint[], $4::timestamptz[]) as u(topic, part, next, until)
 where o.topic = u.topic and o.part = u.part and o.next_offset = u.next
"""
SLOWEST = "select min(applied_until) from consumer_offset where topic <> $1"
OTHERS = """
select min(o.applied_until) from consumer_offset o
 where o.topic <> $1
   and not exists (select from unnest($2::text[], $3::int[]) as m(topic, part)
                    where m.topic = o.topic and m.part = o.part)
"""
STARTS = """
insert into attempt (topic, part, next_offset, n)
select u.topic, u.part, u.next, 1 from unnest($1::text[], $2::int[], $3::bigint[]) as u(topic, part, next)
on conflict (topic, part) do update
   set n = case when attempt.next_offset = excluded.next_offset then attempt.n + 1 else 1 end,
       next_offset = excluded.next_offset
returning n
"""
ALONE = """
insert into attempt (topic, part, next_offset, n) values ($1, $2, $3, 100)
on conflict (topic, part) do update set next_offset = excluded.next_offset, n = 100
"""
CULPRIT = "select exists (select from attempt where topic = $1 and part = $2 and next_offset = $3 and n >= 100)"


class Position(Struct, frozen=True):
    next_offset: int
    applied_until: datetime
    last_print: UUID | None


Partitions = Sequence[tuple[str, int]]


async def ensure(pool: asyncpg.Pool, partitions: Partitions) -> None:
    """A row for each, so that rest and the gate know of it before its first record."""
    await pool.execute(ENSURE, [t for t, _ in partitions], [p for _, p in partitions])


async def read(pool: asyncpg.Pool, topic: str, part: int) -> Position:
    [row] = await pool.fetch(READ, topic, part)
    return Position(row["next_offset"], row["applied_until"], row["last_print"])


async def reset(pool: asyncpg.Pool, topic: str, part: int, stood_at: int, to: int) -> None:
    """Start a partition again at `to`; nothing where another reader has gone on from `stood_at`."""
    await pool.execute(RESET, topic, part, stood_at, to)


async def note_idle(pool: asyncpg.Pool, rows: Sequence[tuple[str, int, int, datetime]]) -> None:
    """(topic, part, next offset, until): everything recorded before `until` has been applied."""
    columns = [list(column) for column in zip(*rows, strict=True)]
    await pool.execute(IDLE, *columns)


async def standing(pool: asyncpg.Pool) -> dict[tuple[str, int], int]:
    """Where the database says that each partition stands."""
    return {(row["topic"], row["part"]): row["next_offset"] for row in await pool.fetch(STANDING)}


async def others(pool: asyncpg.Pool, clock_topic: str, mine: Partitions) -> datetime | None:
    """Until when the partitions of other replicas have been applied; None where all are mine."""
    until: datetime | None = await pool.fetchval(OTHERS, clock_topic, [t for t, _ in mine], [p for _, p in mine])
    return until


async def gate(
    connection: asyncpg.Connection | asyncpg.Pool, clock_topic: str, now: datetime, grace: timedelta
) -> datetime:
    """The instant before which wake-ups may run: the backlog up to it has been applied. Partitions must be known."""
    until: datetime = await connection.fetchval(SLOWEST, clock_topic)
    return min(now, until) - grace


async def count_starts(pool: asyncpg.Pool, rows: Sequence[tuple[str, int, int]]) -> int:
    """Count a start at these positions; the highest number of starts that one of them has seen without progress."""
    columns = [list(column) for column in zip(*rows, strict=True)]
    found: list[int] = [row["n"] for row in await pool.fetch(STARTS, *columns)]
    return max(found)


async def mark_alone(pool: asyncpg.Pool, topic: str, part: int, offset: int) -> bool:
    """Before a record is tried alone: True where the process died of it the last time it was."""
    culprit: bool = await pool.fetchval(CULPRIT, topic, part, offset)
    await pool.execute(ALONE, topic, part, offset)
    return culprit
