"""Ranked by what is still expected too: columns say what single numbers say, and the cuts follow."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random
from uuid import UUID

import numpy as np
import pytest

from services.grading.domain.books import Amounts, Line, booked
from services.grading.domain.models.mbg import MbgNbd
from services.grading.domain.models.pareto import ParetoNbd
from services.grading.domain.models.spend import GammaGamma
from services.grading.domain.receipt import receipt
from services.grading.domain.references import ValueModel
from services.grading.domain.state import CustomerState
from services.grading.domain.tiers import place, tier_of
from services.grading.domain.value import hour_rate, ranked_by
from services.grading.domain.worth import worth_of
from services.grading.jobs import ranks
from services.grading.jobs.cuts import cuts_of
from services.grading.jobs.looks import Looks
from shared.contracts.policy import default_policy, overlay
from shared.contracts.values import Tier

DAY = date(2025, 3, 20)
FUTURE = "profit_12m_and_future"


def model(timing):
    return ValueModel(DAY, 1_000, -1.0, timing, GammaGamma(6.25, 3.74, 1_544.0))


MBG, PARETO = model(MbgNbd(0.52, 6.18, 0.89, 1.61)), model(ParetoNbd(0.55, 10.58, 0.61, 11.67))


def state(chance):
    books = CustomerState().books
    for _ in range(chance.randrange(9)):
        on = DAY - timedelta(days=chance.randrange(900))
        revenue = chance.choice((0, chance.randrange(1, 90_000), 10 ** chance.randrange(3, 15)))
        amounts = Amounts(revenue, chance.randrange(revenue + 1) // 3, revenue // 2, chance.randrange(900), 17, 0, 0)
        books = booked(books, [Line(on, amounts, orders=chance.choice((1, 1, 1, 0)))])
    return CustomerState(registered=True, books=books)


def looks(states, policy):
    """As the statement gives them."""
    lines = [worth_of(UUID(int=n), one, DAY) for n, one in enumerate(states)]
    rate = hour_rate(policy)
    none = DAY
    rows = [
        (
            w.customer_id, w.placed, "", w.is_held, w.model_level, w.orders, w.net, w.order_days,
            ((w.last_order_on or none) - (w.first_order_on or none)).days,
            (max(DAY, w.last_order_on or none) - (w.first_order_on or none)).days,
            w.margin - (w.minutes * rate + 30) // 60, w.goods, w.cost + (w.minutes_ever * rate + 30) // 60,
        )
        for w in lines
    ]  # fmt: skip
    columns = [list(column) for column in zip(*rows, strict=True)]
    return Looks(type("Row", (), {"values": lambda _self: columns})())


@pytest.mark.parametrize("fitted", [None, MBG, PARETO], ids=["formula", "mbg", "pareto"])
@pytest.mark.parametrize("given", [{}, {"clv.horizon": 3}, {"clv.retention": 1.0, "cost.hour_rate": 80}])
def test_columns_rank_as_single_numbers_do(fitted, given):
    policy, chance = overlay(default_policy(), {"values": {"tier.value": FUTURE, **given}}), Random(4)
    states = [state(chance) for _ in range(120)]
    found = ranks.ranked_by(FUTURE, looks(states, policy), policy, fitted)
    alone = np.array([ranked_by(FUTURE, one.books, (DAY, policy, fitted)) for one in states], dtype=float)
    assert (np.abs(found - alone) <= ranks.uncertain(FUTURE, alone)).all()
    assert (found != looks(states, policy).profit).any()


def test_a_small_profit_with_a_large_future_is_key_and_shares_stay_those_of_the_profit():
    policy = overlay(default_policy(), {"values": {"tier.value": FUTURE}})
    cuts = cuts_of([10, 90, 20, 30, 5], DAY, policy, [10, 1, 20, 30, 5])
    assert [tier_of(value, cuts) for value in (90, 30, 20, 10, 5)] == [
        Tier.KEY, Tier.REGULAR, Tier.REGULAR, Tier.SMALL, Tier.SMALL,
    ]  # fmt: skip
    assert (cuts.value, cuts.profit, cuts.key_earned) == (FUTURE, 66, 1)
    assert cuts.whale[1:4] == (1, 31, 31)


def test_until_the_day_starts_the_cuts_say_what_is_ranked():
    """A policy was activated since: the cuts are of the one before."""
    future, profit = (overlay(default_policy(), {"values": {"tier.value": value}}) for value in (FUTURE, "profit_12m"))
    bought = CustomerState(registered=True, books=booked(CustomerState().books, [Line(DAY, Amounts(100), orders=1)]))
    by_profit, by_both = cuts_of([100, 50], DAY, profit), cuts_of([180, 150], DAY, future)
    assert ranked_by(FUTURE, bought.books, (DAY, future, None)) == 100 + 267
    assert place(bought, DAY, future, (by_profit, None)).tier is Tier.REGULAR
    assert place(bought, DAY, profit, (by_both, None)).tier is Tier.REGULAR
    [told] = [row.input for row in receipt(bought, DAY, future, by_both, None) if row.rule == "tier"]
    assert told.startswith("profit 100 and future 267: 367, key from None")
