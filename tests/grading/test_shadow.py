"""A policy in the shadow grades live beside the active one, is counted, and says nothing."""

from __future__ import annotations

from datetime import UTC, date, datetime
from uuid import UUID, uuid5

import pytest

from services.grading.api import router
from services.grading.domain.rules import RULES
from services.grading.jobs.shadow import JOB
from services.grading.store import LEDGERS
from services.grading.subscriptions import SUBSCRIPTIONS
from shared.contracts import profile
from shared.contracts.policy import default_policy, overlay
from shared.engine import policy_life
from shared.engine.redecide import DECIDE_AGAIN
from shared.engine.worker import Worker
from tests.grading.conftest import SPACE
from tests.harness.engines import fact_input, routes

AT = datetime(2025, 3, 1, 9, tzinfo=UTC)
ANN, BOB = UUID(int=1), UUID(int=2)


@pytest.fixture
async def engine(engine_of):
    """Ann's deal closes in 50 days from now, Bob has none; the shadow calls 60 days an A."""
    engine = await engine_of(RULES, LEDGERS, SUBSCRIPTIONS, "2025-03-20T00:00:00Z")
    registered = profile.CustomerRegistered(party="individual", kind="consumer", registered_on=AT.date())
    need = profile.NeedChanged(
        stated_at=AT, version=1, source="stated", demand="target", expected_close_on=date(2025, 5, 9),
        deal_possible=True, negotiating=False, tags=(),
    )  # fmt: skip
    told = [(ANN, registered), (ANN, need), (BOB, registered)]
    for n, (customer, data) in enumerate(told):
        await engine.apply([fact_input(data, AT, customer, uuid5(SPACE, f"shadow {n}"))])
    engine.jobs = frozenset({JOB.kind})
    return engine


async def in_shadow(engine):
    policy = overlay(default_policy(), {"values": {"grading.window_days": [60, 90, 180]}})
    id, _ = await policy_life.add(engine, policy, None, None)
    assert await policy_life.shadow(engine, id)
    return id


async def test_its_grade_is_shown_beside_the_one_in_force(engine):
    async with routes(engine, router) as http:
        assert (await http.get(f"/v1/customers/{ANN}/grade")).json()["shadow"] is None
        id = await in_shadow(engine)
        found = (await http.get(f"/v1/customers/{ANN}/grade")).json()

    assert (found["grade"], found["shadow"]["grade"], found["shadow"]["policy_id"]) == ("B", "A", id)
    assert found["shadow"]["urgency"] == found["urgency"]


async def test_it_is_counted_at_once_and_each_day(engine):
    said = await engine.pool.fetchval("select count(*) from outbox")
    async with routes(engine, router) as http:
        assert (await http.get("/v1/summary")).json()["shadow"] is None
        id = await in_shadow(engine)
        await Worker(engine, (JOB,)).all_due()
        found = (await http.get("/v1/summary")).json()["shadow"]

    assert (found["policy_id"], found["as_of"], found["customers"]) == (id, "2025-03-20", 2)
    assert found["grades"] == {"A": 1, "B": 0, "C": 0, "D": 1, "E": 0}
    assert (found["migration"]["B"]["A"], found["migration"]["D"]["D"]) == (1, 1)
    assert await engine.pool.fetchval("select count(*) from outbox") == said
    due = await engine.pool.fetchval("select min(due_at) from job where state = 'waiting'")
    assert due == datetime(2025, 3, 21, tzinfo=UTC)


async def test_once_the_shadow_is_active_the_count_ends(engine):
    id = await in_shadow(engine)
    await Worker(engine, (JOB,)).all_due()
    await policy_life.activate(engine, id)
    await engine.pool.execute("update clock set now = '2025-03-22T00:00:00Z'")
    await Worker(engine, (JOB, DECIDE_AGAIN)).all_due()

    assert await engine.pool.fetchval("select count(*) from job where kind = 'count_shadow' and state <> 'done'") == 0
    assert await engine.pool.fetchval("select count(*) from job where kind = 'count_shadow'") == 2
    async with routes(engine, router) as http:
        assert (await http.get("/v1/summary")).json()["shadow"] is None
