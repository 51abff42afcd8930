"""The toy's background work, and its process: `python -m tests.engine.toy_jobs DSN IDLE_SECONDS WORKER`."""

from __future__ import annotations

import asyncio
import sys
import time
from uuid import UUID

from shared.contracts.topics import topics
from shared.engine.apply import Engine
from shared.engine.clocks import Clock
from shared.engine.jobs import Job
from shared.engine.run import Run
from shared.engine.subscriptions import reads
from shared.engine.worker import Worker
from shared.engine.workshop import leave, serve
from shared.postgres.pool import open_pool
from tests.engine import toy

NEXT = "select id from stream where kind = 'customer' and id > $1 order by id limit $2"


async def count_all(run: Run) -> None:
    """One more for every customer, in id order."""
    size = int(run.given.get("size", 3))
    while True:
        async with run.chunk() as chunk:
            after = UUID(chunk.cursor["after"]) if chunk.cursor else UUID(int=0)
            found = [UUID(bytes=row["id"].bytes) for row in await chunk.connection.fetch(NEXT, after, size)]
            await chunk.decide([run.about(id, toy.Counted(n=1)) for id in found])
            if found:
                chunk.cursor = {"after": str(found[-1])}
                chunk.progress = {"done": chunk.progress.get("done", 0) + len(found)}
            else:
                chunk.result = {"counted": chunk.progress.get("done", 0)}
        if not found:
            return


async def computes(_run: Run) -> None:
    """Longer than any test waits, in a thread that nothing interrupts."""
    await asyncio.to_thread(time.sleep, 60)


async def breaks(_run: Run) -> None:
    raise ArithmeticError("a bug")


COUNT = Job("count_all", count_all)
NIGHTLY = Job("nightly", count_all, daily=True)
BREAKS = Job("breaks", breaks, daily=True)
COMPUTES = Job("computes", computes)
JOBS = (COUNT, NIGHTLY, BREAKS, COMPUTES)


async def main(dsn: str, idle_seconds: float, worker: UUID) -> None:
    pool = await open_pool(dsn, "toy-jobs", 4)
    reading = reads(toy.SUBSCRIPTIONS, (), topics())
    await serve(Worker(Engine(toy.RULES, (toy.NOTES,), pool, Clock("simulated"), reading), JOBS, worker), idle_seconds)
    await pool.close()
    leave()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], float(sys.argv[2]), UUID(sys.argv[3])))
