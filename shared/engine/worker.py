"""A worker: claims jobs one after the other and works at them, in a process of its own."""

from __future__ import annotations

import asyncio
import traceback
from collections.abc import AsyncIterator, Mapping
from contextlib import suppress
from uuid import UUID, uuid4

import asyncpg
import structlog

from shared.backoff import Backoff
from shared.engine import jobs
from shared.engine.apply import ClockUnset, Engine, Retry
from shared.engine.jobs import LEASE, Job, Task
from shared.engine.policies import NoPolicy, deciding
from shared.engine.run import Lost, Run, today
from shared.postgres.pool import INFRASTRUCTURE, borrow, is_data_error

log = structlog.get_logger(__name__)


AWAY = (ClockUnset, NoPolicy, *INFRASTRUCTURE)


class Worker:
    """Works for one service. What it has claimed is another's as soon as it is gone."""

    def __init__(self, engine: Engine, kinds: tuple[Job, ...], id: UUID | None = None) -> None:
        self.engine = engine
        self.kinds: Mapping[str, Job] = {job.kind: job for job in kinds}
        self.id = id or uuid4()

    async def all_due(self) -> int:
        """Work until nothing is due that nobody else has; how many jobs came to an end here."""
        ended = 0
        while (task := await self._claim()) is not None:
            await self.work(task)
            ended += 1
        return ended

    async def do(self, kind: str, given: jobs.Tree) -> AsyncIterator[Task]:
        """Ask for this job and work until it has ended, here or with whoever takes it; how it stands, twice a second.

        Raises ValueError for a kind that this service does not have.
        """
        if kind not in self.kinds:
            raise ValueError(f"there is no job {kind}; there are {', '.join(sorted(self.kinds)) or 'none'}")
        id = uuid4()
        async with borrow(self.engine.pool) as connection:
            await jobs.add(connection, id, kind, given)
        working = asyncio.create_task(self.all_due())
        try:
            while True:
                await asyncio.wait([working], timeout=0.5)
                async with borrow(self.engine.pool) as connection:
                    task = await jobs.show(connection, id)
                if task is not None:
                    yield task
                if task is None or task.state not in ("waiting", "running"):
                    break
                if working.done():
                    await asyncio.sleep(0.5)
                    working = asyncio.create_task(self.all_due())
            await working
        finally:
            working.cancel()
            with suppress(asyncio.CancelledError):
                await working

    async def work(self, task: Task) -> None:
        """To its end, through outages. Where it is cancelled, or another worker has taken it, it is left alone."""
        log.info("job_started", job=str(task.id), kind=task.kind, start=task.starts)
        renewing = asyncio.create_task(self._renew(task))
        run = Run(self.engine, task, self.id)
        try:
            detail = await self._result_of(run)
            if run.has_ended or await self._end(task, detail):
                log.info("job_ended", job=str(task.id), kind=task.kind, failed=detail is not None)
        except Lost:
            log.info("job_lost", job=str(task.id), kind=task.kind)
        finally:
            renewing.cancel()
            with suppress(asyncio.CancelledError):
                await renewing

    async def _result_of(self, run: Run) -> str | None:
        """None, or why it failed. Raises Lost."""
        task = run.task
        if (job := self.kinds.get(task.kind)) is None:
            return f"this version knows no job {task.kind}"
        if task.starts > jobs.MOST_STARTS:
            return f"its process died {task.starts - 1} times at this place"
        backoff = Backoff(0.05, 2.0)
        while True:
            try:
                await job.work(run)
            except Lost:
                raise
            except Exception as error:  # noqa: BLE001 - a bug in a job ends that job, not the worker
                if not _passes(error, backoff.tries):
                    return _failed(task)
                log.warning("database_retry", error=repr(error), door="job")
                await asyncio.sleep(backoff.next())  # and goes on from the place that is stored
            else:
                return None

    async def _end(self, task: Task, detail: str | None) -> bool:
        backoff = Backoff(0.05, 2.0)
        while True:
            try:
                async with borrow(self.engine.pool) as connection, deciding(connection):
                    day = await today(self.engine, connection)
                    state = "done" if detail is None else "failed"
                    return await jobs.end(connection, task.id, state, day, detail=detail, worker=self.id)
            except AWAY as error:
                log.warning("database_retry", error=repr(error), door="job")
                await asyncio.sleep(backoff.next())

    async def _claim(self) -> Task | None:
        backoff = Backoff(0.05, 2.0)
        while True:
            try:
                async with borrow(self.engine.pool) as connection:
                    return await jobs.claim(connection, self.id, self.engine.clock, self.engine.clock_topic)
            except AWAY as error:
                log.warning("database_retry", error=repr(error), door="job")
                await asyncio.sleep(backoff.next())

    async def _renew(self, task: Task) -> None:
        """While it computes between two chunks; an outage is the chunk's to notice."""
        while True:
            await asyncio.sleep(LEASE.total_seconds() / 3)
            with suppress(*INFRASTRUCTURE):
                await jobs.renew(self.engine.pool, task, self.id)


def _passes(error: Exception, tries: int) -> bool:
    """Whether to try again helps: the database is away or busy, or streams were joined meanwhile."""
    if isinstance(error, asyncpg.UniqueViolationError):
        return tries < 3
    return isinstance(error, (*AWAY, Retry)) and not is_data_error(error)


def _failed(task: Task) -> str:
    detail = traceback.format_exc(limit=-8)
    log.error("job_failed", job=str(task.id), kind=task.kind, traceback=detail)
    return detail
