"""One service process: how it starts, does what it is asked to, and stops."""

from __future__ import annotations

import asyncio
import gc
import os
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from hashlib import sha256
from pathlib import Path
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
from shared.engine.clocks import Clock
from shared.engine.decision import Rules
from shared.engine.intake import Intake
from shared.engine.jobs import Job
from shared.engine.ledger import Ledger
from shared.engine.loops import Loops, bounded
from shared.engine.outlet import Outlet
from shared.engine.rebuild import Progress, rebuild
from shared.engine.redecide import DECIDE_AGAIN
from shared.engine.settings import EngineSettings
from shared.engine.subscriptions import Subscriptions, reads
from shared.engine.worker import Worker
from shared.engine.workshop import serve
from shared.postgres.migrations import NotMigrated, require_migrated
from shared.postgres.pool import INFRASTRUCTURE, borrow, open_pool
from shared.traces.spans import Spans

log = structlog.get_logger(__name__)


class Definition(msgspec.Struct, frozen=True):
    """All that makes one service different from another."""

    rules: Rules
    ledgers: tuple[Ledger, ...]
    subscriptions: Subscriptions
    migrations: Path
    jobs: tuple[Job, ...] = ()
    """What runs beside it, in a process of its own."""
    outlet: Outlet | None = None

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
        self.spans: Spans | None = None
        """None until the service runs, and where nobody collects them."""
        self.engine: Engine | None = None
        self.loops: Loops | None = None
        self._stopping = asyncio.Event()

    async def rebuild(self, repair: bool) -> AsyncIterator[Progress]:
        """Fold every stream from its journal again (`shared.engine.rebuild`); the service may go on meanwhile."""
        pool = await self._prepared()
        try:
            async for progress in rebuild(self._engine(pool), repair):
                yield progress
        finally:
            await bounded(pool.close(), 5)

    async def work(self, id: UUID) -> None:
        """Be the worker of this id for the service that started it."""
        async with self._worker(id) as worker:
            tune_collector()
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
            with self.collected():
                yield Worker(self._engine(pool), self.jobs, id)
        finally:
            await bounded(pool.close(), 5)

    @contextmanager
    def collected(self) -> Iterator[None]:
        """Spans go to where the settings say, for as long as the block runs."""
        endpoint = self.settings.otlp_endpoint or os.environ.get("OTEL_EXPORTER_OTLP_ENDPOINT")
        if not endpoint:
            yield
            return
        from shared.traces.export import Exporter  # noqa: PLC0415 - slow to load, and seldom wanted

        exporter = Exporter(self.definition.name, self.settings.replica, endpoint)
        self.spans = Spans(self.definition.name, self.settings.traces_share, exporter.send)
        self.intake.share = self.settings.traces_share
        try:
            yield
        finally:
            exporter.close()

    async def run(self) -> None:
        """Start when the database answers, then turn the loops until `stop`."""
        engine = await self._database()
        if engine is None:
            return
        try:
            self.engine = engine
            self.loops = Loops(engine, self.settings, self.reads, self.intake, self.definition.outlet)
            tune_collector()
            await self.loops.turn(self._stopping)
        finally:
            await bounded(engine.pool.close(), 2)

    def stop(self) -> None:
        self._stopping.set()

    def _engine(self, pool: asyncpg.Pool) -> Engine:
        engine = Engine(self.rules, self.definition.ledgers, pool, self.clock, self.reads)
        engine.jobs = frozenset(job.kind for job in self.jobs)
        engine.spans = self.spans
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
            await bounded(pool.close(), 5)
            raise
        return engine

    async def _prepared(self) -> asyncpg.Pool:
        pool = await open_pool(self.settings.dsn.get_secret_value(), f"holdfast-{self.definition.name}")
        try:
            async with borrow(pool) as connection:
                await require_migrated(connection, self.definition.migrations)
        except BaseException:
            await bounded(pool.close(), 5)
            raise
        return pool


def _policy(file: Path | None) -> tuple[Policy, str]:
    """The default with the deployment's own values laid over it, and what those values are in short."""
    policy = default_policy()
    if file is None:
        return policy, "none"
    text = file.read_bytes()
    return overlay_text(policy, text), sha256(
        msgspec.json.encode(parse(text).get("values"), order="sorted")
    ).hexdigest()


def tune_collector() -> None:
    """What was built at start lives as long as the process: keep the collector off it. Benches do as services do."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)
