"""A grading service over generated customers: some lives that the engine folded itself, and copies of them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, time

import asyncpg

from bench.copies import multiply
from bench.policies.lives import TODAY, lives
from services.grading.app import MIGRATIONS
from services.grading.domain.rules import RULES
from services.grading.jobs import values
from services.grading.store import LEDGERS
from services.grading.subscriptions import SUBSCRIPTIONS
from shared.contracts.policy import default_policy
from shared.contracts.topics import DEFAULT
from shared.engine import policies
from shared.engine.apply import Engine
from shared.engine.clocks import Clock
from shared.engine.policy_life import body_of
from shared.engine.subscriptions import reads
from shared.engine.wakeups import run_due
from shared.engine.worker import Worker
from shared.postgres.migrations import migrate
from shared.postgres.pool import open_pool

TEMPLATES = 1_000
"""Lives that are folded; all others are copies."""
AT_A_TIME = 50
READ = """
insert into consumer_offset (topic, part, next_offset, applied_until) values ('t', 0, 0, '2100-01-01T00:00:00Z')
"""
STANDING = {"customer": "true", "worth": "true"}
BOOKED = {"purchase": "true", "posting": "right(t.event_id, 13) = $3"}


@asynccontextmanager
async def grading(dsn: str) -> AsyncIterator[Engine]:
    """Over an empty database; its clock stands at the start of `TODAY`."""
    connection = await asyncpg.connect(dsn)
    await migrate(connection, MIGRATIONS)
    await policies.install(connection, body_of(default_policy()))
    now = datetime.combine(TODAY, time.min, UTC)
    await connection.execute("insert into clock (single, now) values (true, $1)", now)
    await connection.execute(READ)
    await connection.close()
    pool = await open_pool(dsn, "bench", 4)
    try:
        yield Engine(RULES, LEDGERS, pool, Clock("simulated"), reads(SUBSCRIPTIONS, RULES.commands, DEFAULT))
    finally:
        await pool.close()


async def people(engine: Engine, dsn: str, customers: int, *, with_journals: bool) -> None:
    """So many customers as they stand, in whole thousands; with what was heard of them where that is asked for."""
    inputs = list(lives(TEMPLATES))
    for begin in range(0, len(inputs), AT_A_TIME):
        applied = await engine.apply(inputs[begin : begin + AT_A_TIME])
        assert not applied.failures, applied.failures[0]
    while await run_due(engine, engine.clock_topic):
        pass
    async for _ in Worker(engine, (values.JOB,)).do(values.JOB.kind, {}):
        pass
    tables = STANDING | BOOKED if with_journals else STANDING
    await multiply(dsn, customers // TEMPLATES - 1, tables, with_journals=with_journals)
