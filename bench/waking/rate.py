"""What a wake-up costs: claimed, decided and journaled, its facts in the outbox.

    python -m bench.waking.rate [--customers 2000] [--days 30]

Customers of `lives.py` with what they heard until March; then the clock moves on by so many days at once, which are
one jump of a service that was away. CPU is of this process and of the Postgres that it starts: seconds depend on what
else the machine does.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import os
import sys
import time
from datetime import UTC, datetime, timedelta

import asyncpg
import structlog

from bench.measure.database import Server, own_postgres
from bench.waking.lives import heard, told
from bench.waking.workers import CLOCK_TOPIC, engine_over
from bench.waking.year import BATCH, MOVE, TIDE, opened
from shared.engine.apply import Engine
from shared.engine.process import tune_collector
from shared.engine.wakeups import run_due

FROM = datetime(2025, 3, 1, tzinfo=UTC)
CHUNK = 100
"""Streams at a time: on a machine that is busy with others a transaction must not stand idle for long."""
COUNTS = "select count(*) filter (where door = 'wake'), (select count(*) from outbox) from journal"


async def fill(engine: Engine, customers: int) -> None:
    places = sorted((at, who, n) for who in range(customers) for n, (at, _) in enumerate(told(who)) if at < FROM)
    for begin in range(0, len(places), BATCH):
        applied = await engine.apply([heard(who, n) for _, who, n in places[begin : begin + BATCH]])
        assert not applied.failures, applied.failures[0]
    await wake_up(engine, FROM)
    await engine.pool.execute("analyze")


async def wake_up(engine: Engine, until: datetime) -> None:
    await engine.pool.execute(TIDE, until)
    await engine.pool.execute(MOVE, until)
    while await run_due(engine, CLOCK_TOPIC, CHUNK):
        pass


async def measure(dsn: str, server: Server, customers: int, days: int) -> str:
    pool: asyncpg.Pool = await opened(dsn)
    engine = engine_over(pool)
    await fill(engine, customers)
    tune_collector()
    woken, said = await pool.fetchrow(COUNTS)
    began, here, there = time.perf_counter(), os.times(), server.cpu_s()
    await wake_up(engine, FROM + timedelta(days=days))
    took, after = time.perf_counter() - began, os.times()
    there = server.cpu_s() - there
    wakes, facts = (now - before for now, before in zip(await pool.fetchrow(COUNTS), (woken, said), strict=True))
    each = 1e6 / wakes
    own = after.user + after.system - here.user - here.system
    await pool.close()
    return (
        f"{wakes:,} wake-ups and {facts:,} facts of {customers:,} customers in {took:.1f} s; "
        f"CPU of each {own * each:.0f} us here and {there * each:.0f} us in Postgres\n"
    )


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.waking.rate", description=__doc__)
    parser.add_argument("--customers", type=int, default=2_000)
    parser.add_argument("--days", type=int, default=30)
    given = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    with own_postgres() as server:
        sys.stdout.write(asyncio.run(measure(server.database("rate"), server, given.customers, given.days)))


if __name__ == "__main__":
    main()
