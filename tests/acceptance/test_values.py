"""Profit, lifetime value, loyalty, silence and exit reviews, from upstream events to what grading answers."""

from __future__ import annotations

import pytest

from tests.acceptance.cases import case
from tests.driving.events import at_time

pytestmark = pytest.mark.kafka

START = "2025-03-01"


async def order(world, number, major, at=None, **more):
    told = {"order_id": f"{world.name}-{number}", "amount": major * 100, "currency": "USD", "goods_cost": 0, **more}
    await world.say("order.placed", told, at)


@case
async def test_t34_of_ten_two_are_key_and_bring_four_fifths_of_the_profit(own_world):
    """Where nobody else buys: ranks are the deployment's."""
    await own_world.day(START)
    handles, customers = [], []
    for number, profit in enumerate((500, 300, 50, 40, 30, 25, 20, 15, 12, 8)):
        handles.append(f"{own_world.handle}-{number}")
        await own_world.say("customer.registered", {"party": "individual"}, subject=handles[-1])
        sold = {"order_id": handles[-1], "amount": profit * 100, "currency": "USD", "goods_cost": 0}
        await own_world.say("order.placed", sold, at_time(START, "09:01"), subject=handles[-1])
    await own_world.day("2025-03-03")
    tiers = []
    for handle in handles:
        own_world.customer = await own_world.find(handle)
        customers.append(own_world.customer)
        tiers.append((await own_world.grade())["tier"])
    assert tiers == ["key"] * 2 + ["regular"] * 3 + ["small"] * 5
    assert (await own_world.client.get("grading", "/v1/summary"))["key_profit_share"] == 80.0
    for tier, first in (("key", 2), ("regular", 5)):  # the next tenth of the ranks (GR-15)
        found = await own_world.client.get("grading", "/v1/customers", uplift=tier)
        assert [item["customer_id"] for item in found["items"]] == [customers[first]]


@case
async def test_t36_history_and_future_are_kept_apart(world):
    await world.register(START)
    await order(world, 1, 900, "2023-02-01T09:00:00Z")
    await order(world, 2, 300)
    await world.settle()
    found = await world.grade()
    assert found["value"] == {
        "historic": 120_000,
        "future": 80_000,
        "clv": 200_000,
        "profit_12m": 30_000,
        "currency": "USD",
    }
    assert await world.data_of("value.computed", "clv", "historic", "future", "profit_12m") == [
        (90_000, 90_000, 0, 0),
        (200_000, 120_000, 80_000, 30_000),
    ]
    for name in ("historic", "future", "clv", "profit_12m"):
        parts = [reason["points"] for reason in found["reasons"] if reason["rule"].startswith(f"{name}.")]
        assert sum(parts) == found["value"][name]


@pytest.mark.parametrize(
    ("orders", "referrals", "loyalty"),
    [
        pytest.param(2, 1, "loyal", id="T37-buys-again-and-recommends"),
        pytest.param(5, 0, "repeat_only", id="T37-only-buys-again"),
        pytest.param(1, 3, "advocate_only", id="T37-only-recommends"),
    ],
)
@case
async def test_loyalty(world, orders, referrals, loyalty):
    await world.register(START)
    for number in range(orders):
        await order(world, number, 10)
    for number in range(referrals):
        await world.say("referral.recorded", {"referred": f"case:{world.name}-friend-{number}"})
    await world.settle()
    assert (await world.grade())["loyalty"] == loyalty
    assert (await world.data_of("loyalty.assigned", "loyalty"))[-1] == (loyalty,)


@case
async def test_t38_t41_service_that_eats_the_profit_asks_a_person_and_nothing_happens_by_itself(world):
    await world.register(START)
    await order(world, 1, 6_000, goods_cost=550_000)
    await world.say("cost.allocated", {"kind": "training", "minutes": 26 * 120}, at_time(START, "10:00"))
    await world.settle()
    assert (await world.grade())["value"]["profit_12m"] == -210_000
    assert await world.data_of("exit_review.requested", "profit", "currency") == [(-210_000, "USD")]
    await world.day("2025-03-10")
    assert len(await world.facts("exit_review.requested")) == 1
    assert await world.facts("customer.exited") == []


@case
async def test_t39_two_sessions_leave_a_profit_and_no_review(world):
    await world.register(START)
    await order(world, 1, 6_000, goods_cost=550_000)
    for hour in ("10:00", "11:00"):
        await world.say("cost.allocated", {"kind": "training", "minutes": 120}, at_time(START, hour))
    await world.settle()
    assert (await world.grade())["value"]["profit_12m"] == 30_000
    assert await world.facts("exit_review.requested") == []


@case
async def test_t43_silence_beyond_two_and_three_of_their_own_gaps_is_told_once_each(world):
    await world.register(START)
    for number, day in enumerate(("2025-02-18", "2025-02-23", "2025-02-28")):
        await order(world, number, 10, at_time(day))
    await world.day("2025-03-10")
    assert await world.facts("churn_risk.raised") == []
    await world.day("2025-03-11")
    assert await world.data_of("churn_risk.raised", "level") == [("at_risk",)]
    await world.day("2025-03-16")
    assert await world.data_of("churn_risk.raised", "level") == [("at_risk",), ("suspected_churn",)]
    assert (await world.grade())["churn"]["level"] == "suspected_churn"


@case
async def test_a_tier_is_assigned_by_the_next_days_start(world):
    await world.register(START)
    await order(world, 1, 1_000_000)
    await world.settle()
    assert (await world.grade())["tier"] == "regular"
    await world.day("2025-03-02")
    assert (await world.grade())["tier"] == "key"
    *_, last = await world.data_of("tier.assigned", "tier", "previous", "supply_priority")
    assert last == ("key", "regular", True)
    assert (await world.client.get("grading", "/v1/summary"))["key_profit_share"] > 50
