"""Statements that decide are planned once, on tables that may be empty then: by keys, or one day they read all."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Literal, cast

import asyncpg
import pytest

import shared.engine
from services.feedback.queries import cases, loop, winbacks
from services.profile import access as profile_access
from services.scheduler import access as scheduler_access
from services.scheduler import agents, queries, reviews, tasks
from services.scheduler.webhooks import deliveries
from shared.contracts.topics import WRITERS
from shared.engine import jobs, relay, tables
from shared.engine.alias import ALIASES, BELONGINGS
from shared.engine.claims import CLAIMS
from shared.engine.clocks import Clock
from shared.engine.together import reading, writing
from shared.postgres.pool import open_pool
from shared.web import commands

FEW = ("clock", "clock_move", "consumer_offset", "published_offset", "policy", "attempt", "webhook_endpoint")
"""Tables of a few rows."""
IN_ORDER = {"shared.engine.relay.READ", "shared.engine.dead_letters.LIST"}
"""Read the first rows of an index, up to a limit."""
CLOCKS: tuple[Literal["system", "simulated"], ...] = ("system", "simulated")
FEW_OF_MANY = {"shared.engine.references.ACTIVE"}
"""Reads an index of few rows: of each name the active document."""
ANSWERS = {
    "scheduler": (
        queries.COMPLETED,
        queries.FOLLOWUP_OWNER,
        tasks.TASK,
        tasks.TASK_OWNER,
        reviews.REVIEW,
        agents.AGENT,
        deliveries.CLAIM,
        deliveries.SETTLE,
        deliveries.REPLAY,
        deliveries.PRUNE,
        deliveries.DISABLE,
        *scheduler_access.BY_THING.values(),
    ),
    "profile": (profile_access.OWNED,),
    "feedback": (
        cases.ONE,
        cases.WORDS,
        cases.OWNER,
        winbacks.WORDS,
        winbacks.STEP_WORDS,
        loop.ONE_FEEDBACK,
        loop.ONE_IMPROVEMENT,
        loop.ONE_PROMISE,
    ),
}
"""What a command's answer is read by, in the transaction that decides; and whose customer it is about."""
QUEUES = {"profile": {"nothing": ""}, "scheduler": {"webhooks": deliveries.QUEUE}}
"""What the relay queues with what it takes off the outbox."""
STATEMENT = re.compile(r"\s*(with|select|insert|update|delete)\b")
SCAN = re.compile(r"(Seq Scan|Bitmap Heap Scan|Bitmap Index Scan|Index (?:Only )?Scan\b.*?) on (\w+)")


def modules(package: ModuleType) -> list[str]:
    return [f"{package.__name__}.{found.name}" for found in pkgutil.iter_modules(package.__path__)]


def statements(service: str) -> Iterator[tuple[str, str]]:
    """(module.NAME, text) of the engine and of this service's store."""
    store = importlib.import_module(f"services.{service}.store")
    names = [*modules(shared.engine), store.__name__, *(modules(store) if hasattr(store, "__path__") else ())]
    for module in names:
        for name, value in vars(importlib.import_module(module)).items():
            if name.isupper() and isinstance(value, str) and STATEMENT.match(value) and "{" not in value:
                yield f"{module}.{name}", value


def together_of(service: str) -> tuple[str, str]:
    """All that a transaction of this service may read, and all that it may write, in one statement each."""
    ledgers = (ALIASES, BELONGINGS, CLAIMS, *importlib.import_module(f"services.{service}.store").LEDGERS)
    saves = (ledger.save for ledger in ledgers if ledger.save and not ledger.apart)
    own = (tables.UPDATE_STREAMS, tables.APPEND_JOURNAL, tables.APPEND_OUTBOX)
    return reading(tuple(ledger.load for ledger in ledgers if ledger.load)), writing((*own, *saves))


def unkeyed(plan: list[str]) -> list[str]:
    """Lines that read a table that grows without a condition on an index."""
    found = []
    for line, below in zip(plan, [*plan[1:], ""], strict=True):
        scan = SCAN.search(line)
        if scan and scan[2] not in FEW and ("Index" not in scan[1] or "Index Cond" not in below):
            found.append(line.strip())
    return found


async def plan_of(connection: asyncpg.Connection, statement: str) -> list[str]:
    await connection.execute(f"prepare planned as {statement}")
    try:
        most = max((int(number) for number in re.findall(r"\$(\d+)", statement)), default=0)
        given = f"({', '.join(['null'] * most)})" if most else ""
        return [row[0] for row in await connection.fetch(f"explain execute planned{given}")]
    finally:
        await connection.execute("deallocate planned")


@pytest.mark.parametrize("service", WRITERS)
async def test_every_statement_goes_by_keys(database_of: Callable[[str], str], service: str):
    pool = await open_pool(database_of(service), "plans", 1)
    try:
        async with pool.acquire() as borrowed:
            connection = cast("asyncpg.Connection", borrowed)
            known = dict(statements(service))
            assert len(known) > 30
            known |= {text: text for text in (commands.FIND, commands.KEEP, *ANSWERS.get(service, ()))}
            known |= {f"claim by the {kind} clock": jobs.CLAIM.format(clock=Clock(kind).sql) for kind in CLOCKS}
            known |= {
                f"relay with {name}": relay.SETTLE.format(queue=queue)
                for name, queue in QUEUES.get(service, {}).items()
            }
            known |= {f"together.{n}": text for n, text in enumerate(together_of(service))}
            found = {name: unkeyed(await plan_of(connection, text)) for name, text in known.items()}
    finally:
        await pool.close()
    assert {name: lines for name, lines in found.items() if lines and name not in IN_ORDER | FEW_OF_MANY} == {}


@pytest.mark.parametrize("service", WRITERS)
def test_what_is_written_together_touches_a_table_once(service: str):
    written = re.findall(r"(?:insert into|(?<!do )update|delete from) (\w+)", together_of(service)[1])
    assert len(written) == len(set(written))
    assert not set(written) & set(re.findall(r"(?:from|join) (\w+)", together_of(service)[1]))


def test_a_scan_of_all_is_seen():
    assert unkeyed(["->  Seq Scan on stream  (cost=0)", "      Filter: x"])
    assert unkeyed(["->  Index Scan using followup_open on followup f", "      Filter: x"])
    assert not unkeyed(["->  Index Scan using stream_pkey on stream", "      Index Cond: x"])
