"""How long a policy takes to be in force for everybody, a day to start, and a draft to be tried on the past.

    python -m bench.policies [--customers 1000000] [--followups 1000000] [--histories 100000] [--events 0]

On an embedded Postgres in a temporary folder. Beside the time that passed stands the CPU that it took, which says the
same on a busy machine. `--events`: so many live facts a second about those with follow-ups are applied meanwhile, by
the process of the job.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import time
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import structlog

from bench.measure.database import Server, own_postgres
from bench.measure.processes import busy
from bench.measure.traffic import Traffic
from bench.policies.population import grading, people
from bench.waking.crowd import HEARD, crowd, spoken
from bench.waking.greetings import STRIDE
from bench.waking.workers import engine_over
from bench.waking.year import opened
from services.grading.jobs import values
from services.grading.jobs.backtest import BACKTEST
from shared.contracts.policy import Policy, default_policy, overlay
from shared.engine import policy_life
from shared.engine.apply import Engine
from shared.engine.jobs import Job
from shared.engine.process import tune_collector
from shared.engine.redecide import DECIDE_AGAIN
from shared.engine.run import Run
from shared.engine.worker import Worker

DRAFTS = {
    "nothing that grades": {"reply.days": 2},
    "wider windows": {"grading.window_days": [45, 120, 240]},
}
"""What is activated over grading's customers."""
CADENCES = {"cadence.days": {"A": 2, "B": 9, "C": 20, "D": 40, "E": 300}}
"""Over the scheduler's."""


class Took:
    """What one piece of work took: seconds, and CPU seconds here and in Postgres."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.seconds = self.here = self.there = self.others = 0.0
        self.chunks: list[float] = []

    def __enter__(self) -> Took:
        self._began = (time.perf_counter(), _here(), self.server.cpu_s(), busy().working)
        follow = Run.follow

        def noting(run: Run, seconds: float) -> None:
            self.chunks.append(seconds)
            follow(run, seconds)

        self._follow, Run.follow = follow, noting
        return self

    def __exit__(self, *_: object) -> None:
        Run.follow = self._follow
        now = (time.perf_counter(), _here(), self.server.cpu_s(), busy().working)
        self.seconds, self.here, self.there, worked = (b - a for a, b in zip(self._began, now, strict=True))
        self.others = (worked - self.here - self.there) / self.seconds / (os.cpu_count() or 1)

    def per(self, customers: int) -> str:
        here, there = 1e6 * self.here / customers, 1e6 * self.there / customers
        return (
            f"{self.seconds:7.1f} s {customers / self.seconds:9,.0f}/s, CPU of each {here:.0f} us in the job and "
            f"{there:.0f} us in Postgres, longest transaction {1000 * max(self.chunks):.0f} ms, others took "
            f"{100 * self.others:.0f} % of the machine"
        )


def _here() -> float:
    own = os.times()
    return own.user + own.system


async def activations(dsn: str, customers: int, server: Server) -> None:
    async with grading(dsn) as engine:
        await people(engine, dsn, customers, with_journals=False)
        await day_starts(engine, customers, server)
        for name, changed in DRAFTS.items():
            await activated(engine, name, changed, customers, server)


async def day_starts(engine: Engine, customers: int, server: Server) -> None:
    """Recency, frequency, amounts and what they make of value, tier and churn, of everybody at the next 00:00."""
    await engine.pool.execute("update clock set now = now + interval '1 day'")
    changed = await engine.pool.fetchval("select count(*) from worth where changes_on <= (select now::date from clock)")
    with Took(server) as took:
        async for task in Worker(engine, (values.JOB,)).do(values.JOB.kind, {}):
            last = task
    assert last.state == "done", last.detail
    told = last.progress["told"]
    await engine.pool.execute("truncate outbox")
    print(f"the day's start {took.per(customers)}; {changed:,} profits changed, {told:,} stood otherwise", flush=True)


async def cadences(dsn: str, customers: int, server: Server, rate: int) -> None:
    """Everybody's follow-up is due on another day."""
    pool, now = await opened(dsn), HEARD + timedelta(hours=1)
    engine = engine_over(pool)
    await crowd(engine, dsn, customers, now)
    traffic = Traffic(engine, rate, lambda n: spoken(n, STRIDE * n % customers, now))
    async with traffic.flowing():
        await activated(engine, "other cadences", CADENCES, customers, server)
    if rate:
        print(f"meanwhile {traffic.told()}", flush=True)
    await pool.close()


async def activated(engine: Engine, name: str, values: Mapping[str, Any], customers: int, server: Server) -> None:
    policy = overlay(default_policy(), {"values": values})
    id, _ = await policy_life.add(engine, policy, name, None)
    with Took(server) as took:
        await policy_life.activate(engine, id)
        await finished(engine, DECIDE_AGAIN)
    left = await engine.pool.fetchval("select count(*) from stream where policy_id <> $1", id)
    said = await engine.pool.fetchval("select count(*) from outbox")
    await engine.pool.execute("truncate outbox")
    print(f"activation, {name:20} {took.per(customers)}; {said:,} facts, {left} left", flush=True)


async def backtests(dsn: str, customers: int, server: Server) -> None:
    async with grading(dsn) as engine:
        await people(engine, dsn, customers, with_journals=True)
        rows = await engine.pool.fetchval("select count(*) from journal")
        policy: Policy = overlay(default_policy(), {"values": DRAFTS["wider windows"]})
        id, _ = await policy_life.add(engine, policy, "draft", None)
        given = {"policy_id": id, "from_on": "2024-09-01", "to_on": "2025-03-19"}
        with Took(server) as took:
            async for task in Worker(engine, (BACKTEST,)).do(BACKTEST.kind, given):
                last = task
        assert last.state == "done", last.detail
        moved = sum(n for a, row in last.result["migration"].items() for b, n in row.items() if a != b)
        print(f"backtest, {rows / customers:.1f} journal rows each  {took.per(customers)}; {moved:,} moved", flush=True)


async def finished(engine: Engine, job: Job) -> None:
    tune_collector()
    await Worker(engine, (job,)).all_due()
    assert await engine.pool.fetchval("select count(*) from job where kind = $1 and state <> 'done'", job.kind) == 0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--customers", type=int, default=1_000_000)
    parser.add_argument("--followups", type=int, default=1_000_000)
    parser.add_argument("--histories", type=int, default=100_000)
    parser.add_argument("--events", type=int, default=0)
    given = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger("warning"))
    with own_postgres() as server:
        if given.customers:
            asyncio.run(activations(server.database("activation"), given.customers, server))
        if given.followups:
            asyncio.run(cadences(server.database("cadences"), given.followups, server, given.events))
        if given.histories:
            asyncio.run(backtests(server.database("backtest"), given.histories, server))


if __name__ == "__main__":
    main()
