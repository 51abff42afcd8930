"""What it costs to say that deadlines of 100,000 open cases were breached, and how late the last of them is said.

    python -m bench.breaches [--cases 100000] [--events 100] [--midnights 11 12 13 14 24 25]

All cases are opened on 10 March, so each midnight's breaches fall due at one instant: the worst that can be. Meanwhile
so many other facts a second come in, about customers without a case. CPU is of this process and of an embedded Postgres
in a temporary folder; `alone` is how late the last would be with no more than one core for both.
"""

from __future__ import annotations

import argparse
import asyncio
import time
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid5

import asyncpg
import msgspec
import structlog

from bench.measure.database import Server, own_postgres
from bench.measure.traffic import Traffic
from services.feedback.app import MIGRATIONS
from services.feedback.domain.rules import RULES
from services.feedback.store import LEDGERS
from services.feedback.subscriptions import SUBSCRIPTIONS
from shared.contracts.data import Data
from shared.contracts.policy import default_policy, document
from shared.contracts.profile import ComplaintReceived, InteractionRecorded
from shared.contracts.reading import dump_data
from shared.contracts.topics import DEFAULT
from shared.engine import policies, wakeups
from shared.engine.apply import Engine
from shared.engine.clocks import Clock
from shared.engine.decision import Event
from shared.engine.inputs import Input
from shared.engine.process import tune_collector
from shared.engine.subscriptions import reads
from shared.postgres.migrations import migrate
from shared.postgres.pool import borrow, open_pool

SPACE = UUID("0b8f3f0e-0000-4000-8000-00000000b5ea")
START = datetime(2025, 3, 10, 9, tzinfo=UTC)
BATCH = 200
SAID = "select count(*) from outbox where convert_from(payload, 'UTF8') like '%case.breached.v1%'"


def cpu_of(server: Server) -> tuple[float, float]:
    """Seconds of this process, and of the database's."""
    return time.process_time(), server.cpu_s()


def fact(data: Data, n: int, at: datetime) -> Input:
    customer, id = uuid5(SPACE, f"c{n}"), uuid5(SPACE, f"e{n}")
    body = msgspec.json.encode({"data": msgspec.Raw(dump_data(data))})
    event = Event(id, str(id), "holdfast/profile", data.TYPE, at, at, str(customer), data)
    return Input("kafka", at, event, body=body)


async def fill(engine: Engine, cases: int) -> None:
    """Open cases, one a customer, all of one morning: the worst that midnights can be."""
    for first in range(0, cases, BATCH):
        items = []
        for n in range(first, min(first + BATCH, cases)):
            told = {"fault": "company", "severity": "minor", "correctable": True}
            at = START + timedelta(microseconds=n)
            items.append(fact(ComplaintReceived(complaint_id=f"c{n}", **told), n, at))
        done = await engine.apply(items)
        assert not done.failures, done.failures[0]


def contact(n: int) -> Input:
    """Another fact, about a customer without a case."""
    told = {"channel": "phone", "direction": "inbound", "human": True, "consent_purpose": "service"}
    plain = dict.fromkeys(("grievance", "question", "objection"), False)
    return fact(InteractionRecorded(interaction_id=f"i{n}", **told, **plain), -1 - n, START)


async def breach(traffic: Traffic, server: Server, until: datetime) -> None:
    """Everything that is due until then, as the wake-up door does it."""
    engine = traffic.engine
    await engine.pool.execute("update clock set now = $1", until)
    said, before = await engine.pool.fetchval(SAID), cpu_of(server)
    begin, streams = time.perf_counter(), 0
    async with traffic.flowing():
        while woken := await wakeups.run_due(engine, "clock"):
            streams += woken
            await asyncio.sleep(0)
        took = time.perf_counter() - begin
    here, there = (after - first for after, first in zip(cpu_of(server), before, strict=True))
    breaches = await engine.pool.fetchval(SAID) - said
    print(
        f"until {until:%m-%d %H:%M}  {streams:7,} files {breaches:7,} breaches; the last {took:5.1f} s late"
        f" (alone {here + there:5.1f} s); CPU a file {here * 1e6 / streams:4.0f} µs here,"
        f" {there * 1e6 / streams:4.0f} µs there; {traffic.told()}",
        flush=True,
    )


async def run(dsn: str, server: Server, given: argparse.Namespace) -> None:
    connection = await asyncpg.connect(dsn)
    try:
        await migrate(connection, MIGRATIONS)
        await policies.install(connection, msgspec.json.encode(document(default_policy())))
        await connection.execute("insert into clock (single, now) values (true, $1)", START)
        await connection.execute(
            "insert into consumer_offset (topic, part, next_offset, applied_until) values ('t', 0, 0, '2100-01-01Z')"
        )
    finally:
        await connection.close()
    pool = await open_pool(dsn, "bench", 4)
    engine = Engine(RULES, LEDGERS, pool, Clock("simulated"), reads(SUBSCRIPTIONS, RULES.commands, DEFAULT))
    try:
        begin, before = time.perf_counter(), cpu_of(server)
        tune_collector()
        await fill(engine, given.cases)
        after = cpu_of(server)
        each = 1e6 / given.cases
        print(
            f"{given.cases:,} cases opened in {time.perf_counter() - begin:.1f} s;"
            f" CPU a case: {(after[0] - before[0]) * each:.0f} µs here, {(after[1] - before[1]) * each:.0f} µs there"
        )
        async with borrow(pool) as borrowed:
            await borrowed.execute("analyze")
        traffic = Traffic(engine, given.events, contact)
        for day in given.midnights:
            await breach(traffic, server, START.replace(day=day, hour=0) + timedelta(seconds=1))
    finally:
        await pool.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=int, default=100_000)
    parser.add_argument("--events", type=int, default=100)
    parser.add_argument("--midnights", type=int, nargs="+", default=[11, 12, 13, 14, 24, 25])
    given = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger("warning"))
    with own_postgres() as server:
        asyncio.run(run(server.database("breaches"), server, given))


if __name__ == "__main__":
    main()
