"""The process beside a service in which its jobs run, so that no job ever keeps a heartbeat waiting.

The two speak by lines: the service writes one when a job is due, the worker answers when it has nothing left to do.
A worker whose service is gone reads the end of its input and ends.
"""

from __future__ import annotations

import asyncio
import os
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Sequence
from contextlib import suppress
from typing import NoReturn
from uuid import uuid4

import asyncpg
import structlog

from shared.backoff import Backoff
from shared.engine import jobs
from shared.engine.worker import Worker
from shared.postgres.pool import INFRASTRUCTURE

log = structlog.get_logger(__name__)

IDLE_SECONDS = 60.0
"""After so long without work the process ends; the next job starts another."""


class Workshop:
    """One per service process. `command` starts a worker; its id is added to it."""

    def __init__(self, command: Sequence[str], pool: asyncpg.Pool) -> None:
        self.command = command
        self.pool = pool
        self.due = asyncio.Event()
        """Set by whoever has seen that a job waits."""
        self.stopping = False
        self._child: Process | None = None
        self._id = uuid4()

    async def run(self) -> None:
        """Until `stopping`; a worker that died is started again, and what it had claimed is free at once."""
        backoff = Backoff(0.1, 10.0)
        try:
            while await self._called():
                if await self._work():
                    backoff = Backoff(0.1, 10.0)
                else:
                    await self._free()
                    await asyncio.sleep(backoff.next())
        finally:
            await self._close()

    async def _called(self) -> bool:
        await self.due.wait()
        self.due.clear()
        return not self.stopping

    def stop(self) -> None:
        """The worker hears of it by the end of its input."""
        self.stopping = True
        self.due.set()
        if self._child is not None and self._child.stdin is not None:
            self._child.stdin.close()

    async def _work(self) -> bool:
        """Have the worker do all that is due; False where it died."""
        child = await self._started()
        assert child.stdin is not None  # noqa: S101 - both are pipes
        assert child.stdout is not None  # noqa: S101
        try:
            child.stdin.write(b"\n")
            await child.stdin.drain()
        except (BrokenPipeError, ConnectionResetError):
            return False
        return bool(await child.stdout.readline())

    async def _started(self) -> Process:
        if self._child is None or self._child.returncode is not None:
            self._id = uuid4()
            self._child = await asyncio.create_subprocess_exec(*self.command, str(self._id), stdin=PIPE, stdout=PIPE)
            log.info("worker_started", pid=self._child.pid)
        return self._child

    async def _free(self) -> None:
        """After its death, which is not the end of its idle time alone: what it had claimed is another's now."""
        if self._child is not None:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._child.wait(), 5)
            log.info("worker_ended", status=self._child.returncode)
        with suppress(*INFRASTRUCTURE):
            await jobs.release(self.pool, self._id)
        self.due.set()

    async def _close(self) -> None:
        """Its chunk is rolled back where it does not end soon: as safe as a kill."""
        child = self._child
        if child is None or child.returncode is not None:
            return
        if child.stdin is not None:
            child.stdin.close()
        try:
            await asyncio.wait_for(child.wait(), 3)
        except TimeoutError:
            child.kill()
            await child.wait()


async def serve(worker: Worker, idle_seconds: float = IDLE_SECONDS) -> None:
    """The worker's side: do what is due at each line, until the input ends or there was nothing to do for a while."""
    answers = os.dup(sys.stdout.fileno())
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what a job prints is no answer
    reader = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    working: asyncio.Task[None] | None = None
    try:
        while True:
            line = asyncio.ensure_future(reader.readline())
            if working is not None:
                await asyncio.wait([line, working], return_when=asyncio.FIRST_COMPLETED)
            if not await asyncio.wait_for(line, idle_seconds):
                return
            working = asyncio.create_task(_answer(worker, working, answers))
    except TimeoutError:
        return
    finally:
        if working is not None:
            working.cancel()
            with suppress(asyncio.CancelledError):
                await working
        with suppress(*INFRASTRUCTURE):
            await jobs.release(worker.engine.pool, worker.id)


def leave() -> NoReturn:
    """End this process now: a thread that computes for a job would keep it, and nobody waits for what it finds."""
    sys.stderr.flush()
    os._exit(0)


async def _answer(worker: Worker, before: asyncio.Task[None] | None, answers: int) -> None:
    if before is not None:
        await before
    await worker.all_due()
    with suppress(BrokenPipeError):
        os.write(answers, b"\n")
