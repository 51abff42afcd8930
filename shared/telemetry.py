"""Health and metrics: what an operator's tools ask for."""

from __future__ import annotations

import asyncio
import time

import asyncpg
from prometheus_client import Gauge

from shared.engine.apply import Engine
from shared.engine.process import Service
from shared.engine.wakeups import DUE
from shared.postgres.pool import INFRASTRUCTURE, READING, begun, borrow

PROBE_SECONDS = 1.0
STALE_SECONDS = 4.0
STUCK_SECONDS = 120.0

OUTBOX = Gauge("holdfast_outbox_rows", "Facts that wait to be published")
OUTBOX_AGE = Gauge("holdfast_outbox_age_seconds", "Age of the oldest fact that waits")
DUE_NOW = Gauge("holdfast_wakeups_due", "Wake-ups that the clock has passed")
LATE = Gauge("holdfast_wakeups_late_seconds", "How long the oldest wake-up that is due has waited")
APPLIED = Gauge("holdfast_inputs_applied", "Journal rows written by this process since its start")
DUPLICATES = Gauge(
    "holdfast_inputs_duplicate", "Inputs that had been applied before, since the start of this process", ["content"]
)
DEAD_LETTERS = Gauge("holdfast_dead_letters", "Dead letters not replayed yet", ["reason"])
FLAGGED = Gauge("holdfast_streams_flagged", "Streams on which a rule failed")
READY = Gauge("holdfast_ready", "1 while this process can answer; the database's figures stand still while it is 0")
LAG = Gauge("holdfast_lag_records", "Records not applied yet on the partitions of this process", ["topic"])
BEHIND = Gauge("holdfast_backlog_seconds", "How far the slowest partition is applied behind the clock")

MEASURES = """
select (select count(*) from outbox) as outbox,
       coalesce((select extract(epoch from clock_timestamp() - min(created_at)) from outbox), 0)::float8 as age,
       (select count(*) from stream where flagged is not null) as flagged
"""
SLOWEST = "select min(applied_until) from consumer_offset where topic <> $1"
DEAD = "select reason, count(*) as n from dead_letter where replayed_at is null group by reason"


class Health:
    """Watches a service from inside; the answers are at most `STALE_SECONDS` old."""

    def __init__(self, service: Service) -> None:
        self.service = service
        self._answered = 0.0
        self._clock_known = False
        self._turns = (0, time.monotonic())

    async def watch(self) -> None:
        """Probe the database every second, each wait bounded."""
        while True:
            engine = self.service.engine
            if engine is not None:
                try:
                    async with asyncio.timeout(2):
                        self._clock_known = await engine.clock.read(engine.pool) is not None
                    self._answered = time.monotonic()
                except (TimeoutError, *INFRASTRUCTURE):
                    self._clock_known = False
            loops = self.service.loops
            if loops is not None and loops.consumer.turns != self._turns[0]:
                self._turns = (loops.consumer.turns, time.monotonic())
            await asyncio.sleep(PROBE_SECONDS)

    def alive(self) -> str | None:
        """None, or why not: the reading loop has stood still for two minutes."""
        if time.monotonic() - self._turns[1] > STUCK_SECONDS and self.service.engine is not None:
            return "the reading loop has not turned for two minutes"
        return None

    def ready(self) -> str | None:
        """None, or why not."""
        if time.monotonic() - self._answered > STALE_SECONDS or not self._answered:
            return "the database does not answer"
        if not self._clock_known:
            return "the simulated clock has not been set: send clock.moved"
        return None


async def measures(service: Service, health: Health) -> None:
    """Bring the gauges up to date; an outage leaves those of the database as they were."""
    READY.set(health.ready() is None)
    _lag(service)
    engine = service.engine
    if engine is None:
        return
    try:
        async with borrow(engine.pool) as connection, begun(connection, READING):
            await _stored(engine, connection)
    except INFRASTRUCTURE:
        return
    APPLIED.set(engine.applied)
    DUPLICATES.labels("same").set(engine.duplicates - engine.changed)
    DUPLICATES.labels("other").set(engine.changed)


def _lag(service: Service) -> None:
    LAG.clear()  # a topic whose partitions went to another process has no row
    for topic, records in (service.loops.consumer.lag() if service.loops else {}).items():
        LAG.labels(topic).set(records)


async def _stored(engine: Engine, connection: asyncpg.Connection) -> None:
    [row] = await connection.fetch(MEASURES)
    OUTBOX.set(row["outbox"])
    OUTBOX_AGE.set(row["age"])
    FLAGGED.set(row["flagged"])
    letters = await connection.fetch(DEAD)
    DEAD_LETTERS.clear()  # a reason of which none is left has no row
    for dead in letters:
        DEAD_LETTERS.labels(dead["reason"]).set(dead["n"])
    now = await engine.clock.read(connection)
    if now is not None:
        [due] = await connection.fetch(DUE, now)
        DUE_NOW.set(due["streams"])
        LATE.set((now - due["oldest"]).total_seconds() if due["oldest"] else 0)
        slowest = await connection.fetchval(SLOWEST, engine.clock_topic)
        BEHIND.set((now - slowest).total_seconds() if slowest else 0)
