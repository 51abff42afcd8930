"""Time wrongs nobody: what was kept at the due instant, or while its judge was away, is not announced as broken."""

from __future__ import annotations

import asyncio
import secrets
from contextlib import asynccontextmanager
from datetime import date

import pytest

from holdfast.local.databases import create_databases
from holdfast.local.ports import free_port
from tests.faults.broker import Broker
from tests.faults.deployment import PARTITIONS, create_topics, environment
from tests.faults.members import Member
from tests.faults.promising import DUE, PROFILE, SCHEDULER, kept, made, promises, publish, strangers
from tests.faults.rest import rest
from tests.faults.stack import Stack
from tests.faults.topics import read_all
from tests.faults.upstream import Upstream

pytestmark = [pytest.mark.faults, pytest.mark.kafka]
JUDGED = "holdfast.feedback.v1"
PATIENCE = 120


@asynccontextmanager
async def judge(kafka, postgres, logs):
    """The promises' own service on empty servers, not started yet."""
    await create_topics(kafka.bootstrap)
    dsn = (await create_databases(postgres.dsn, ["feedback"]))["feedback"]
    token, port = secrets.token_urlsafe(24), free_port()
    told = environment(kafka.bootstrap, dsn, token, port, 0)
    member = Member("feedback", 0, port, told, logs, module="tests.faults.promises")
    member.migrate()
    async with Stack({"feedback": dsn}, token, [member]) as stack:
        yield stack, member


async def broken(bootstrap):
    """Customers whose promise was announced as broken, with how often."""
    facts = (await read_all(bootstrap, [JUDGED], PARTITIONS))[JUDGED].facts.values()
    return sorted(fact["subject"] for fact in facts)


async def die(member, crash_at):
    """Let it run until it reaches the point."""
    member.start(crash_at)
    await asyncio.to_thread(member.process.wait, PATIENCE)
    assert member.died() == crash_at.partition(":")[0]


async def test_promises_kept_in_time_stay_kept_after_an_outage(kafka, postgres, tmp_path):
    given = promises(11, 5_000, PARTITIONS)
    async with (
        judge(kafka, postgres, tmp_path / "logs") as (stack, member),
        Broker(kafka.bootstrap, PARTITIONS) as broker,
        Upstream(kafka.bootstrap) as upstream,
    ):
        await publish(kafka.bootstrap, PROFILE, [*made(given), *strangers(DUE, 20 * PARTITIONS)])
        await publish(kafka.bootstrap, SCHEDULER, kept(given))
        await upstream.move_clock(date(2025, 3, 20))
        for crash_at in ("after_commit:1", "before_commit:2", "mid_relay:2"):
            await die(member, crash_at)
        member.start()
        await rest(stack.idle, broker.ends, PATIENCE, "2025-03-20")
        assert await broken(kafka.bootstrap) == sorted(one.customer for one in given if one.broken)
