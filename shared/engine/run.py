"""One job at work: a chunk is a transaction that also stores the place, so that a kill at any point doubles nothing."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg
import msgspec

from shared.contracts.data import Data
from shared.contracts.envelope import Envelope, encode
from shared.contracts.ids import derived
from shared.contracts.reading import dump_data
from shared.engine import jobs
from shared.engine.apply import Applied, Engine
from shared.engine.crash import reached
from shared.engine.decision import Event
from shared.engine.inputs import Input
from shared.engine.policies import deciding
from shared.engine.streams import NEVER, World
from shared.postgres.pool import INFRASTRUCTURE, borrow

CHUNK_SECONDS = 0.05
"""What a chunk's locks are meant to be held for; `Run.size` follows."""
FIRST, SMALLEST, LARGEST = 200, 10, 2_000
GROWTH = 1.25
"""At the most, from a chunk to the next one: one that was quick by chance says little of the others."""


class Lost(Exception):
    """The job was cancelled, or another worker has it: what this chunk did is rolled back."""


class Chunk:
    """One transaction of a job: the active policy stays what it is; `cursor` and `progress` commit with the rest."""

    def __init__(self, run: Run, connection: asyncpg.Connection, world: World, closing: AsyncExitStack) -> None:
        self.connection = connection
        self.world = world
        """The policy and the clock of this transaction."""
        self.cursor = run.cursor
        self.progress: jobs.Tree = dict(run.progress)
        self.result: Any = None
        """What the job has found, as JSON; kept with its row."""
        self.is_last = False
        """The job ends with this transaction."""
        self._run = run
        self._closing = closing

    async def turn(self) -> None:
        """For chunks side by side: from here to its end only this one changes the place, which is read anew."""
        await self._closing.enter_async_context(self._run.placing)
        self.cursor, self.progress = self._run.cursor, dict(self._run.progress)

    async def decide(self, inputs: Sequence[Input]) -> Applied:
        """Fold them as any door would: journaled, with the wake-ups due before them. Raises Retry: then go on again."""
        return await self._run.engine.within(self.connection, inputs, self.world)


class Run:
    """A claimed job. `size`: how many things a chunk should take, so that it takes `CHUNK_SECONDS`."""

    def __init__(self, engine: Engine, task: jobs.Task, worker: UUID) -> None:
        self.engine = engine
        self.task = task
        self.worker = worker
        self.given = task.given
        self.cursor: jobs.Tree | None = task.cursor
        self.progress: jobs.Tree = task.progress or {}
        self.size = FIRST
        self.has_ended = False
        self.placing = asyncio.Lock()

    @asynccontextmanager
    async def chunk(self) -> AsyncIterator[Chunk]:
        """A transaction; at its end the place is stored. Raises Lost."""
        async with borrow(self.engine.pool) as connection, AsyncExitStack() as closing:
            began = time.monotonic()
            try:
                async with deciding(connection):
                    chunk = Chunk(self, connection, await self.engine.world(connection), closing)
                    yield chunk
                    await self._put_down(chunk)
            except INFRASTRUCTURE:
                self.size = max(SMALLEST, self.size // 2)  # it may have taken longer than a transaction may
                raise
            reached("job_after_commit")
            self.cursor, self.progress, self.has_ended = chunk.cursor, chunk.progress, chunk.is_last
        self.follow(time.monotonic() - began)

    async def _put_down(self, chunk: Chunk) -> None:
        place = (chunk.cursor, chunk.progress, chunk.result)
        if not await jobs.save(chunk.connection, self.task, self.worker, place):
            raise Lost(self.task.kind)
        if chunk.is_last:
            day = (chunk.world.clock, chunk.world.policy.calendar.time_zone)
            await jobs.end(chunk.connection, self.task.id, "done", day, worker=self.worker)
        reached("job_before_commit")

    async def through(self, step: Callable[[Run, Chunk], Awaitable[int]]) -> None:
        """A chunk at a time; the job ends with the one in which the step found nobody any more."""
        while not self.has_ended:
            async with self.chunk() as chunk:
                chunk.is_last = not await step(self, chunk)

    def follow(self, seconds: float) -> None:
        """A chunk has taken so long."""
        wanted = self.size * CHUNK_SECONDS / max(seconds, 0.001)
        self.size = int(min(LARGEST, self.size * GROWTH, max(SMALLEST, self.size / 2, wanted)))

    def about(self, subject: UUID, data: Data, cause: str = "") -> Input:
        """What this job says to a stream: an event of its own, the same one whenever it is said again.

        `cause` tells several of one subject apart; the type belongs to the service's `Rules.commands`.
        """
        service = self.engine.rules.service
        key = derived("job", service, self.task.id.bytes, subject.bytes, data.TYPE, cause)
        return job_input(service, key, subject, data)


def job_input(service: str, key: UUID, subject: UUID, data: Data) -> Input:
    """An event that comes through the door of jobs; its times are the clock when its row is written."""
    source, body = f"holdfast/{service}/job", dump_data(data)
    event = Event(key, str(key), source, data.TYPE, NEVER, NEVER, str(subject), data)
    envelope = Envelope(
        specversion="1.0",
        id=str(key),
        source=source,
        type=data.TYPE,
        subject=str(subject),
        time=NEVER,
        data=msgspec.Raw(body),
    )
    return Input("job", NEVER, event, body=encode(envelope))


async def today(engine: Engine, connection: asyncpg.Connection) -> tuple[datetime, str]:
    """Now, and the zone whose days the deployment counts; inside a transaction of `deciding`."""
    world = await engine.world(connection)
    return world.clock, world.policy.calendar.time_zone
