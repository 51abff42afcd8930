"""After an activation: everybody who was decided by another policy is decided again, in id order, as a job."""

from __future__ import annotations

import asyncio
import time
from typing import NamedTuple
from uuid import UUID

from shared.engine import offsets, tables, waking
from shared.engine.carry import carry_safely
from shared.engine.decision import Rows
from shared.engine.jobs import Job
from shared.engine.run import Chunk, Run

KIND = "decide_again"
STALE = """
select kind, id, version, state, last_now, wake_at, flagged, erased_at, policy_id from stream
 where kind = $1 and id between $2 and $3 and version > 0 and policy_id <> $4 and erased_at is null
 order by id limit $5 for update
"""
END = 1 << 128
PARTS = 3
"""Of a kind's streams, side by side: one on a core leaves two for the database to be busy with."""
AT_A_STRETCH = 25
"""Streams decided before another part may take the database's answer: it holds its locks meanwhile."""


class Part(NamedTuple):
    """The streams of a kind whose ids lie in one part of all that there can be."""

    kind: str
    first: int
    end: int

    @property
    def name(self) -> str:
        return f"{self.kind} from {UUID(int=self.first)}"

    def after(self, run: Run) -> int:
        """Where the job goes on: an id as a number."""
        last = (run.cursor or {}).get(self.name)
        return UUID(last).int + 1 if last else self.first


async def decide_again(run: Run) -> None:
    """Whoever is touched by an input meanwhile is carried over there, and is none of ours any more.

    Parts side by side: while one waits for the database another decides. Where one fails the others end what they have
    begun: a commit that nobody waits for would be missing from the place that is read again.
    """
    for kind in sorted(run.engine.rules.states):
        halting = asyncio.Event()
        parts = [Part(kind, END * n // PARTS, END * (n + 1) // PARTS) for n in range(PARTS)]
        ends = await asyncio.gather(*(_through(run, part, halting) for part in parts), return_exceptions=True)
        for error in ends:
            if error is not None:
                raise error
    async with run.chunk() as chunk:
        chunk.is_last = True


async def _through(run: Run, part: Part, halting: asyncio.Event) -> None:
    found = True
    try:
        while found and not halting.is_set() and (begin := part.after(run)) < part.end:
            async with run.chunk() as chunk:
                found = await _decided(run, chunk, part, UUID(int=begin))
    except BaseException:
        halting.set()
        raise


async def _decided(run: Run, chunk: Chunk, part: Part, begin: UUID) -> bool:
    """The next streams of a part; False where there are none."""
    engine, world, began = run.engine, chunk.world, time.time_ns()
    asked = (part.kind, begin, UUID(int=part.end - 1), world.policy_id, run.size)
    rows = await chunk.connection.fetch(STALE, *asked)
    if not rows:
        await chunk.turn()
        return False
    gate = await offsets.gate(chunk.connection, engine.clock_topic, world.clock, engine.clock.grace)
    streams = {s.key: s for s in (tables.stream_of(engine.rules, row) for row in rows)}
    fold = engine.new_fold(world, streams, Rows())
    for n, stream in enumerate(streams.values(), 1):
        waking.wake_safely(fold, stream, gate)
        carry_safely(fold, stream, gate)
        if n % AT_A_STRETCH == 0:
            await asyncio.sleep(0)
    await engine.record(chunk.connection, fold, world)
    engine.follow(fold.traced, began)
    await chunk.turn()
    chunk.cursor = (chunk.cursor or {}) | {part.name: str(rows[-1]["id"])}
    done, said = chunk.progress.get("done", 0), chunk.progress.get("facts", 0)
    chunk.progress = {"done": done + len(rows), "facts": said + len(fold.outbox)}
    return True


DECIDE_AGAIN = Job(KIND, decide_again)
