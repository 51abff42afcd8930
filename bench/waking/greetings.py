"""How long live facts wait on a day on which everybody is greeted.

    python -m bench.waking.greetings [--customers 200000] [--events 100]

A festival of 200,000 customers of one zone begins: at 00:00 each gets a task. The loop of the service wakes them; in
the same process so many facts a second about the same customers are applied as they come. An embedded Postgres is
started in a temporary folder.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import os
import sys
import time
from datetime import UTC, datetime

import structlog

from bench.measure.database import Server, own_postgres
from bench.measure.processes import busy
from bench.measure.traffic import Traffic
from bench.waking.crowd import crowd, spoken
from bench.waking.workers import CLOCK_TOPIC, engine_over
from bench.waking.year import MOVE, TIDE, opened
from shared.engine.apply import Engine
from shared.engine.process import tune_collector
from shared.engine.wakeups import Wakeups

EVE = datetime(2025, 12, 31, 12, tzinfo=UTC)
NEW_YEAR = datetime(2026, 1, 1, 0, 0, 1, tzinfo=UTC)
STRIDE = 7_919
"""From one live fact's customer to the next one's."""
WOKEN = "select count(*) filter (where door = 'wake') from journal"
DUE = "select exists (select from stream where wake_at < $1)"


async def measure(dsn: str, server: Server, customers: int, rate: int) -> str:
    pool = await opened(dsn)
    engine = engine_over(pool)
    await crowd(engine, dsn, customers, EVE)
    tune_collector()
    await pool.execute(TIDE, NEW_YEAR)
    await pool.execute(MOVE, NEW_YEAR)
    woken, began, cpu, machine = await pool.fetchval(WOKEN), time.perf_counter(), _cpu(server), busy()
    traffic = Traffic(engine, rate, lambda n: spoken(n, STRIDE * n % customers, NEW_YEAR))
    async with traffic.flowing():
        await greeted(engine)
    took, spent = time.perf_counter() - began, _cpu(server) - cpu
    woken = await pool.fetchval(WOKEN) - woken
    others = (busy().working - machine.working - spent) / took / (os.cpu_count() or 1)
    await pool.close()
    return (
        f"{woken:,} wake-ups in {took:.1f} s, {1e6 * spent / woken:.0f} us of CPU each with the live facts and"
        f" Postgres; {traffic.told()}; others took {100 * others:.0f} % of the machine\n"
    )


async def greeted(engine: Engine) -> None:
    """Until nobody is due any more."""
    loop = Wakeups(engine, CLOCK_TOPIC, asyncio.Event(), asyncio.Event())
    waking = asyncio.create_task(loop.run())
    while await engine.pool.fetchval(DUE, NEW_YEAR):  # noqa: ASYNC110 - the loop knows of nothing that ends it
        await asyncio.sleep(0.1)
    loop.stopping = True
    await waking


def _cpu(server: Server) -> float:
    own = os.times()
    return own.user + own.system + server.cpu_s()


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.waking.greetings", description=__doc__)
    parser.add_argument("--customers", type=int, default=200_000)
    parser.add_argument("--events", type=int, default=100)
    given = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    with own_postgres() as server:
        dsn = server.database("greetings")
        sys.stdout.write(asyncio.run(measure(dsn, server, given.customers, given.events)))


if __name__ == "__main__":
    main()
