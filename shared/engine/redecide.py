"""After an activation: everybody who was decided by another policy is decided again, in id order, as a job."""

from __future__ import annotations

from uuid import UUID

from shared.engine import offsets, tables, waking
from shared.engine.carry import carry_safely
from shared.engine.decision import Rows
from shared.engine.jobs import Job
from shared.engine.run import Chunk, Run

KIND = "decide_again"
STALE = """
select kind, id, version, state, last_now, wake_at, flagged, erased_at, policy_id from stream
 where (kind, id) > ($1, $2) and version > 0 and policy_id <> $3 and erased_at is null
 order by kind, id limit $4 for update
"""


async def decide_again(run: Run) -> None:
    """Whoever is touched by an input meanwhile is carried over there, and is none of ours any more."""
    await run.through(_chunk)


async def _chunk(run: Run, chunk: Chunk) -> int:
    engine, world = run.engine, chunk.world
    kind, id = (chunk.cursor["kind"], UUID(chunk.cursor["id"])) if chunk.cursor else ("", UUID(int=0))
    rows = await chunk.connection.fetch(STALE, kind, id, world.policy_id, run.size)
    if not rows:
        return 0
    gate = await offsets.gate(chunk.connection, engine.clock_topic, world.clock, engine.clock.grace)
    streams = {s.key: s for s in (tables.stream_of(engine.rules, row) for row in rows)}
    fold = engine.new_fold(world, streams, Rows())
    for stream in streams.values():
        waking.wake_safely(fold, stream, gate)
        carry_safely(fold, stream, gate)
    await engine.record(chunk.connection, fold, world)
    chunk.cursor = {"kind": rows[-1]["kind"], "id": str(rows[-1]["id"])}
    done, said = chunk.progress.get("done", 0), chunk.progress.get("facts", 0)
    chunk.progress = {"done": done + len(rows), "facts": said + len(fold.outbox)}
    return len(rows)


DECIDE_AGAIN = Job(KIND, decide_again)
