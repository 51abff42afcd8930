"""The oracle against the acceptance cases of value, tier, silence and what follows from a tier."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from tests.oracle import expected
from tests.oracle.worth import churn_level, cuts_of, future_of, loyalty_of

DAY = "2025-03-01"


def buy(case, profit: int, **when: Any) -> None:
    data = {"order_id": f"o{profit}", "amount": 2 * profit, "goods_cost": profit, "currency": "USD"}
    case.send("order.placed", data, **when)


def test_t34_the_best_fifth_is_key_the_next_three_tenths_regular():
    profits = [500, 300, 50, 40, 30, 25, 20, 15, 12, 8]
    cuts = cuts_of([*profits, None])
    assert [cuts.tier_of(profit) for profit in profits] == ["key"] * 2 + ["regular"] * 3 + ["small"] * 5
    assert cuts.tier_of(None) == "regular"


@pytest.mark.parametrize(
    ("ranked", "key", "regular"),
    [(0, 0, 0), (1, 0, 1), (2, 0, 1), (3, 1, 1), (7, 1, 3), (8, 2, 2)],
)
def test_the_shares_of_few(ranked, key, regular):
    cuts = cuts_of(range(ranked))
    tiers = [cuts.tier_of(profit) for profit in range(ranked)]
    assert (tiers.count("key"), tiers.count("regular")) == (key, regular)


def test_t36_the_future_by_the_formula():
    assert future_of(300_00) == 800_00


@pytest.mark.parametrize(
    ("today", "level"),
    [("2025-05-01", None), ("2025-05-02", "at_risk"), ("2025-05-31", "at_risk"), ("2025-06-01", "suspected_churn")],
)
def test_t43_silence_against_the_own_rhythm(today, level):
    days = [date(2025, 1, 1), date(2025, 1, 31), date(2025, 3, 2)]
    assert churn_level(days, date.fromisoformat(today)) == level


def test_t43_fewer_than_three_orders_have_no_rhythm():
    assert churn_level([date(2025, 1, 1), date(2025, 1, 2)], date(2025, 12, 31)) is None


def test_t37_repeats_without_referrals():
    assert [loyalty_of(orders) for orders in (0, 1, 2, 5)] == ["none", "none", "repeat_only", "repeat_only"]


def test_each_level_of_silence_is_told_once(start):
    case = start(DAY)
    case.register()
    for day in range(3):
        case.to(f"2025-03-0{day + 1}")
        buy(case, 100 + day)
    case.to("2025-03-20")
    assert case.customer.alerts == {"at_risk": [date(2025, 3, 6)], "suspected_churn": [date(2025, 3, 7)]}


def key_account(start, *others: int):
    """One who has brought more than all others by the second day."""
    case = start(DAY)
    case.register({"demand": "none"})
    buy(case, 100_000)
    for number, profit in enumerate(others):
        case.send_as(f"shop:other{number}", "order.placed", _order(number, profit))
    case.to("2025-03-02")
    return case


def _order(number: int, profit: int) -> dict[str, Any]:
    return {"order_id": f"x{number}", "amount": 2 * profit, "goods_cost": profit, "currency": "USD"}


def test_a_key_account_is_contacted_within_its_floor_from_the_next_day_on(start):
    case = key_account(start, 10, 20)
    case.send("need.stated", {"demand": "none"}, hour=10)
    assert expected.worth(case.customer)["segments"] == ["gold", "vip"]
    assert (case.grade, case.due_on) == ("E", "2025-03-31")


def test_a_desk_review_does_not_satisfy_the_floor(start):
    case = key_account(start, 10, 20)
    case.to("2025-03-10")
    case.follow_up({"demand": "none"}, mode="desk_review", outcome="reviewed", channel=None)
    assert case.due_on == "2025-03-31"
    case.follow_up({"demand": "none"})
    assert case.due_on == str(date(2025, 3, 10) + timedelta(days=30))


def test_who_is_overtaken_loses_the_floor_the_next_day(start):
    case = key_account(start, 10, 20)
    case.send("need.stated", {"demand": "none"}, hour=10)
    case.send_as("shop:other0", "order.placed", _order(7, 900_000))
    assert case.customer.tier == "key"
    case.to("2025-03-03")
    assert (case.customer.tier, case.due_on) == ("regular", "2026-03-01")


def test_an_open_case_of_who_becomes_key_gets_its_supervisor_late(start):
    case = start(DAY)
    case.register()
    case.complain()
    assert "R4" not in case.customer.cases["c1"].steps
    buy(case, 1_000)
    for number in range(2):
        case.send_as(f"shop:other{number}", "order.placed", _order(number, 10))
    case.to("2025-03-02")
    assert "R4" in case.customer.cases["c1"].late
