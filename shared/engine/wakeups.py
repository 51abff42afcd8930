"""The wake-up door: streams whose own next instant has come, once everything recorded before it has been applied."""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict
from collections.abc import Iterable
from contextlib import suppress
from typing import Any

import asyncpg
import structlog

from shared.backoff import Backoff
from shared.engine import offsets, tables, tally, waking
from shared.engine.apply import ClockUnset, Engine
from shared.engine.decision import Rows, StreamKey
from shared.engine.policies import NoPolicy, deciding
from shared.postgres.pool import INFRASTRUCTURE, borrow

log = structlog.get_logger(__name__)

CLAIM = """
select kind, id, version, state, last_now, wake_at, flagged, erased_at, policy_id from stream
 where wake_at < $1 order by wake_at limit $2 for update skip locked
"""
DUE = "select count(*) as streams, min(wake_at) as oldest from stream where wake_at < $1"
WAITING = """
with gate as (select min(applied_until) - $2::interval as until from consumer_offset where topic <> $1)
select exists (select from stream where wake_at < (select until from gate)),
       exists (select from job
                where state in ('waiting', 'running')
                  and due_at < coalesce((select until from gate), '1900-01-01T00:00:00Z')
                  and (claimed_until is null or claimed_until < clock_timestamp()))
"""
"""Whether a wake-up is due, and whether a job is: asked after every batch."""
CHUNK = 500


async def run_due(engine: Engine, clock_topic: str, limit: int = CHUNK) -> int:
    """Wake at most `limit` streams that are due before the gate, in one transaction; how many there were."""
    began = time.time_ns()
    async with borrow(engine.pool) as connection, deciding(connection):
        world = await engine.world(connection)
        gate = await offsets.gate(connection, clock_topic, world.clock, engine.clock.grace)
        due = await connection.fetch(CLAIM, gate, limit)
        if not due:
            return 0
        streams = {s.key: s for s in (tables.stream_of(engine.rules, row) for row in due)}
        fold = engine.new_fold(world, streams, await _rows(engine, connection, streams))
        for stream in streams.values():
            waking.wake_safely(fold, stream, gate)
        await engine.record(connection, fold, world)
    engine.applied += len(fold.journal)
    tally.count(tally.decided(fold.journal))
    engine.follow(fold.traced, began)
    for failure in fold.failures:
        log.error("wake_up_failed", traceback=failure.detail)
    log.info("wake_ups_applied", streams=len(streams), wake_ups=len(fold.journal), facts=len(fold.outbox))
    return len(due)


async def _rows(engine: Engine, connection: asyncpg.Connection, keys: Iterable[StreamKey]) -> Rows:
    wanted: defaultdict[type, set[Any]] = defaultdict(set)
    for table, key in (named for stream in keys for named in engine.rules.wakes(stream)):
        wanted[table].add(key)
    rows = Rows()
    await tables.load_rows(connection, engine.ledgers, wanted, rows)
    return rows


class Wakeups:
    """The loop: sleeps until the reader has progressed or a second has gone."""

    def __init__(self, engine: Engine, clock_topic: str, progressed: asyncio.Event, job_due: asyncio.Event) -> None:
        self.engine = engine
        self.job_due = job_due
        """Set where a job waits: its instant comes after the wake-ups of the same."""
        self.clock_topic = clock_topic
        self.progressed = progressed
        self.stopping = False
        self.limit = CHUNK
        """Streams of the next transaction: fewer after one that took longer than the database waits."""

    async def run(self) -> None:
        """Until `stopping`; an outage of the database is waited out."""
        backoff = Backoff(0.05, 2.0)
        while not self.stopping:
            try:
                self.progressed.clear()
                if not await self._turn():
                    await self._sleep()
                backoff = Backoff(0.05, 2.0)
            except (ClockUnset, NoPolicy):
                await self._sleep()
            except INFRASTRUCTURE as error:
                self.limit = max(1, self.limit // 2)
                log.warning("database_retry", error=repr(error), door="wake", limit=self.limit)
                await asyncio.sleep(backoff.next())

    async def _turn(self) -> bool:
        """Whether some woke up. Jobs are called for once nobody does."""
        [(wakes, works)] = await self.engine.pool.fetch(WAITING, self.clock_topic, self.engine.clock.grace)
        if wakes and await run_due(self.engine, self.clock_topic, self.limit):
            self.limit = min(CHUNK, self.limit + CHUNK // 20)
            return True
        if works:
            self.job_due.set()
        return False

    async def _sleep(self) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self.progressed.wait(), 1.0)
