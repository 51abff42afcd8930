"""One service process: its engine, its loops, and how they start, show life and stop."""

from __future__ import annotations

import asyncio
import gc
import sys
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager, suppress
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import msgspec
import structlog

from shared.backoff import Backoff
from shared.contracts.policy import Policy, default_policy, overlay_text
from shared.contracts.policy_text import parse
from shared.contracts.topics import topics
from shared.engine import jobs, policy_life
from shared.engine.apply import Engine
from shared.engine.attempts import Attempts
from shared.engine.clocks import Clock
from shared.engine.consumer import Consumer
from shared.engine.decision import Rules
from shared.engine.intake import Intake
from shared.engine.jobs import Job
from shared.engine.ledger import Ledger
from shared.engine.rebuild import Progress, rebuild
from shared.engine.redecide import DECIDE_AGAIN
from shared.engine.relay import Relay
from shared.engine.settings import EngineSettings
from shared.engine.subscriptions import Subscriptions, reads
from shared.engine.wakeups import Wakeups
from shared.engine.watermarks import FetchedWatermarks, Watermarks
from shared.engine.worker import Worker
from shared.engine.workshop import Workshop, serve
from shared.kafka import clients
from shared.postgres.migrations import NotMigrated, require_migrated
from shared.postgres.pool import INFRASTRUCTURE, borrow, connect, open_pool

log = structlog.get_logger(__name__)


class Definition(msgspec.Struct, frozen=True):
    """All that makes one service different from another."""

    rules: Rules
    ledgers: tuple[Ledger, ...]
    subscriptions: Subscriptions
    migrations: Path
    jobs: tuple[Job, ...] = ()
    """What runs beside it, in a process of its own."""

    @property
    def name(self) -> str:
        return self.rules.service


class Service:
    """Built once per process. `run` ends when `stop` is called, or raises where going on would do harm.

    Raises PolicyInvalid, and OSError for a policy file that cannot be read.
    """

    def __init__(self, definition: Definition, settings: EngineSettings) -> None:
        self.definition = definition
        self.settings = settings
        self.policy, self.digest = _policy(settings.policy_file)
        self.jobs = (DECIDE_AGAIN, *definition.jobs)
        self.topics = topics(settings.topic_prefix)
        self.rules = msgspec.structs.replace(definition.rules, outbound=self.topics.of(definition.name))
        self.reads = reads(definition.subscriptions, definition.rules.commands, self.topics)
        self.clock = Clock(settings.clock)
        self.intake = Intake(self.reads, self.clock.simulated, not settings.embedded_broker)
        self.engine: Engine | None = None
        self.consumer: Consumer | None = None
        self.relay: Relay | None = None
        self.wakeups: Wakeups | None = None
        self.workshop: Workshop | None = None
        self._stopping = asyncio.Event()

    # -- life

    async def rebuild(self, repair: bool) -> AsyncIterator[Progress]:
        """Fold every stream from its journal again (`shared.engine.rebuild`); the service may go on meanwhile."""
        pool = await self._prepared()
        try:
            async for progress in rebuild(self._engine(pool), repair):
                yield progress
        finally:
            await _bounded(pool.close(), 5)

    async def work(self, id: UUID) -> None:
        """Be the worker of this id for the service that started it."""
        async with self._worker(id) as worker:
            await serve(worker)

    async def do(self, kind: str, given: jobs.Tree) -> AsyncIterator[jobs.Task]:
        """Ask for one job and work until it has ended, here or with whoever takes it; how it stands meanwhile."""
        async with self._worker(None) as worker:
            async for task in worker.do(kind, given):
                yield task

    @asynccontextmanager
    async def _worker(self, id: UUID | None) -> AsyncIterator[Worker]:
        pool = await self._prepared()
        try:
            yield Worker(self._engine(pool), self.jobs, id)
        finally:
            await _bounded(pool.close(), 5)

    async def run(self) -> None:
        """Start when the database answers, then turn the three loops until `stop`."""
        engine = await self._database()
        if engine is None:
            return
        try:
            self.engine = engine
            self._build(self.engine)
            _tune_collector()
            await self._turn_loops()
        finally:
            await _bounded(engine.pool.close(), 5)

    def stop(self) -> None:
        self._stopping.set()

    def _engine(self, pool: asyncpg.Pool) -> Engine:
        engine = Engine(self.rules, self.definition.ledgers, pool, self.clock, self.reads)
        engine.jobs = frozenset(job.kind for job in self.jobs)
        return engine

    async def _database(self) -> Engine | None:
        """The engine under its policy, once the database answers; None where `stop` came before."""
        backoff = Backoff(0.2, 2.0)
        while not self._stopping.is_set():
            try:
                return await self._started()
            except (NotMigrated, *INFRASTRUCTURE) as error:
                log.warning("database_not_ready", error=str(error) or repr(error), action="tried again with back-off")
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._stopping.wait(), backoff.next())
        return None

    async def _started(self) -> Engine:
        pool = await self._prepared()
        try:
            engine = self._engine(pool)
            await policy_life.start(engine, self.policy, self.digest)
            async with borrow(pool) as connection:
                await jobs.ensure_daily(connection, self.jobs)
        except BaseException:
            await _bounded(pool.close(), 5)
            raise
        return engine

    async def _prepared(self) -> asyncpg.Pool:
        pool = await open_pool(self.settings.dsn.get_secret_value(), f"holdfast-{self.definition.name}")
        try:
            async with borrow(pool) as connection:
                await require_migrated(connection, self.definition.migrations)
        except BaseException:
            await _bounded(pool.close(), 5)
            raise
        return pool

    def _build(self, engine: Engine) -> None:
        settings = self.settings
        wait = 12 if settings.embedded_broker or self.clock.simulated else 500
        name, replica = self.definition.name, str(settings.replica)
        group = None if settings.only_replica else f"{settings.topic_prefix}{name}"
        self.consumer = Consumer(
            lambda: clients.consumer(settings, group, replica, wait),
            lambda: (FetchedWatermarks if settings.embedded_broker else Watermarks)(clients.asking(settings)),
            self.reads.names,
            self.intake,
            Attempts(engine, settings.outage_seconds),
            in_group=group is not None,
        )
        dsn = settings.dsn.get_secret_value()
        self.relay = Relay(
            engine.pool, lambda: connect(dsn, f"holdfast-{name}-relay"), lambda: clients.producer(settings)
        )
        self.workshop = Workshop([sys.executable, "-m", f"services.{name}", "work"], engine.pool)
        self.wakeups = Wakeups(engine, self.topics.clock, self.consumer.progressed, self.workshop.due)

    async def _turn_loops(self) -> None:
        loops = self._loops()
        running = [asyncio.create_task(loop.run(), name=type(loop).__name__) for loop in loops]
        stopped = asyncio.create_task(self._stopping.wait())
        done, _ = await asyncio.wait([*running, stopped], return_when=asyncio.FIRST_COMPLETED)
        await self._wind_down(running)
        stopped.cancel()
        for task in done - {stopped}:
            task.result()  # a loop that ended by itself raised: the process must not look alive without it

    def _loops(self) -> tuple[Consumer, Wakeups, Workshop, Relay]:
        if self.consumer is None or self.wakeups is None or self.workshop is None or self.relay is None:
            raise RuntimeError("the loops are built once the database has answered")
        return self.consumer, self.wakeups, self.workshop, self.relay

    async def _wind_down(self, running: list[asyncio.Task[None]]) -> None:
        """Finish the batch, drain the outbox once, leave the group; what hangs is cut off, as safe as a kill."""
        consumer, wakeups, workshop, relay = self._loops()
        consumer.stopping = wakeups.stopping = True
        workshop.stop()
        await asyncio.wait(running[:3], timeout=10)
        relay.drained.clear()
        relay.woken.set()
        await _bounded(relay.drained.wait(), 5)
        relay.stopping = True
        relay.woken.set()
        await asyncio.wait(running, timeout=5)
        for task in running:
            task.cancel()
        await asyncio.wait(running, timeout=2)


def _policy(file: Path | None) -> tuple[Policy, str]:
    """The default with the deployment's own values laid over it, and what those values are in short."""
    policy = default_policy()
    if file is None:
        return policy, "none"
    text = file.read_bytes()
    return overlay_text(policy, text), sha256(
        msgspec.json.encode(parse(text).get("values"), order="sorted")
    ).hexdigest()


async def _bounded(work: Coroutine[Any, Any, Any], seconds: float) -> None:
    try:
        await asyncio.wait_for(work, seconds)
    except (*INFRASTRUCTURE, TimeoutError) as error:
        log.warning("cut_off", error=repr(error))


def _tune_collector() -> None:
    """What was built at start lives as long as the process: keep the collector off it."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)
