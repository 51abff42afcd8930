"""What an order of a later year is worth today, against a sum over thousands of stretches of time."""

from __future__ import annotations

from functools import partial
from itertools import pairwise
from math import exp, log1p

import pytest

from services.grading.domain.models.history import History
from services.grading.domain.models.mbg import MbgNbd
from services.grading.domain.models.pareto import ParetoNbd
from services.grading.domain.value import discounted
from shared.contracts.policy import default_policy, overlay

MODELS = (MbgNbd(0.52, 6.2, 0.9, 1.6), MbgNbd(2.0, 20.0, 0.3, 5.0), ParetoNbd(0.55, 10.6, 0.6, 11.7))
SEEN = (History(0, 0.0, 10.0), History(3, 30.0, 40.0), History(30, 100.0, 104.0), History(1, 2.0, 70.0))
STRETCHES = 4_000


@pytest.mark.parametrize("timing", MODELS, ids=["mbg", "mbg, often and long", "pareto"])
@pytest.mark.parametrize("years", [1, 3, "infinite"])
@pytest.mark.parametrize("discount", [0, 0.1, 0.4])
def test_orders_are_worth_what_each_stretch_is_worth_in_its_middle(timing, years, discount):
    policy = overlay(default_policy(), {"values": {"clv.horizon": years, "clv.discount": discount}})
    end = 30.0 if years == "infinite" else years
    ends = [end * n / STRETCHES for n in range(STRETCHES + 1)]
    for seen in SEEN:
        orders = [timing.orders(seen, 52 * until) for until in ends]
        middles = [(a + b) / 2 for a, b in pairwise(ends)]
        worth = [exp(-log1p(discount) * middle) for middle in middles]
        dense = sum((b - a) * today for (a, b), today in zip(pairwise(orders), worth, strict=True))
        assert discounted(partial(timing.orders, seen), policy) == pytest.approx(dense, rel=1e-3)
