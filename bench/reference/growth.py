"""The reference job over few customers and over many: what an event costs, and how long a start takes.

Every customer is known by an order before anything is measured.
"""

from __future__ import annotations

import asyncio
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain, islice
from pathlib import Path
from typing import Any, NamedTuple

from bench.reference import ours
from bench.reference.contender import LIMIT_SECONDS, Failed, Input, Job
from bench.reference.oracle import answer_to
from bench.reference.records import Record, Size, first_of_each, last_of_all, records
from bench.reference.rounds import Measured, one
from bench.reference.service import Holdfast, is_done
from bench.reference.verdict import Found
from bench.servers import load, make_topics, servers
from holdfast.local.databases import connected
from holdfast.local.process import tail
from shared.contracts.topics import DEFAULT
from shared.engine import policy_life
from shared.engine.apply import Engine
from shared.engine.inputs import Raw
from shared.engine.settings import EngineSettings
from shared.engine.streams import NEVER
from shared.postgres.pool import open_pool

PARTITIONS = 4
BATCH = 2_000
LOOK_SECONDS = 0.02
Say = Callable[[str], None]


class Grown(NamedTuple):
    """Of one number of customers. `measured`: None where the answer was wrong."""

    customers: int
    measured: Measured | None
    start_s: float
    """From the start of the process after a kill until the first new record is applied and what follows announced."""
    faults: list[str]

    def figures(self) -> dict[str, Any]:
        """As JSON."""
        if self.measured is None:
            return {"customers": self.customers, "correct": False, "faults": self.faults}
        return {
            "customers": self.customers,
            "correct": True,
            "cpu_s_per_million": round(self.measured.cpu, 2),
            "rss_mb": round(self.measured.rss_mb, 1),
            "start_s": round(self.start_s, 2),
            "machine_busy_with_others": round(self.measured.others, 3),
        }


def table(found: Sequence[Grown]) -> str:
    """As text; the ratio is to the first."""
    lines = [
        "| customers | CPU-s per million: service + Postgres + broker | x the first | MB | kill, start, first effect "
        "| machine busy with others |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    base = found[0].measured
    for grown in found:
        if (m := grown.measured) is None:
            lines.append(f"| {grown.customers:,} | not shown, because the answer was wrong | | | | |")
            continue
        ratio = f"{m.cpu / base.cpu:.2f}" if base else ""
        lines.append(
            f"| {grown.customers:,} | **{m.cpu:.1f}**: {m.service:.1f} + {m.postgres:.1f} + {m.broker:.1f} | {ratio} "
            f"| {m.rss_mb:.0f} | {grown.start_s:.1f} s | {m.others:.0%} |"
        )
    return "\n".join(lines)


async def run(populations: Sequence[int], events: int, say: Say) -> list[Grown]:
    """One after the other, each with servers of its own. Raises NotReady where one does not start."""
    return [await _grown(Size(events=events, customers=customers), say) for customers in populations]


async def _grown(size: Size, say: Say) -> Grown:
    with tempfile.TemporaryDirectory(prefix="holdfast-bench-", ignore_cleanup_errors=True) as made:
        folder = Path(made)
        sent = records(size)
        with servers(folder) as up:
            await make_topics(up.kafka, (), PARTITIONS)
            await load(up.kafka, DEFAULT.profile, sent, PARTITIONS)
            answer = answer_to(chain(first_of_each(size), sent))
            input = Input(DEFAULT.profile, folder / "nowhere", len(sent), answer)
            job = Job(up, input, f"grown-{size.customers}", folder)
            contender = Known(size, say)
            try:
                measured, faults = await one(contender, job)
                start_s = await contender.started_again(job)
            except Failed as failed:
                return Grown(size.customers, None, 0.0, [str(failed)])
    told = f"{measured.cpu:.1f} CPU-s per million, {measured.rss_mb:.0f} MB, first effect after {start_s:.1f} s"
    say(f"{size.customers:,} customers: {'; '.join(faults) or told}")
    return Grown(size.customers, None if faults else measured, start_s, faults)


class Known(Holdfast):
    """Holdfast over customers that it knows."""

    def __init__(self, size: Size, say: Say) -> None:
        self.size, self.say = size, say

    async def start(self, job: Job) -> subprocess.Popen[bytes]:
        await self.make(job)
        self.say(f"making {self.size.customers:,} customers known")
        await _taken_in(self.dsn, first_of_each(self.size))
        async with connected(job.servers.postgres.dsn) as connection:
            await connection.execute("checkpoint")
        return self.run(job)

    async def stop(self, process: subprocess.Popen[bytes]) -> None:
        process.kill()
        process.wait()

    async def found(self, job: Job) -> Found:
        """What was said when they became known went to nobody."""
        return (await super().found(job))._replace(changes=None)

    async def started_again(self, job: Job) -> float:
        """Seconds. Raises Failed."""
        more = job.input._replace(records=job.input.records + 1)
        await load(job.servers.kafka, DEFAULT.profile, [last_of_all(self.size)], PARTITIONS)
        began = time.monotonic()
        process = self.run(job)
        try:
            async with connected(self.dsn) as connection:
                while not await is_done(connection, more):
                    if process.poll() is not None or time.monotonic() > began + LIMIT_SECONDS:
                        raise Failed(f"it does not go on; the end of {job.log}:\n{tail(job.log)}")
                    await asyncio.sleep(LOOK_SECONDS)
            return time.monotonic() - began
        finally:
            await self.stop(process)


async def _taken_in(dsn: str, known: Iterable[Record]) -> None:
    """As the service would, without a broker; what follows is announced to nobody."""
    settings = EngineSettings(dsn=dsn, kafka="nowhere:9092", token="a token of sixteen", _env_file=None)
    service = ours.build(settings).state.service
    pool = await open_pool(dsn, "bench", 2)
    try:
        engine = Engine(service.rules, (), pool, service.clock, service.reads)
        await policy_life.start(engine, service.policy, service.digest)
        for part in _parts(known):
            await engine.apply([service.intake.event(Raw(r.value), DEFAULT.profile, None, NEVER) for r in part])
        await pool.execute("truncate outbox")
        await pool.execute("vacuum analyze")
    finally:
        await pool.close()


def _parts(known: Iterable[Record]) -> Iterator[list[Record]]:
    waiting = iter(known)
    while part := list(islice(waiting, BATCH)):
        yield part
