"""Every customer announced again: a reader that knows them learns nothing, one that lost everything begins with it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from uuid import NAMESPACE_URL, UUID, uuid5

import msgspec
import pytest

from services.feedback.domain.rules import RULES as FEEDBACK
from services.feedback.store import LEDGERS as FEEDBACK_LEDGERS
from services.feedback.subscriptions import SUBSCRIPTIONS as FEEDBACK_READS
from services.grading.domain.rules import RULES as GRADING
from services.grading.store import LEDGERS as GRADING_LEDGERS
from services.grading.subscriptions import SUBSCRIPTIONS as GRADING_READS
from services.profile.domain.rules import rules
from services.profile.jobs.snapshot import SNAPSHOT
from services.profile.store import LEDGERS as PROFILE_LEDGERS
from services.profile.subscriptions import SUBSCRIPTIONS as PROFILE_READS
from services.scheduler.domain.rules import RULES as SCHEDULER
from services.scheduler.store import LEDGERS as SCHEDULER_LEDGERS
from services.scheduler.subscriptions import SUBSCRIPTIONS as SCHEDULER_READS
from shared.contracts import profile
from shared.contracts.envelope import Envelope, encode
from shared.contracts.ids import event_key
from shared.contracts.reading import dump_data
from shared.contracts.types import ALL
from shared.contracts.upstream import ConsentChanged, CustomerRegistered, NeedStated, OrderPlaced
from shared.engine import jobs
from shared.engine.decision import Event
from shared.engine.inputs import Input
from shared.engine.run import Run
from shared.postgres.pool import borrow
from tests.harness.engines import fact_input

START = datetime(2025, 3, 1, 9, tzinfo=UTC)
READERS = {
    "grading": (GRADING, GRADING_LEDGERS, GRADING_READS),
    "scheduler": (SCHEDULER, SCHEDULER_LEDGERS, SCHEDULER_READS),
    "feedback": (FEEDBACK, FEEDBACK_LEDGERS, FEEDBACK_READS),
}
JOB = uuid5(NAMESPACE_URL, "job")


async def facts_of(engine):
    """All that was said so far: (id, subject, time, data)."""
    rows = await engine.pool.fetch("select payload from outbox order by id")
    told = [msgspec.json.decode(row["payload"]) for row in rows]
    return [
        (
            t["id"],
            t["subject"],
            datetime.fromisoformat(t["time"]),
            ALL[t["type"]].model_validate(t["data"], strict=False),
        )
        for t in told
    ]


@pytest.fixture
async def announced(engine_of):
    """What profile says of three customers, of whom one is erased, then what its job says: two lists of facts."""
    engine = await engine_of(
        rules(b"a secret of sixteen bytes"), PROFILE_LEDGERS, PROFILE_READS, "2025-04-01T00:00:00+00:00"
    )
    for number in range(3):
        for minute, data in enumerate(_life(number)):
            await engine.apply([_upstream(f"shop:{number}", data, START + timedelta(minutes=minute))])
    before = await facts_of(engine)
    gone = await engine.pool.fetchval("select customer_id from handle where handle = 'shop:2'")
    await engine.pool.execute("update stream set erased_at = now() where id = $1", gone)
    await run_job(engine)
    said = (await facts_of(engine))[len(before) :]
    await run_job(engine)
    assert len(await facts_of(engine)) == len(before) + len(said), "the same job said somebody twice"
    return before, said


async def run_job(engine):
    """From the beginning, as after a kill that lost its place."""
    async with borrow(engine.pool) as connection:
        await connection.execute("delete from job")
        await jobs.add(connection, JOB, SNAPSHOT.kind, {})
        await connection.execute("update job set state = 'running', claimed_by = $1", JOB)
        task = await jobs.show(connection, JOB)
    run = Run(engine, task, JOB)
    run.size = 1
    await SNAPSHOT.work(run)
    assert run.progress == {"done": 2}


def _life(number):
    yield CustomerRegistered(party="individual", time_zone="Asia/Shanghai", interests=("tea",), name="Anna")
    yield NeedStated(demand="target", expected_close_on=date(2025, 4, 20))
    yield ConsentChanged(channel="email", purpose="marketing", granted=False)
    if number == 1:
        yield OrderPlaced(order_id="o1", amount=500, currency="USD")


def _upstream(subject, data, at):
    id = f"{subject}-{data.TYPE}"
    envelope = Envelope(
        specversion="1.0",
        id=id,
        source="shop",
        type=data.TYPE,
        subject=subject,
        time=at,
        data=msgspec.Raw(dump_data(data)),
    )
    event = Event(event_key("shop", id), id, "shop", data.TYPE, at, at, subject, data)
    return Input("kafka", at, event, body=encode(envelope))


async def test_a_snapshot_is_all_that_may_travel_and_nothing_else(announced):
    _, said = announced
    assert {type(data) for *_, data in said} == {profile.CustomerSnapshot}
    spent, stated = sorted((data for *_, data in said), key=lambda data: data.need.source)
    assert (spent.need.source, spent.need.demand, spent.lifecycle) == ("inferred", "latent", "active")
    assert (stated.need.expected_close_on, stated.time_zone, stated.interests) == (
        date(2025, 4, 20),
        "Asia/Shanghai",
        ("tea",),
    )
    [consent] = stated.consents
    assert (consent.channel, consent.granted, consent.stated_at) == ("email", False, START + timedelta(minutes=2))
    assert "Anna" not in str(said)


async def hear(engine, facts, at):
    """What this reader reads of these facts, in their order."""
    read = {model for models in READERS[engine.rules.service][2].values() for model in models}
    for number, (id, subject, time, data) in enumerate(facts):
        if type(data) in read:
            item = fact_input(data, at + timedelta(seconds=number), UUID(subject), id)
            applied = await engine.apply([msgspec.structs.replace(item, event=_as_said(item.event, id, time))])
            assert not applied.failures, applied.failures


def _as_said(event, id, time):
    return msgspec.structs.replace(event, key=UUID(id), id=id, time=time)


async def held(engine):
    """State of every stream, and what has been said."""
    rows = await engine.pool.fetch("select id, state, wake_at from stream where kind = 'customer' order by id")
    count = await engine.pool.fetchval("select count(*) from outbox")
    return [(str(row["id"]), msgspec.json.decode(row["state"])) for row in rows], count


@pytest.mark.parametrize("name", list(READERS))
async def test_a_reader_that_knows_them_learns_nothing(engine_of, announced, name):
    engine = await engine_of(*READERS[name], "2025-04-01T00:00:00+00:00")
    before, said = announced
    await hear(engine, before, START)
    known = await held(engine)
    await hear(engine, said, START + timedelta(hours=1))
    assert await held(engine) == known


@pytest.mark.parametrize("name", list(READERS))
async def test_a_reader_that_lost_everything_begins_with_it(engine_of, announced, name):
    engine = await engine_of(*READERS[name], "2025-04-01T00:00:00+00:00")
    _, said = announced
    await hear(engine, said, START)
    streams, _ = await held(engine)
    assert len(streams) == 2
    match name:
        case "grading":
            assert all(state["registered"] and state["need"] and state["time_zone"] for _, state in streams)
        case "scheduler":
            assert all(state["registered_on"] == "2025-03-01" and state["consents"] for _, state in streams)
        case "feedback":
            assert all(state["time_zone"] == "Asia/Shanghai" and state["consents"] for _, state in streams)
