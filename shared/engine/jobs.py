"""Background work as rows: what there is to do, who has claimed it, how far it is, what came of it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

import asyncpg
import msgspec
from msgspec import Struct

from shared.clock import business_date, start_of_day
from shared.contracts.ids import derived
from shared.engine.clocks import Clock

if TYPE_CHECKING:
    from shared.engine.run import Run

AT_ONCE = datetime(1800, 1, 1, tzinfo=UTC)
LEASE = timedelta(seconds=30)
"""A claim that is not renewed for so long is another worker's to take."""
MOST_STARTS = 5
"""Starts without a step forward after which a job has failed: it kills its process."""

Tree = dict[str, Any]


class Job(Struct, frozen=True):
    """One kind of background work of a service."""

    kind: str
    work: Callable[[Run], Awaitable[None]]
    """Goes on from `run.cursor`, a transaction (`run.chunk()`) at a time, and returns at the end."""
    daily: bool = False
    """Once for each day of the deployment, from its 00:00 on; days that were missed are not made up for."""


class Task(Struct, frozen=True):
    """One row of the table: work that was asked for."""

    id: UUID
    kind: str
    state: str
    given: Tree
    due_at: datetime
    daily: bool
    starts: int
    cursor: Tree | None
    progress: Tree | None
    result: Tree | None
    detail: str | None


ADD = """
insert into job (id, kind, state, given, due_at, daily)
select id, kind, 'waiting', given::jsonb, due_at, daily
  from unnest($1::uuid[], $2::text[], $3::text[], $4::timestamptz[], $5::bool[]) as u(id, kind, given, due_at, daily)
on conflict do nothing
"""
SHOW = """
select id, kind, state, given::text as given, due_at, daily, starts, cursor, progress::text as progress,
       result::text as result, detail
  from job where id = $1
"""
CLAIM = """
with due as (
  select id from job j
   where state in ('waiting', 'running') and due_at < coalesce(
           (select min(applied_until) from consumer_offset where topic <> $1) - $2::interval, '1900-01-01T00:00:00Z')
     and (claimed_until is null or claimed_until < clock_timestamp())
     and due_at <= {clock}
     and not exists (select from stream s where s.wake_at <= j.due_at)
     and not exists (select from job o where o.kind = j.kind and o.id <> j.id and o.state = 'running'
                                         and o.claimed_until > clock_timestamp())
   order by due_at, id limit 1 for update skip locked
)
update job set state = 'running', claimed_by = $3, claimed_until = clock_timestamp() + $4::interval, starts = starts + 1
  from due where job.id = due.id
returning job.id, kind, state, given::text as given, due_at, daily, starts, cursor, progress::text as progress,
          result::text as result, detail
"""
SAVE = """
update job set cursor = $3, progress = $4::jsonb, result = coalesce($5::jsonb, result), starts = 0,
               claimed_until = clock_timestamp() + $6::interval
 where id = $1 and claimed_by = $2
"""
RENEW = "update job set claimed_until = clock_timestamp() + $3::interval where id = $1 and claimed_by = $2"
RELEASE = "update job set claimed_until = null where claimed_by = $1"
LAST_DAY = "update job set daily = false where id = $1"
END = """
update job set state = $2, detail = $3, claimed_by = null, claimed_until = null, ended_at = clock_timestamp()
 where id = $1 and state in ('waiting', 'running') and ($4::uuid is null or claimed_by = $4)
returning kind, daily, due_at
"""


async def add(connection: asyncpg.Connection, id: UUID, kind: str, given: Tree) -> None:
    """Ask for work, at once; nothing where this id is known. Goes with the caller's transaction."""
    await _add(connection, [(id, kind, msgspec.json.encode(given).decode(), AT_ONCE, False)])


async def add_daily(connection: asyncpg.Connection, kind: str, now: datetime, zone: str) -> None:
    """Ask for work at the start of the day after; nothing where it is asked for already."""
    await _add(connection, [_daily(kind, start_of_day(business_date(now, zone) + timedelta(days=1), zone))])


async def ensure_daily(connection: asyncpg.Connection, jobs: Iterable[Job]) -> None:
    """Every daily job that has no row yet gets its first one, due at once."""
    await _add(connection, [_daily(job.kind, AT_ONCE) for job in jobs if job.daily])


async def claim(connection: asyncpg.Connection, worker: UUID, clock: Clock, clock_topic: str) -> Task | None:
    """The oldest job that is due, once this service's wake-ups up to that instant have run."""
    row = await connection.fetchrow(CLAIM.format(clock=clock.sql), clock_topic, clock.grace, worker, LEASE)
    return _task(row) if row else None


async def save(connection: asyncpg.Connection, task: Task, worker: UUID, place: tuple[Tree | None, Tree, Any]) -> bool:
    """Store (cursor, progress, result) and renew the claim; False where it is this worker's no more."""
    cursor, progress, result = (None if value is None else msgspec.json.encode(value) for value in place)
    shown, told = progress.decode() if progress else "{}", result.decode() if result else None
    status = await connection.execute(SAVE, task.id, worker, cursor, shown, told, LEASE)
    return bool(status == "UPDATE 1")


async def renew(pool: asyncpg.Pool, task: Task, worker: UUID) -> None:
    await pool.execute(RENEW, task.id, worker, LEASE)


async def release(pool: asyncpg.Pool, worker: UUID) -> None:
    """A worker is gone: what it had claimed may be taken at once."""
    await pool.execute(RELEASE, worker)


async def end(connection: asyncpg.Connection, id: UUID, state: str, day: tuple[datetime, str], **how: Any) -> bool:
    """Done, failed or cancelled; False where it had ended, or is not this `worker`'s. `day`: (now, time zone).

    A daily job's next row goes with it: due at the start of the day after.
    """
    row = await connection.fetchrow(END, id, state, how.get("detail"), how.get("worker"))
    if row is not None and row["daily"]:
        now, zone = day
        await add_daily(connection, row["kind"], max(now, row["due_at"]), zone)
    return row is not None


async def make_last(connection: asyncpg.Connection, task: Task) -> None:
    """A daily job that is needed no more: this run has no next one."""
    await connection.execute(LAST_DAY, task.id)


async def show(connection: asyncpg.Connection, id: UUID) -> Task | None:
    row = await connection.fetchrow(SHOW, id)
    return _task(row) if row else None


def _daily(kind: str, due_at: datetime) -> tuple[UUID, str, str, datetime, bool]:
    return derived("daily job", kind, due_at.isoformat()), kind, "{}", due_at, True


async def _add(connection: asyncpg.Connection, rows: Sequence[tuple[Any, ...]]) -> None:
    if rows:
        await connection.execute(ADD, *[list(column) for column in zip(*rows, strict=True)])


def _task(row: asyncpg.Record) -> Task:
    decode = msgspec.json.decode
    return Task(
        id=row["id"],
        kind=row["kind"],
        state=row["state"],
        given=decode(row["given"]),
        due_at=row["due_at"],
        daily=row["daily"],
        starts=row["starts"],
        cursor=decode(row["cursor"]) if row["cursor"] else None,
        progress=decode(row["progress"]) if row["progress"] else None,
        result=decode(row["result"]) if row["result"] else None,
        detail=row["detail"],
    )
