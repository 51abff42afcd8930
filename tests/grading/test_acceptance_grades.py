"""The acceptance cases that grading answers for (the due dates in them are the scheduler's)."""

from __future__ import annotations

from uuid import uuid4

import pytest

from shared.contracts.values import DealStatus, Demand, Grade, GradeFlag, Importance, Urgency

MISSING, OVERDUE = GradeFlag.EXPECTED_CLOSE_MISSING, GradeFlag.FORECAST_OVERDUE


@pytest.mark.parametrize(
    ("need", "grade", "flags"),
    [
        pytest.param({"expected_close_on": "2025-03-31"}, "A", (), id="T01 explicit need closing in 30 days is A"),
        pytest.param({"expected_close_on": "2025-04-01"}, "B", (), id="T02 31 days is B"),
        pytest.param({"expected_close_on": "2025-05-30"}, "B", (), id="T03 90 days is B"),
        pytest.param({"expected_close_on": "2025-05-31"}, "C", (), id="T04 91 days is C"),
        pytest.param({"expected_close_on": "2025-08-28"}, "C", (), id="180 days is C: upper bounds are inclusive"),
        pytest.param({"expected_close_on": "2025-08-29"}, "D", (), id="T06 181 days is D"),
        pytest.param(
            {"demand": "latent", "expected_close_on": "2025-03-10"}, "D", (), id="T07 a latent need is D, however near"
        ),
        pytest.param({"demand": "none"}, "E", (), id="T08 no need is E"),
        pytest.param(
            {"expected_close_on": "2025-03-10", "deal_possible": False}, "E", (), id="GR-10 no chance of a deal is E"
        ),
        pytest.param({}, "D", (MISSING,), id="T10 explicit need without an expected close is D, flagged"),
        pytest.param(
            {"expected_close_on": "2025-02-20"}, "A", (OVERDUE,), id="T11 a close that has passed is A, flagged"
        ),
        pytest.param({"expected_close_on": "2025-03-01"}, "A", (), id="a close today has not passed"),
    ],
)
def test_the_letter_follows_from_need_and_expected_close(story, need, grade, flags):
    told = story().registered().need(**need)
    assert (told.last.grade, told.last.flags) == (grade, flags)
    assert told.last.reasons[0].rule


def test_t12_a_followup_with_a_nearer_close_raises_the_grade_and_is_its_cause(story):
    told = story().registered().need(expected_close_on="2025-07-01")
    told.followup("2025-03-16", id="f1", expected_close_on="2025-05-15")
    assert (told.last.grade, told.last.previous, told.last.changed) == ("B", "C", True)
    assert told.history[-1].cause_id == "f1"
    assert told.history[-1].cause_type == "holdfast.scheduler.followup.completed.v1"


def test_t13_time_alone_moves_a_close_into_a_nearer_window(story):
    told = story().registered().need(expected_close_on="2025-06-01")
    assert told.tick("2025-03-02").last.grade is Grade.C
    assert (told.next.grade, str(told.next.on)) == (Grade.B, "2025-03-03")
    told.tick("2025-03-03")
    assert (told.last.grade, told.last.previous, str(told.last.as_of)) == ("B", "C", "2025-03-03")
    assert told.history[-1].cause_type == "time.passed"


def test_t16_a_followup_that_changes_nothing_is_said_once_all_the_same(story):
    told = story().registered().need(expected_close_on="2025-07-01")
    before = len(told.said)
    told.followup("2025-03-16", expected_close_on="2025-07-01")
    assert len(told.said) == before + 1
    assert (told.last.grade, told.last.previous, told.last.changed) == ("C", "C", False)


def test_t17_another_phone_number_says_nothing(story, facts):
    from shared.contracts.profile import CustomerUpdated

    told = story().registered().need(expected_close_on="2025-07-01")
    before = list(told.said)
    told.told(CustomerUpdated(fields=("handles",)), "2025-03-02")
    assert told.said == before


def test_t25_the_same_need_under_another_id_makes_no_second_grade(story):
    told = story().registered().need(expected_close_on="2025-03-31", id="n1")
    before = len(told.history)
    told.need(expected_close_on="2025-03-31", id="n0")
    assert len(told.history) == before


@pytest.mark.parametrize("order", [(3, 2), (2, 3)], ids=["v3 then v2", "v2 then v3"])
def test_t26_the_newest_need_counts_in_whatever_order_needs_arrive(story, facts, order):
    needs = {
        3: facts.need("2025-03-03", version=3, expected_close_on="2025-03-31"),
        2: facts.need("2025-03-02", version=2, demand="none"),
    }
    told = story().registered()
    for version in order:
        told.told(needs[version], "2025-03-04")
    assert told.last.grade is Grade.A
    assert len(told.history) == (2 if order == (3, 2) else 3)


def test_t28_a_delivered_order_is_won_and_its_customer_latent_not_dead(story):
    told = story().registered().order("delivered", "2025-03-05")
    told.need("2025-03-05", demand="latent", source="inferred")
    assert (told.last.deal_status, told.last.demand, told.last.grade) == (DealStatus.WON, Demand.LATENT, Grade.D)


def test_t29_calendar_months_make_the_first_of_april_one_month_from_the_first_of_march(story):
    told = story({"grading.month_mode": "calendar"}).registered().need(expected_close_on="2025-04-01")
    assert told.last.grade is Grade.A


@pytest.mark.parametrize(
    ("handle_by", "urgency"),
    [
        ("2025-02-01", Urgency.URGENT),
        ("2025-03-08", Urgency.URGENT),
        ("2025-03-09", Urgency.MODERATE),
        ("2025-03-31", Urgency.MODERATE),
        ("2025-04-01", Urgency.NOT_URGENT),
        ("2025-05-30", Urgency.NOT_URGENT),
        ("2025-05-31", Urgency.LONG_HORIZON),
    ],
)
def test_t30_urgency_goes_by_the_handle_by_date(story, handle_by, urgency):
    told = story().registered().need(handle_by_on=handle_by, expected_close_on="2025-12-31")
    assert told.last.urgency is urgency


def test_t30_without_a_handle_by_date_the_expected_close_counts_and_without_both_it_is_long_horizon(story):
    told = story().registered().need(expected_close_on="2025-03-09")
    assert told.last.urgency is Urgency.MODERATE
    assert story().registered().need().last.urgency is Urgency.LONG_HORIZON


@pytest.mark.parametrize(
    ("amount", "volume", "importance"),
    [
        pytest.param(80_000, 150_000, Importance.IMPORTANT, id="potential volume above the threshold"),
        pytest.param(80_000, 90_000, Importance.STANDARD, id="both below"),
        pytest.param(100_000, None, Importance.IMPORTANT, id="the threshold itself"),
        pytest.param(None, None, Importance.STANDARD, id="nothing known"),
    ],
)
def test_t31_importance_goes_by_the_larger_amount(story, amount, volume, importance):
    amounts = {"expected_amount": amount, "potential_volume": volume}
    minor = {name: major * 100 for name, major in amounts.items() if major is not None}
    assert story().registered().need(currency="USD", **minor).last.importance is importance


@pytest.mark.parametrize("demand", list(Demand))
def test_t33_the_axes_are_stored_apart(story, demand):
    told = story().registered().need(demand=demand, expected_close_on="2025-12-31")
    row = told.history[-1]
    assert (row.demand, row.deal_status, row.urgency) == (demand, DealStatus.PROSPECT, Urgency.LONG_HORIZON)
    assert "potential" not in {row.demand, row.deal_status, row.urgency, row.importance}


def test_t61_an_open_complaint_is_urgent_and_leaves_the_grade(story, facts):
    told = story().registered().told(facts.opened("2025-03-10"), "2025-03-10")
    assert (told.last.grade, told.last.urgency, told.last.changed) == (Grade.D, Urgency.URGENT, False)


def test_t116_a_distributor_is_graded_as_any_consumer(story):
    told = story().registered(kind="distributor", party="organisation").need(expected_close_on="2025-03-31")
    assert told.last.grade is Grade.A


def test_t136_an_order_spends_the_need_before_it_and_a_need_of_the_same_day_stands(story):
    told = story().registered().need(expected_close_on="2025-03-21")
    told.order("placed", "2025-03-05", amount=100, currency="USD")
    told.need("2025-03-05", demand="latent", source="inferred", version=2)
    assert (told.last.grade, told.last.deal_status) == (Grade.D, DealStatus.WON)
    told.need("2025-03-05", expected_close_on="2025-03-21", version=3)
    assert told.last.grade is Grade.A


def test_a_followup_completed_twice_is_said_once(story):
    id = uuid4()
    told = story().registered().followup("2025-03-16", followup_id=id).followup("2025-03-17", followup_id=id)
    assert len(told.said) == 2
