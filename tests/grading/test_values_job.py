"""The day's start for value, on a real database: cuts, the customers who stand otherwise, the receipt, the model."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random
from types import SimpleNamespace
from uuid import UUID, uuid5

import msgspec
import numpy as np
import pytest

from services.grading.api import router
from services.grading.domain.models.history import History
from services.grading.domain.references import ValueModel
from services.grading.domain.rules import RULES
from services.grading.domain.value import ranked_by
from services.grading.fitting import calibrate, scores
from services.grading.fitting.fit import fit_mbg
from services.grading.fitting.sample import sample_of
from services.grading.jobs import values
from services.grading.jobs.cuts import cuts_on
from services.grading.store import LEDGERS
from services.grading.subscriptions import SUBSCRIPTIONS
from shared.contracts.policy import default_policy, overlay
from shared.contracts.profile import CostAllocated
from shared.engine import policy_life
from shared.engine.policies import deciding
from shared.engine.rebuild import rebuild
from shared.engine.worker import Worker
from shared.postgres.pool import READING, begun, borrow
from tests.harness.engines import fact_input, routes

SPACE = UUID("0b8f3f0e-0000-4000-8000-000000000002")
T34 = (500, 300, 50, 40, 30, 25, 20, 15, 12, 8)
FUTURE = "profit_12m_and_future"
START = "2025-03-20T00:00:00+00:00"


def person(number):
    return uuid5(SPACE, f"customer {number}")


@pytest.fixture
async def engine(engine_of):
    return await engine_of(RULES, LEDGERS, SUBSCRIPTIONS, START)


@pytest.fixture
async def get(engine):
    async with routes(engine, router) as client:

        async def answer(path):
            found = await client.get(f"/v1/{path}")
            assert found.status_code == 200, found.text
            return found.json()

        yield answer


class Shop:
    """Tells grading of customers and their orders."""

    def __init__(self, engine, facts):
        self.engine, self.facts, self.told = engine, facts, 0

    async def __call__(self, *said):
        """(data, day, customer) each."""
        inputs = []
        for data, day, customer in said:
            self.told += 1
            inputs.append(fact_input(data, self.facts.instant(day), customer, uuid5(SPACE, str(self.told))))
        applied = await self.engine.apply(inputs)
        assert not applied.failures, applied.failures

    async def ten(self):
        for number, profit in enumerate(T34):
            order = self.facts.order("placed", "2025-03-01", f"o{number}", amount=profit * 100, goods_cost=0)
            await self((self.facts.registered(), "2025-03-01", person(number)), (order, "2025-03-01", person(number)))


@pytest.fixture
def shop(engine, facts):
    return Shop(engine, facts)


async def start_of_day(engine, by=None):
    """The clock moves on, and the job runs to its end."""
    if by is not None:
        await engine.pool.execute("update clock set now = now + $1", by)
    async for task in Worker(engine, (values.JOB,)).do("values", {}):
        last = task
    assert last.state == "done", last.detail
    return last


async def activated(engine, values):
    id, _ = await policy_life.add(engine, overlay(default_policy(), {"values": values}), None, None)
    await policy_life.activate(engine, id)


async def left_out(engine):
    """Who would be told to, were every state opened."""
    async with borrow(engine.pool) as connection, deciding(connection):
        chunk = SimpleNamespace(world=await engine.world(connection))
        rows = await connection.fetch(
            "select state, model_level from stream join worth on customer_id = id where kind = 'customer'"
        )
    states = [(values._state.decode(row["state"]), row["model_level"]) for row in rows]
    return [state for state, level in states if values._said(chunk, state, level, chunk.world.clock.date())]


async def facts_of(engine, name):
    rows = await engine.pool.fetch("select payload from outbox order by id")
    return [row["payload"] for row in rows if f"holdfast.grading.{name}.v1".encode() in row["payload"]]


async def test_t34_key_are_the_best_fifth_and_they_bring_four_fifths(engine, shop, get):
    await shop.ten()
    await start_of_day(engine)
    tiers = [(await get(f"customers/{person(number)}/grade"))["tier"] for number in range(10)]
    assert tiers == ["key"] * 2 + ["regular"] * 3 + ["small"] * 5
    summary = await get("summary")
    assert summary["tiers"] == {"key": 2, "regular": 3, "small": 5}
    assert summary["key_profit_share"] == 80.0
    assert summary["whale_curve"] == [50.0, 80.0, 85.0, 89.0, 92.0, 94.5, 96.5, 98.0, 99.2, 100.0]
    assert summary["warnings"] == []
    assert (await get("customers?tier=key"))["items"][0]["tier"] == "key"


async def test_a_second_night_says_nothing_and_tells_nobody(engine, shop):
    await shop.ten()
    first = await start_of_day(engine)
    said = len(await facts_of(engine, "tier.assigned"))
    again = await start_of_day(engine, timedelta(days=1))
    assert (first.progress["told"], again.progress["told"], again.progress["done"]) == (8, 0, 10)
    assert len(await facts_of(engine, "tier.assigned")) == said


async def test_who_ties_with_the_last_key_customer_is_key_too(engine, shop):
    await shop.ten()
    extra = shop.facts.order("placed", "2025-03-01", "o10", amount=30_000, goods_cost=0)
    await shop((shop.facts.registered(), "2025-03-01", person(10)), (extra, "2025-03-01", person(10)))
    async with borrow(engine.pool) as connection, begun(connection, READING):
        cuts = await cuts_on(connection, date(2025, 3, 20), default_policy(), None)
    assert (cuts.ranked, cuts.key_from, cuts.key_earned, cuts.earned) == (11, 30_000, 110_000, 130_000)


async def test_without_customers_there_are_no_cuts(engine):
    async with borrow(engine.pool) as connection, begun(connection, READING):
        cuts = await cuts_on(connection, date(2025, 3, 20), default_policy(), None)
    assert (cuts.ranked, cuts.key_from, cuts.whale) == (0, None, ())


async def test_an_order_that_leaves_the_twelve_months_takes_the_tier_with_it(engine, shop, get):
    await shop.ten()
    await start_of_day(engine)
    late = shop.facts.order("placed", "2025-03-19", "late", amount=10_000, goods_cost=0)
    await shop((late, "2025-03-19", person(9)))
    await start_of_day(engine, timedelta(days=364))
    assert (await get(f"customers/{person(9)}/grade"))["tier"] == "key"


async def test_every_profit_that_has_changed_is_made_anew_however_many_there_are(engine, shop):
    await shop.ten()
    await engine.pool.execute("update clock set now = now + interval '1 year'")

    async def renewing(run):
        run.size = 3
        await values._made(run)

    async for task in Worker(engine, (values.Job("values", renewing),)).do("values", {}):
        last = task
    assert last.state == "done"
    assert await engine.pool.fetchval("select array_agg(distinct (margin, changes_on)) from worth") == [(0, None)]


async def test_folded_again_everybody_stands_where_the_cuts_of_the_day_put_them(engine, shop):
    await shop.ten()
    await start_of_day(engine)
    await shop((shop.facts.order("placed", "2025-03-20", "more", amount=40_000, goods_cost=0), "2025-03-20", person(5)))
    await start_of_day(engine, timedelta(days=1))
    *_, last = [progress async for progress in rebuild(engine, repair=False)]
    assert (last.streams, last.different) == (10, ())


async def test_a_killed_job_goes_on_where_it_stood(engine, shop):
    await shop.ten()

    class Stopped(Exception):
        pass

    calls = 0

    async def halting(run):
        nonlocal calls
        calls += 1
        run.size = 3
        if calls > 1:
            return await values.settle(run)
        made = await values._made(run)
        async with run.chunk() as chunk:
            await values._settle_some(made, run, chunk)
        raise ConnectionResetError

    job = values.Job("values", halting)
    async for task in Worker(engine, (job,)).do("values", {}):
        last = task
    assert (last.state, last.progress["done"], last.progress["told"], calls) == ("done", 10, 8, 2)


async def test_the_parts_of_every_number_add_up_to_it(engine, shop, get, facts):
    await shop.ten()
    await shop((CostAllocated(kind="repair", minutes=7), "2025-03-02", person(0)))
    await start_of_day(engine)
    told = await get(f"customers/{person(0)}/grade")
    for name, number in told["value"].items():
        if name == "currency":
            continue
        parts = [reason["points"] for reason in told["reasons"] if reason["rule"].startswith(f"{name}.")]
        assert sum(parts) == number, name
        assert parts, name
    assert told["value"]["profit_12m"] == 50_000 - 583
    [profit, *_] = [reason for reason in told["reasons"] if reason["rule"] == "profit_12m.revenue"]
    assert len(profit["event_ids"]) == 2
    assert {"tier", "loyalty.none"} <= {reason["rule"] for reason in told["reasons"]}


async def test_with_customers_enough_a_model_is_fitted_and_tells_the_chance_of_an_order(engine, shop, get):
    chance = Random(5)
    start, since, window = date(2024, 1, 1), date(2024, 12, 19), []
    for number in range(500):
        said = [(shop.facts.registered("2024-01-01"), "2024-01-01", person(number))]
        day, rate = start + timedelta(days=chance.randrange(60)), chance.gammavariate(0.6, 1 / 40)
        days = []
        while day < date(2025, 3, 1):
            name = f"o{number} {day}"
            said.append(
                (
                    shop.facts.order("placed", day.isoformat(), name, amount=chance.randrange(500, 9_000)),
                    day.isoformat(),
                    person(number),
                )
            )
            days.append(day)
            if chance.random() < 0.2:
                break
            day += timedelta(days=1 + int(chance.expovariate(rate)))
        before = [one for one in days if one <= since]
        ages = [(one - before[0]).days / 7 for one in (before[-1], since)]
        window.append((History(len(before) - 1, *ages), len(days) > len(before)))
        await shop(*said)
    await start_of_day(engine)
    told = await get(f"customers/{person(1)}/grade")
    assert 0 < told["churn"]["p_buy"] < 1
    assert told["churn"]["model_level"] in ("none", "watch", "warn", "lost")
    rules = {reason["rule"] for reason in told["reasons"]}
    assert {"future.margin", "future.service", "log_odds_gone.history", "log_odds_gone.silence"} <= rules
    parts = [reason["points"] for reason in told["reasons"] if reason["rule"].startswith("future.")]
    assert sum(parts) == told["value"]["future"]
    [document] = await engine.pool.fetch("select body from reference where name = 'value_model' and active")
    await start_of_day(engine, timedelta(days=1))
    assert await engine.pool.fetchval("select count(*) from reference where name = 'value_model'") == 1
    learnt = msgspec.json.decode(document["body"], type=ValueModel).calibration
    then = sample_of(seen for seen, _ in window)
    told_then = scores.buys(fit_mbg(then)[0], then, 13)
    line = calibrate.line(told_then, np.array([float(came) for _, came in window]))
    assert (learnt.intercept, learnt.slope) == pytest.approx(line, rel=1e-3)
    assert (learnt.since, learnt.customers) == (since, 500)
    assert "churn.calibration" in rules
    later = await start_of_day(engine, timedelta(days=20))
    assert later.progress["told"] > 0
    assert not await left_out(engine)


@pytest.mark.parametrize("value", ["profit_12m", FUTURE])
async def test_the_day_passes_nobody_over(engine, shop, value):
    """Whom the sums did not make suspect would not have been told to either."""
    await activated(engine, {"tier.value": value})
    chance, facts = Random(8), shop.facts
    for number in range(60):
        said = [(facts.registered("2024-02-01"), "2024-02-01", person(number))]
        for turn in range(chance.randrange(5)):
            day = (date(2024, 2, 1) + timedelta(days=chance.randrange(410))).isoformat()
            order = f"o{number} {turn}"
            said.append((facts.order("placed", day, order, amount=chance.randrange(100, 9_000)), day, person(number)))
            if chance.random() < 0.2:
                said.append((facts.order("cancelled", day, order), day, person(number)))
            said.append((CostAllocated(kind="repair", minutes=chance.randrange(40)), day, person(number)))
        await shop(*sorted(said, key=lambda one: one[1]))
    told = 0
    for _ in range(12):
        told += (await start_of_day(engine, timedelta(days=33))).progress["told"]
        assert not await left_out(engine)
    assert told > 60
    await the_best_are_key(engine, value)


async def the_best_are_key(engine, measure):
    """A fifth of them, and half of all at least regular, but for who ties with the last within rounding."""
    async with borrow(engine.pool) as connection, deciding(connection):
        world = await engine.world(connection)
        rows = await connection.fetch("select state from stream where kind = 'customer'")
    at = (world.clock.date(), world.policy, world.reference.get("value_model"))
    states = [values._state.decode(row["state"]) for row in rows]
    worth = [(ranked_by(measure, s.books, at), s.standing.tier) for s in states if s.books.orders > 0]
    best = sorted((value for value, _ in worth), reverse=True)
    for share, within in ((0.2, {"key"}), (0.5, {"key", "regular"})):
        last = best[int(share * len(best) + 0.5) - 1]
        assert all((value > last - (4 if measure == FUTURE else 1)) == (tier in within) for value, tier in worth)
