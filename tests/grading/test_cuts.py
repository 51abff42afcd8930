"""Where the tiers are cut, for whatever the customers bring."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from services.grading.domain.tiers import tier_of
from services.grading.jobs.cuts import cuts_of
from services.grading.standing import shares_of
from shared.contracts.policy import default_policy, overlay
from shared.contracts.values import Tier

DAY, POLICY = date(2025, 3, 1), default_policy()
PROFITS = st.lists(st.integers(-(10**15), 10**15) | st.sampled_from([0, 0, 7, -7]), min_size=1, max_size=40)


@settings(max_examples=100, deadline=None)
@given(profits=PROFITS)
@example([10**15] * 20_000)
@example([-(10**15)] * 20_000)
def test_the_best_fifth_and_who_ties_with_its_last_are_key_and_sums_are_exact(profits):
    cuts, best, n = cuts_of(profits, DAY, POLICY), sorted(profits, reverse=True), len(profits)
    key, regular = int(0.2 * n + 0.5), int(0.5 * n + 0.5)
    for tier, upto in ((Tier.KEY, key), (Tier.REGULAR, regular)):
        within = [p for p in profits if upto and p >= best[upto - 1]]
        placed = [p for p in profits if tier_of(p, cuts) in ((Tier.KEY,) if tier is Tier.KEY else (Tier.KEY, tier))]
        assert sorted(placed) == sorted(within)
    assert cuts.profit == cuts.whale[-1] == sum(profits)
    assert cuts.earned == sum(p for p in profits if p > 0)
    assert cuts.key_earned == sum(p for p in profits if p > 0 and tier_of(p, cuts) is Tier.KEY)
    assert cuts.whale == tuple(sum(best[: -(-tenth * n // 10)]) for tenth in range(1, 11))


@pytest.mark.parametrize(
    ("shares", "tiers"),
    [
        pytest.param((0, 0, 0), {Tier.SMALL}, id="nobody is more than small"),
        pytest.param((1, 0, 1), {Tier.KEY}, id="all are key"),
        pytest.param((0, 1, 1), {Tier.REGULAR}, id="all are regular"),
    ],
)
def test_odd_shares(shares, tiers):
    names = ("tier.key_share", "tier.regular_share", "tier.uplift_band")
    policy = overlay(POLICY, {"values": dict(zip(names, shares, strict=True))})
    profits = [500, 300, -20, 0, 8]
    assert {tier_of(profit, cuts_of(profits, DAY, policy)) for profit in profits} == tiers


@pytest.mark.parametrize(
    ("profits", "share"),
    [
        pytest.param([500, 300, 50, 40, 30, 25, 20, 15, 12, 8], 80.0, id="all bring a profit"),
        pytest.param([800, 100, 100, 0, -900], 80.0, id="a loss is nobody's share"),
        pytest.param([800, 100, 100, 0, -1100], 80.0, id="in sum a loss"),
        pytest.param([0, -5, -5, -5, -5], None, id="nobody brings any"),
    ],
)
def test_the_share_of_key_customers_is_of_what_is_earned(profits, share):
    assert shares_of(cuts_of(profits, DAY, POLICY))["key_profit_share"] == share
