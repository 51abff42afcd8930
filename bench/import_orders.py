"""What an import of orders costs: the CPU of checking it and of folding it, service by service, without a broker.

    python -m bench.import_orders [--orders 50000] [--customers 5000]

What a service announces goes to its readers in memory, in batches as large as those of a service that is behind.
An embedded Postgres is started in a temporary folder.
"""

from __future__ import annotations

import argparse
import asyncio
import io
import random
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, contextmanager
from datetime import UTC, date, datetime, timedelta
from importlib import import_module
from typing import Final

from bench.measure.database import Server, own_postgres
from holdfast.imports.judge import Fault, Judge, Record
from holdfast.imports.rows import read_rows
from shared.contracts.policy import default_policy
from shared.contracts.topics import WRITERS
from shared.engine import policy_life
from shared.engine.apply import Engine
from shared.engine.inputs import Raw
from shared.engine.process import Service, tune_collector
from shared.postgres.migrations import migrate
from shared.postgres.pool import borrow, open_pool

NOW: Final = datetime(2025, 3, 1, tzinfo=UTC)
BATCH: Final = 2_000
TAKE: Final = "delete from outbox returning id, topic, payload"


def orders_csv(orders: int, customers: int) -> bytes:
    """Ten years of orders in the sequence of their days, the same every time."""
    chance, start = random.Random(7), date(2015, 1, 1)
    days = sorted(chance.randrange(3650) for _ in range(orders))
    lines = ["subject,time,order_id,amount,currency"]
    lines += [
        f"shop:{chance.randrange(customers)},{start + timedelta(days)},o-{n},{chance.randrange(500, 20_000)},USD"
        for n, days in enumerate(days)
    ]
    return "\n".join(lines).encode()


class Spent:
    """CPU seconds of this process and of Postgres, by what they were spent on."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.here: Counter[str] = Counter()
        self.there: Counter[str] = Counter()
        self.events: Counter[str] = Counter()

    @contextmanager
    def on(self, what: str, events: int) -> Iterator[None]:
        here, there = time.process_time(), self.server.cpu_s()
        yield
        self.here[what] += time.process_time() - here
        self.there[what] += self.server.cpu_s() - there
        self.events[what] += events

    def lines(self, orders: int) -> Iterator[str]:
        yield f"{'':10}{'events':>10}{'CPU-s':>8}{'µs each':>9}{'Postgres':>10}{'µs each':>9}{'CPU-s a million':>17}"
        for what, events in self.events.items():
            yield self._line(what, f"{events:,}", self.here[what], self.there[what], orders, events)
        yield self._line("all", "", self.here.total(), self.there.total(), orders, orders)

    def _line(self, what: str, events: str, here: float, there: float, orders: int, among: int) -> str:
        each, theirs, million = here / among * 1e6, there / among * 1e6, (here + there) / orders * 1e6
        return f"{what:10}{events:>10}{here:>8.1f}{each:>9.0f}{there:>10.1f}{theirs:>9.0f}{million:>17,.0f}"


class Folding:
    """One service over its database, without its doors."""

    def __init__(self, service: Service, engine: Engine) -> None:
        self.service, self.engine = service, engine
        self.name = service.definition.name

    async def take(self, topic: str, values: Sequence[bytes]) -> None:
        """Decode and apply these records."""
        inputs = [self.service.intake.event(Raw(value), topic, None, NOW) for value in values]
        failures = (await self.engine.apply(inputs)).failures
        if failures:
            raise RuntimeError(failures[0].detail)

    async def said(self) -> list[tuple[str, bytes]]:
        """Topic and payload of all that waits to be announced, in order."""
        rows = await self.engine.pool.fetch(TAKE)
        return [(row["topic"], row["payload"]) for row in sorted(rows, key=lambda row: row["id"])]


async def opened(stack: AsyncExitStack, name: str, dsn: str) -> Folding:
    settings = import_module(f"services.{name}.settings").Settings(
        dsn=dsn,
        kafka="nowhere:9092",
        token="a token of sixteen",
        secret="a secret of sixteen bytes",
        clock="simulated",
        _env_file=None,
    )
    service: Service = import_module(f"services.{name}.app").build(settings).state.service
    pool = await open_pool(dsn, "bench", 2)
    stack.push_async_callback(pool.close)
    async with borrow(pool) as connection:
        await migrate(connection, service.definition.migrations)
        await connection.execute("insert into clock (single, now) values (true, $1)", NOW)
    engine = Engine(service.rules, service.definition.ledgers, pool, service.clock, service.reads)
    await policy_life.start(engine, service.policy, service.digest)
    return Folding(service, engine)


def checked(text: bytes, spent: Spent, orders: int) -> list[Record]:
    judge = Judge("orders", "shop", default_policy(), NOW, from_text=True)
    rows = read_rows(io.BytesIO(text), "csv")
    next(rows)
    with spent.on("checking", orders):
        found = [judge(row) for row in rows]
    return [record for record in found if not isinstance(record, Fault)]


async def run(dsns: Mapping[str, str], server: Server, orders: int, customers: int) -> None:
    spent = Spent(server)
    tune_collector()
    records = checked(orders_csv(orders, customers), spent, orders)
    async with AsyncExitStack() as stack:
        services = [await opened(stack, name, dsns[name]) for name in WRITERS]
        upstream = services[0].service.topics.upstream
        waiting: defaultdict[str, list[bytes]] = defaultdict(list)
        for first in range(0, len(records), BATCH):
            waiting[upstream] = [record.value for record in records[first : first + BATCH]]
            await _rest(services, waiting, spent)
    print(f"{orders:,} orders of {customers:,} customers")
    print("\n".join(spent.lines(orders)))


async def _rest(services: Sequence[Folding], waiting: dict[str, list[bytes]], spent: Spent) -> None:
    """Until nobody has anything to say."""
    while any(waiting.values()):
        now = {topic: values for topic, values in waiting.items() if values}
        waiting.clear()
        for service in services:
            for topic in (topic for topic in now if topic in service.service.intake.reads):
                for first in range(0, len(now[topic]), BATCH):
                    batch = now[topic][first : first + BATCH]
                    with spent.on(service.name, len(batch)):
                        await service.take(topic, batch)
            for topic, payload in await service.said():
                waiting[topic].append(payload)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--orders", type=int, default=50_000)
    parser.add_argument("--customers", type=int, default=5_000)
    given = parser.parse_args()
    with own_postgres(synced=False) as server:
        dsns = {name: server.database(name) for name in WRITERS}
        asyncio.run(run(dsns, server, given.orders, given.customers))


if __name__ == "__main__":
    main()
