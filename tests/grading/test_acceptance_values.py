"""Value, loyalty and churn: the acceptance cases of grading's own part."""

from __future__ import annotations

from datetime import date
from uuid import uuid5

import pytest

from services.grading.domain.assess import share_of_potential
from services.grading.domain.references import TierCuts
from services.grading.domain.value import by_formula
from shared.contracts import grading
from shared.contracts.feedback import ComplaintFaultFound
from shared.contracts.policy import default_policy, overlay
from shared.contracts.profile import CustomerChurned, CustomerWonBack, ReferralRecorded
from shared.contracts.values import ChurnLevel, GradeFlag, Loyalty, Segment, Tier
from tests.grading.conftest import SPACE

CUTS = TierCuts(
    as_of=date(2025, 3, 2),
    ranked=10,
    key_from=30_000,
    regular_from=3_000,
    key_band_from=5_000,
    regular_band_from=2_500,
)


def bought(told, day, order_id, amount, **more):
    return told.order("placed", day, order_id=order_id, amount=amount * 100, currency="USD", **more)


@pytest.mark.parametrize(
    ("profit", "tier"),
    [(500, Tier.KEY), (300, Tier.KEY), (50, Tier.REGULAR), (30, Tier.REGULAR), (25, Tier.SMALL), (8, Tier.SMALL)],
)
def test_t34_a_customer_is_placed_by_the_cuts(story, profit, tier):
    told = bought(story().registered(), "2025-03-01", "o1", profit)
    assert told.all_of(grading.TierAssigned) == []
    told.settled("2025-03-02", CUTS)
    assert told.state.standing.tier is tier
    [said] = told.all_of(grading.TierAssigned) or [None]
    assert (said.tier, said.previous) == (tier, Tier.REGULAR)


def test_t34_between_two_jobs_a_customer_is_placed_by_the_last_cuts(story):
    told = bought(story().registered(), "2025-03-01", "o1", 50).settled("2025-03-02", CUTS)
    bought(told, "2025-03-03", "o2", 250)
    [said] = [fact for fact in told.all_of(grading.TierAssigned) if fact.tier is Tier.KEY]
    assert (said.previous, said.supply_priority) == (Tier.REGULAR, True)
    assert {Segment.GOLD, Segment.VIP} <= set(said.segments)


def test_who_has_bought_nothing_is_regular_whatever_the_cuts(story):
    told = story().registered().cost("2025-03-01", minutes=600).settled("2025-03-02", CUTS)
    assert told.state.standing.tier is Tier.REGULAR


def test_cuts_of_nobody_place_nobody(story):
    told = story().registered().settled("2025-03-01", TierCuts(date(2025, 3, 1), 0, None, None, None, None))
    assert bought(told, "2025-03-01", "o1", 50).state.standing.tier is Tier.REGULAR


def test_t36_the_formula_of_the_lifetime_value():
    policy = overlay(default_policy(), {"values": {"clv.method": "formula"}})
    assert by_formula(30_000, policy) == 80_000


def test_t36_history_and_future_are_kept_apart(story):
    told = bought(story({"clv.method": "formula"}).registered("2023-01-01"), "2023-01-01", "o1", 900)
    bought(told, "2025-03-01", "o2", 300)
    value = told.all_of(grading.ValueComputed)[-1]
    assert (value.historic, value.future, value.clv, value.profit_12m) == (120_000, 80_000, 200_000, 30_000)


@pytest.mark.parametrize(("years", "future"), [(1, 21_818), (2, 37_686), (1000, 80_000)])
def test_a_horizon_in_years_ends_the_formula(years, future):
    policy = overlay(default_policy(), {"values": {"clv.horizon": years}})
    assert by_formula(30_000, policy) == future


def test_sums_beyond_the_largest_amount_of_a_fact_lose_no_order(story):
    told = story({"clv.method": "formula"}).registered()
    for number in range(3):
        bought(told, "2025-03-01", f"o{number}", 9 * 10**12)
    value = told.all_of(grading.ValueComputed)[-1]
    assert (value.historic, value.profit_12m, value.clv) == (10**15, 10**15, 10**15)
    assert told.state.books.total.revenue == 27 * 10**14
    told.cost("2025-03-02", amount=10**15, currency="USD").cost("2025-03-02", amount=10**15, currency="USD")
    told.cost("2025-03-02", amount=10**15, currency="USD").cost("2025-03-02", amount=10**15, currency="USD")
    assert told.all_of(grading.ExitReviewRequested)[-1].profit <= 0


def test_a_formula_that_hardly_converges_is_a_number():
    policy = overlay(default_policy(), {"values": {"clv.retention": 1, "clv.discount": 1e-26}})
    assert by_formula(30_000, policy) == 3 * 10**30


@pytest.mark.parametrize(
    ("orders", "referrals", "loyalty"),
    [(2, 1, Loyalty.LOYAL), (5, 0, Loyalty.REPEAT_ONLY), (1, 3, Loyalty.ADVOCATE_ONLY), (1, 0, Loyalty.NONE)],
)
def test_t37_loyalty_is_to_buy_again_and_to_send_others(story, orders, referrals, loyalty):
    told = story().registered()
    for number in range(orders):
        bought(told, "2025-03-01", f"o{number}", 10)
    for number in range(referrals):
        told.told(ReferralRecorded(referred_customer_id=uuid5(SPACE, f"friend {number}")), "2025-03-02")
    said = [fact.loyalty for fact in told.all_of(grading.LoyaltyAssigned)]
    assert (told.state.standing.loyalty, said[-1:]) == (loyalty, [loyalty] if loyalty is not Loyalty.NONE else [])
    assert len(said) == len(set(said))


def trained(told, weeks):
    bought(told, "2025-01-01", "o1", 6_000, goods_cost=550_000)
    for week in range(weeks):
        told.cost(date.fromordinal(date(2025, 1, 2).toordinal() + 7 * week).isoformat(), kind="training", minutes=120)
    return told


def test_t38_service_that_eats_the_profit_asks_for_an_exit_review_once(story):
    told = trained(story().registered("2025-01-01"), 26)
    assert told.all_of(grading.ValueComputed)[-1].profit_12m == -210_000
    [review] = told.all_of(grading.ExitReviewRequested)
    assert (review.profit, review.currency) == (0, "USD")


def test_t38_told_in_one_fact_the_review_shows_the_whole_loss(story):
    told = bought(story().registered(), "2025-03-01", "o1", 6_000, goods_cost=550_000)
    told.cost("2025-03-02", kind="training", minutes=26 * 120)
    [review] = told.all_of(grading.ExitReviewRequested)
    assert review.profit == -210_000


def test_t39_two_sessions_leave_a_profit_and_no_review(story):
    told = trained(story().registered("2025-01-01"), 2)
    assert told.all_of(grading.ValueComputed)[-1].profit_12m == 30_000
    assert told.all_of(grading.ExitReviewRequested) == []


def test_t41_a_review_that_nobody_decides_changes_nothing_and_is_not_asked_for_again(story):
    told = trained(story().registered("2025-01-01"), 5)
    before = told.state.review
    told.cost("2025-04-01", minutes=60).tick("2025-06-01")
    assert told.state.review == before
    assert len(told.all_of(grading.ExitReviewRequested)) == 1


def test_another_review_comes_only_after_the_profit_was_above_the_margin_again(story):
    told = trained(story().registered("2025-01-01"), 5)
    bought(told, "2025-04-01", "o2", 1_000)
    told.cost("2025-04-02", amount=200_000, currency="USD")
    assert len(told.all_of(grading.ExitReviewRequested)) == 2
    assert len({review.review_id for review in told.all_of(grading.ExitReviewRequested)}) == 2


def test_time_alone_asks_for_a_review_when_the_revenue_has_left_the_twelve_months(story):
    told = bought(story().registered(), "2025-03-01", "o1", 1_000)
    told.cost("2025-06-01", minutes=60)
    assert told.all_of(grading.ExitReviewRequested) == []
    told.tick("2026-02-28")
    assert told.all_of(grading.ExitReviewRequested) == []
    told.tick("2026-03-01")
    [review] = told.all_of(grading.ExitReviewRequested)
    assert review.profit == -5_000


@pytest.mark.parametrize("last_order", ["2025-03-01", "2024-01-01"], ids=["in the window", "long ago"])
def test_a_customer_who_costs_nothing_is_never_reviewed(story, last_order):
    told = bought(story().registered("2024-01-01"), last_order, "o1", 100).tick("2027-01-01")
    assert told.all_of(grading.ExitReviewRequested) == []


def test_without_a_purchase_there_is_no_review(story):
    told = story().registered().cost("2025-03-01", minutes=600)
    assert told.all_of(grading.ExitReviewRequested) == []


# -- K-13


def test_k13_time_spent_on_our_own_fault_is_not_on_the_customers_account(story, facts):
    told = bought(story().registered(), "2025-03-01", "o1", 100)
    told.told(facts.opened("2025-03-02"), "2025-03-02")
    told.cost("2025-03-03", minutes=600, complaint_id="c1")
    assert told.all_of(grading.ValueComputed)[-1].profit_12m == 10_000
    assert told.all_of(grading.ExitReviewRequested) == []
    assert told.state.books.total.excused_minutes == 600


@pytest.mark.parametrize("first", ["cost", "fault"])
def test_k13_a_fault_that_is_found_later_moves_the_time(story, facts, first):
    told = bought(story().registered(), "2025-03-01", "o1", 1_000)
    found = ComplaintFaultFound(case_id=facts.case_id("c1"), complaint_id="c1", fault="company")
    if first == "fault":
        told.told(found, "2025-03-02")
    told.cost("2025-03-03", minutes=600, complaint_id="c1")
    if first == "cost":
        assert told.all_of(grading.ValueComputed)[-1].profit_12m == 50_000
        told.told(found, "2025-03-04")
    assert told.all_of(grading.ValueComputed)[-1].profit_12m == 100_000
    told.told(ComplaintFaultFound(case_id=facts.case_id("c1"), complaint_id="c1", fault="customer"), "2025-03-05")
    assert told.all_of(grading.ValueComputed)[-1].profit_12m == 50_000


# -- churn


def test_t43_silence_beyond_two_and_three_median_gaps_is_told_once_each(story):
    told = story().registered("2025-01-01")
    for number, day in enumerate(("2025-01-01", "2025-01-31", "2025-03-02")):
        bought(told, day, f"o{number}", 10)
    levels = []
    for day in ("2025-05-01", "2025-05-02", "2025-05-31", "2025-06-01", "2026-01-01"):
        told.tick(day)
        levels.append([fact.level for fact in told.all_of(grading.ChurnRiskRaised)])
    risk, churn = ChurnLevel.AT_RISK, ChurnLevel.SUSPECTED_CHURN
    assert levels == [[], [risk], [risk], [risk, churn], [risk, churn]]
    at = [str(at) for at, fact in told.also if isinstance(fact, grading.ChurnRiskRaised)]
    assert at == ["2025-05-02 00:00:00+00:00", "2025-06-01 00:00:00+00:00"]


@pytest.mark.parametrize(
    ("potential", "share"),
    [
        pytest.param({"potential_volume": 40_000, "currency": "USD"}, 62.5, id="of what they could buy"),
        pytest.param({"potential_volume": 10_000, "currency": "USD"}, 250.0, id="more than they said"),
        pytest.param({"potential_volume": 0, "currency": "USD"}, None, id="they could buy nothing"),
        pytest.param({"potential_volume": 40_000, "currency": "XTS"}, None, id="no rate says how much that is"),
        pytest.param({"expected_amount": 40_000, "currency": "USD"}, None, id="nobody has said what they could buy"),
    ],
)
def test_gr27_the_share_of_what_they_could_buy_that_they_buy_from_us(story, potential, share):
    told = bought(story().registered("2024-01-01"), "2024-01-01", "old", 900)
    bought(told, "2025-03-01", "o1", 300).order("refunded", "2025-03-02", amount=30_000, refunded_amount=5_000)
    told.need("2025-03-03", demand="latent", **potential)
    assert share_of_potential(told.state, date(2025, 3, 3), told.policy) == share


def test_gr23_two_orders_are_no_rhythm(story):
    told = bought(bought(story().registered("2025-01-01"), "2025-01-01", "o1", 10), "2025-01-02", "o2", 10)
    assert told.tick("2026-01-01").all_of(grading.ChurnRiskRaised) == []


def test_a_level_is_told_at_most_once_in_four_weeks(story):
    told = story().registered("2025-01-01")
    for number, day in enumerate(("2025-01-01", "2025-01-03", "2025-01-05")):
        bought(told, day, f"o{number}", 10)
    bought(told.tick("2025-01-11"), "2025-01-11", "o9", 10)  # at risk on the 10th, back the day after
    told.tick("2025-02-20")
    said = [
        (fact.level.value, at.date().isoformat()) for at, fact in told.also if isinstance(fact, grading.ChurnRiskRaised)
    ]
    assert said == [("at_risk", "2025-01-10"), ("suspected_churn", "2025-01-18")]


def test_who_has_left_is_not_warned_of_until_they_are_back(story):
    told = story().registered("2025-01-01")
    for number, day in enumerate(("2025-01-01", "2025-01-03", "2025-01-05")):
        bought(told, day, f"o{number}", 10)
    told.told(CustomerChurned(kind="abnormal", reason="price"), "2025-01-06").tick("2025-03-01")
    assert told.all_of(grading.ChurnRiskRaised) == []
    told.told(CustomerWonBack(on="2025-03-01"), "2025-03-01")
    assert [fact.level for fact in told.all_of(grading.ChurnRiskRaised)] == [ChurnLevel.SUSPECTED_CHURN]


def test_t78_who_needs_nothing_more_is_e_until_they_state_a_need(story):
    told = story().registered().need(expected_close_on="2025-03-31")
    told.told(CustomerChurned(kind="normal", reason="no_longer_needed"), "2025-03-10")
    assert told.last.grade == "E"
    assert told.need("2025-03-11", version=2, expected_close_on="2025-03-31").last.grade == "A"


def test_the_models_level_alerts_where_the_policy_says_so(story):
    told = story({"churn.method": "model"}).registered("2025-01-01")
    for number, day in enumerate(("2025-01-01", "2025-01-03", "2025-01-05")):
        bought(told, day, f"o{number}", 10)
    last = date(2025, 1, 5)
    for day, level in (("2025-02-01", "watch"), ("2025-03-01", "warn"), ("2025-03-15", "warn"), ("2025-05-01", "lost")):
        told.settled(day, CUTS, model_level=level, p_buy=0.1, last_order_on=last)
    said = told.all_of(grading.ChurnRiskRaised)
    assert [(fact.level.value, fact.p_buy) for fact in said] == [("at_risk", 0.1), ("suspected_churn", 0.1)]


def test_what_the_model_said_before_an_order_counts_no_more(story):
    told = bought(story({"churn.method": "model"}).registered("2025-01-01"), "2025-03-05", "o1", 10)
    told.settled("2025-03-06", CUTS, model_level="lost", p_buy=0.01, last_order_on=date(2025, 1, 1))
    assert told.state.outlook is None


# -- segments, uplift, flags


def test_gr26_a_customer_of_a_year_is_long_standing_by_time_alone(story):
    told = story().registered("2025-03-01").tick("2026-02-28")
    assert told.all_of(grading.TierAssigned) == []
    told.tick("2026-03-01")
    [said] = told.all_of(grading.TierAssigned)
    assert (said.tier, said.previous, said.segments) == (Tier.REGULAR, Tier.REGULAR, (Segment.LONG_STANDING,))


@pytest.mark.parametrize(
    ("minutes", "premium"),
    [pytest.param(0, True, id="no service"), pytest.param(72, True, id="a fifth"), pytest.param(84, False, id="more")],
)
def test_gr21_a_good_customer_brings_much_and_takes_little(story, minutes, premium):
    told = bought(story().registered(), "2025-03-01", "o1", 300)
    told.cost("2025-03-02", minutes=minutes).settled("2025-03-03", CUTS)
    assert (Segment.PREMIUM in told.state.standing.segments) is premium


@pytest.mark.parametrize(
    ("profit", "uplift"),
    [
        pytest.param(50, ("regular", "key"), id="just below key"),
        pytest.param(49, None, id="regular, out of reach of key"),
        pytest.param(25, ("small", "regular"), id="just below regular"),
        pytest.param(24, None, id="small, out of reach"),
        pytest.param(400, None, id="key already"),
    ],
)
def test_gr15_who_is_within_the_band_below_a_cut_can_be_lifted(story, profit, uplift):
    told = bought(story().registered(), "2025-03-01", "o1", profit).settled("2025-03-02", CUTS)
    told.settled("2025-03-03", CUTS)
    assert [(s.from_, s.to) for s in told.all_of(grading.UpliftSuggested)] == ([uplift] if uplift else [])


def test_an_order_without_goods_cost_is_flagged_until_it_is_undone(story):
    told = bought(story().registered(), "2025-03-01", "o1", 100)
    assert told.last.flags == (GradeFlag.COST_UNKNOWN,)
    assert bought(story().registered(), "2025-03-01", "o1", 100, goods_cost=0).last.flags == ()
    told.order("cancelled", "2025-03-02", amount=10_000, currency="USD")
    assert told.last.flags == ()


# -- hysteresis


def test_with_hysteresis_a_tier_is_gained_at_once_and_lost_late(story):
    told = bought(story({"tier.hysteresis": "on"}).registered(), "2025-03-01", "o1", 290)
    told.settled("2025-03-02", TierCuts(date(2025, 3, 2), 10, 29_000, 3_000, 5_000, 2_500))
    assert told.state.standing.tier is Tier.KEY
    told.settled("2025-03-03", CUTS)
    assert told.state.standing.tier is Tier.KEY
    told.settled("2025-03-30", CUTS)
    assert told.state.standing.tier is Tier.KEY
    told.settled("2025-03-31", CUTS)
    assert told.state.standing.tier is Tier.REGULAR


def test_with_hysteresis_where_even_the_best_cost_more_than_they_bring(story):
    told = bought(story({"tier.hysteresis": "on"}).registered(), "2025-03-01", "o1", 0)
    told.cost("2025-03-01", amount=10_000, currency="USD")
    for day, cut, tier in (
        ("2025-03-02", -10_000, Tier.KEY),
        ("2025-03-03", -9_500, Tier.KEY),
        ("2025-03-04", -9_000, Tier.SMALL),
    ):
        told.settled(day, TierCuts(date.fromisoformat(day), 10, cut, cut, cut, cut))
        assert told.state.standing.tier is tier, day


def test_with_hysteresis_far_below_the_cut_a_tier_is_lost_at_once(story):
    told = bought(story({"tier.hysteresis": "on"}).registered(), "2025-03-01", "o1", 260)
    told.settled("2025-03-02", TierCuts(date(2025, 3, 2), 10, 26_000, 3_000, 5_000, 2_500))
    told.settled("2025-03-03", CUTS)
    assert told.state.standing.tier is Tier.REGULAR
