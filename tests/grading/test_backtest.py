"""A draft is tried on the past: over HTTP, as a job that may be cancelled and goes on where it was."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid5

import pytest

from services.grading import backtests
from services.grading.domain.commands import SetOverride
from services.grading.domain.rules import RULES
from services.grading.jobs.backtest import BACKTEST
from services.grading.store import LEDGERS
from services.grading.subscriptions import SUBSCRIPTIONS
from shared.contracts import profile
from shared.contracts.policy import default_policy, overlay
from shared.engine import jobs, policy_life
from shared.engine.run import Run
from shared.engine.worker import Worker
from shared.postgres.pool import borrow
from tests.grading.conftest import SPACE
from tests.harness.engines import fact_input, routes

AT = datetime(2025, 3, 1, 9, tzinfo=UTC)
PEOPLE = [UUID(int=n) for n in range(1, 7)]


@pytest.fixture
async def engine(engine_of):
    """Six customers, whose deals close 30, 40, 50 … days after the first of March; today is the twentieth."""
    engine = await engine_of(RULES, LEDGERS, SUBSCRIPTIONS, "2025-03-20T00:00:00Z")
    for n, customer in enumerate(PEOPLE):
        close = date(2025, 3, 31) + timedelta(days=10 * n)
        told = [
            profile.CustomerRegistered(
                party="individual", kind="consumer", registered_on=AT.date(), owner="ann" if n % 2 else None
            ),
            profile.NeedChanged(
                stated_at=AT, version=1, source="stated", demand="target", expected_close_on=close,
                deal_possible=True, negotiating=False, tags=(),
            ),
        ]  # fmt: skip
        await engine.apply([fact_input(data, AT, customer, uuid5(SPACE, f"{n} {data.TYPE}")) for data in told])
    return engine


async def draft(engine):
    id, _ = await policy_life.add(
        engine, overlay(default_policy(), {"values": {"grading.window_days": [50, 90, 180]}}), None, None
    )
    return id


async def test_a_draft_moves_those_whom_its_windows_reach(engine):
    before = await engine.pool.fetchval("select count(*) from outbox")
    async with routes(engine, backtests.router) as http:
        body = {"policy_id": await draft(engine), "from_on": "2025-03-01", "to_on": "2025-03-02"}
        asked = await http.post("/v1/backtests", json=body)
        id = asked.json()["backtest_id"]
        assert (asked.status_code, asked.json()["state"], asked.json()["migration"]) == (202, "running", None)

        await Worker(engine, (BACKTEST,)).all_due()
        found = (await http.get(f"/v1/backtests/{id}")).json()

    assert (found["state"], found["progress"], found["customers"]) == ("done", {"customers": 6, "of": 6}, 6)
    assert found["migration"]["A"]["A"] == 1
    assert found["migration"]["B"] == {"A": 2, "B": 3, "C": 0, "D": 0, "E": 0}
    assert [(m["customer_id"], m["from"], m["to"]) for m in found["moved"]] == [
        (str(PEOPLE[1]), "B", "A"),
        (str(PEOPLE[2]), "B", "A"),
    ]
    assert found["moved"][0]["input"].startswith("2025-04-10, within 50 days")
    assert {load["owner"] for load in found["load"]} == {"ann", None}
    assert all(load["after"] > load["before"] for load in found["load"])
    assert await engine.pool.fetchval("select count(*) from outbox") == before  # nothing is said


async def test_a_killed_backtest_goes_on_and_counts_nobody_twice(engine):
    id = UUID(int=9)
    given = {"policy_id": await draft(engine), "from_on": "2025-03-01", "to_on": "2025-03-02"}
    async with borrow(engine.pool) as connection:
        await jobs.add(connection, id, "backtest", given)
        task = await jobs.claim(connection, UUID(int=1), engine.clock, "c")
    run = Run(engine, task, UUID(int=1))
    run.size, chunks = 2, iter([run.chunk()])
    run.chunk = lambda: next(chunks)
    with pytest.raises(RuntimeError):
        await BACKTEST.work(run)
    assert run.progress == {"customers": 2, "of": 6}
    await jobs.release(engine.pool, UUID(int=1))
    await policy_life.activate(engine, given["policy_id"])

    await Worker(engine, (BACKTEST,)).all_due()

    async with borrow(engine.pool) as connection:
        done = await jobs.show(connection, id)
    assert (done.state, done.result["customers"], done.progress["customers"]) == ("done", 6, 6)
    assert sum(done.result["migration"]["B"].values()) == 5  # by the policy that was active when it began


async def test_cancelled_unknown_and_turned_round(engine):
    async with routes(engine, backtests.router) as http:
        body = {"policy_id": await draft(engine), "from_on": "2025-03-01", "to_on": "2025-03-02"}
        id = (await http.post("/v1/backtests", json=body)).json()["backtest_id"]
        assert (await http.delete(f"/v1/backtests/{id}")).status_code == 204
        assert (await http.get(f"/v1/backtests/{id}")).json()["state"] == "cancelled"
        await Worker(engine, (BACKTEST,)).all_due()
        assert (await http.get(f"/v1/backtests/{id}")).json()["migration"] is None

        assert (await http.post("/v1/backtests", json=body | {"policy_id": "pol_0"})).status_code == 404
        assert (await http.get(f"/v1/backtests/{UUID(int=5)}")).status_code == 404
        for wrong in ({"from_on": "2025-03-03"}, {"to_on": "9999-12-31"}, {"from_on": 1}):
            refused = await http.post("/v1/backtests", json=body | wrong)
            assert (refused.status_code, refused.json()["type"]) == (422, "urn:holdfast:invalid_body")


async def test_the_same_key_asks_once(engine):
    async with routes(engine, backtests.router) as http:
        body = {"policy_id": await draft(engine), "from_on": "2025-03-01", "to_on": "2025-03-02"}
        asked = [(await http.post("/v1/backtests", json=body, headers={"Idempotency-Key": "k"})).json() for _ in "ab"]
        other = await http.post("/v1/backtests", json=body | {"to_on": "2025-03-03"}, headers={"Idempotency-Key": "k"})
    assert asked[0]["backtest_id"] == asked[1]["backtest_id"]
    assert (other.status_code, other.json()["type"]) == (422, "urn:holdfast:idempotency_key_reused")


async def test_what_a_person_has_set_stays_set_and_who_cancelled_has_not_ordered(engine):
    set_ = SetOverride(field="grade", value="E", reason="a letter", author="ann")
    told = [
        profile.PurchaseRecorded(order_id=f"o{n}", kind=kind, ordered_on=AT.date(), amount=100, currency="USD")
        for n, kind in enumerate(("placed", "cancelled"))
    ]
    for customer, data in zip(PEOPLE, (set_, *told), strict=False):
        id = uuid5(SPACE, f"{customer} {data.TYPE}")
        await engine.apply([fact_input(data, AT + timedelta(hours=1), customer, id)])
    given = {"policy_id": await draft(engine), "from_on": "2025-03-01", "to_on": "2025-03-19"}
    async for task in Worker(engine, (BACKTEST,)).do("backtest", given):
        last = task
    found = last.result
    assert (found["customers"], found["migration"]["E"]["E"]) == (6, 1)
    assert found["metrics"] == {
        "before": {"a_ordered": None, "ordered_a": 0.0},
        "after": {"a_ordered": 50.0, "ordered_a": 100.0},
    }


async def test_who_left_because_nothing_was_needed_and_bought_again_is_followed_as_it_was(engine):
    told = [
        (2, profile.CustomerChurned(kind="normal", reason="moved")),
        (4, profile.PurchaseRecorded(order_id="o1", kind="placed", ordered_on=date(2025, 3, 5), amount=100)),
    ]
    for days, data in told:
        at = AT + timedelta(days=days)
        await engine.apply([fact_input(data, at, PEOPLE[0], uuid5(SPACE, f"back {data.TYPE}"))])
    async with routes(engine, backtests.router) as http:
        body = {"policy_id": await draft(engine), "from_on": "2025-03-01", "to_on": "2025-03-06"}
        id = (await http.post("/v1/backtests", json=body)).json()["backtest_id"]
        await Worker(engine, (BACKTEST,)).all_due()
        found = (await http.get(f"/v1/backtests/{id}")).json()
    assert found["migration"]["E"] == {"A": 0, "B": 0, "C": 0, "D": 0, "E": 0}
    assert found["migration"]["D"]["D"] == 1
