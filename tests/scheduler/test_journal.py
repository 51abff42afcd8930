"""The follow-up journal: cadence, switching, due and overdue (SC-01 to SC-08)."""

from __future__ import annotations

from datetime import date

import pytest

from services.scheduler.domain.schedule import announce
from services.scheduler.domain.state import CustomerState
from shared.engine.decision import Cause
from tests.scheduler.desk import day


@pytest.mark.parametrize(
    ("grade", "journal", "due_on"),
    [
        pytest.param("A", "daily", "2025-03-02", id="T01 A is due the next day"),
        pytest.param("B", "weekly", "2025-03-08", id="T02 B within a week"),
        pytest.param("C", "half_monthly", "2025-03-16", id="T04 C within 15 days"),
        pytest.param("D", "monthly", "2025-03-31", id="T06 T07 D within 30 days"),
        pytest.param("E", "yearly", "2026-03-01", id="T08 E within a year"),
    ],
)
def test_the_grade_names_the_journal(desk, grade, journal, due_on):
    desk.registered("2025-03-01")
    desk.graded(grade, "2025-03-01")
    assert (desk.open.journal, desk.due, desk.open.because) == (journal, due_on, ("grade",))
    assert [(f.followup_id, f.due_on) for f in desk.said("followup.scheduled")] == [
        (desk.open.followup_id, desk.open.due_on)
    ]


def test_a_grade_that_arrives_before_the_registration_schedules_with_it(desk):
    desk.graded("B", "2025-03-01")
    assert desk.state.open is None
    desk.registered("2025-03-01")
    assert desk.due == "2025-03-08"


def test_t12_a_new_grade_after_a_followup_switches_the_journal_at_once(desk):
    desk.registered("2025-03-01")
    desk.graded("C", "2025-03-01")
    desk.tick("2025-03-16")
    desk.complete("2025-03-16")
    assert desk.due == "2025-03-31"
    desk.graded("B", "2025-03-16")
    assert (desk.open.journal, desk.due) == ("weekly", "2025-03-23")
    assert [f.because for f in desk.said("followup.superseded")] == ["grade"]


def test_t13_time_alone_pulls_the_due_date_in(desk):
    desk.registered("2025-03-01")
    desk.graded("C", "2025-03-01")
    desk.graded("B", "2025-03-03", time_alone=True)
    assert desk.due == "2025-03-08"


def test_t13_time_alone_never_puts_a_due_date_off(desk):
    desk.registered("2025-03-01")
    desk.graded("C", "2025-03-01")
    desk.tick("2025-03-19")
    desk.graded("B", "2025-03-20", time_alone=True)
    assert (desk.open.journal, desk.due) == ("weekly", "2025-03-16")
    desk.tick("2025-03-21")
    assert [f.days for f in desk.said("followup.overdue")] == [1, 4], "the one that took its place is overdue, too"


@pytest.mark.parametrize("cause", [{}, {"time_alone": True, "hour": 9}], ids=["an event", "a wake-up within the day"])
def test_a_new_grade_for_another_reason_counts_from_today(desk, cause):
    desk.registered("2025-03-01")
    desk.graded("C", "2025-03-01")
    desk.tick("2025-03-19")
    desk.graded("B", "2025-03-20", **cause)
    assert desk.due == "2025-03-20"


def test_t16_the_same_grade_again_says_nothing(desk):
    desk.registered("2025-03-01")
    desk.graded("C", "2025-03-01")
    desk.complete("2025-03-16")
    before = len(desk.facts)
    desk.graded("C", "2025-03-16")
    assert (desk.due, len(desk.facts)) == ("2025-03-31", before)


def test_t17_a_change_of_the_file_reschedules_nothing(desk):
    desk.registered("2025-03-01")
    desk.graded("C", "2025-03-01")
    before = desk.state.open
    desk.updated("2025-03-05", "handles")
    assert (desk.state.open, len(desk.said("followup.scheduled"))) == (before, 1)


def test_t18_due_on_the_day_overdue_once_the_day_after(desk):
    desk.registered("2025-03-01")
    desk.graded("B", "2025-03-01")
    desk.tick("2025-03-08")
    assert (len(desk.said("followup.due")), len(desk.said("followup.overdue"))) == (1, 0)
    desk.tick("2025-03-09")
    assert [f.days for f in desk.said("followup.overdue")] == [1]
    desk.tick("2025-03-10")
    assert (len(desk.said("followup.due")), len(desk.said("followup.overdue"))) == (1, 1)


def test_what_is_made_on_its_day_is_due_at_once(desk):
    desk.registered("2025-03-01")
    desk.graded("C", "2025-03-01")
    desk.graded("B", "2025-03-10")
    assert (desk.due, desk.open.status) == ("2025-03-10", "due")
    assert desk.at("followup.due") == ["2025-03-10T00:00:00.000001+00:00"]
    desk.tick("2025-03-11")
    assert (len(desk.said("followup.due")), desk.at("followup.overdue")) == (1, ["2025-03-11T00:00:00+00:00"])


def test_at_midnight_itself_the_wake_up_says_what_is_due(desk):
    desk.registered("2025-03-01")
    desk.graded("C", "2025-03-01")
    desk.graded("B", "2025-03-08", time_alone=True)
    assert (desk.due, desk.open.status) == ("2025-03-08", "scheduled")
    desk.tick("2025-03-08")
    assert (desk.open.status, desk.at("followup.due")) == ("due", ["2025-03-08T00:00:00+00:00"])


@pytest.mark.parametrize(
    ("on", "said"),
    [("2025-03-15", []), ("2025-03-16", ["followup.due"]), ("2025-03-18", ["followup.overdue"])],
    ids=["before its day", "on its day", "after it"],
)
def test_a_merge_says_how_the_followup_that_it_brings_stands(desk, on, said):
    desk.registered("2025-03-01")
    desk.graded("C", "2025-03-01")
    desk.tick(on)
    facts = announce(CustomerState(), desk.state, desk.context(day(on), Cause("merge", "test")))
    assert [fact.data.TYPE for fact in facts] == [
        f"holdfast.scheduler.{name}.v1" for name in ("followup.scheduled", *said)
    ]


def test_t20_missed_periods_do_not_pile_up(desk):
    desk.registered("2025-03-01")
    desk.graded("A", "2025-03-01")
    for on in range(2, 8):
        desk.tick(f"2025-03-{on:02}")
    assert (len(desk.tables[type(desk.open)]), len(desk.said("followup.overdue"))) == (1, 1)


def test_t141_a_jump_gives_each_day_its_own_instant(desk):
    desk.registered("2025-03-01")
    desk.graded("C", "2025-03-01")
    desk.tick("2025-03-20")
    assert desk.at("followup.due") == ["2025-03-16T00:00:00+00:00"]
    assert desk.at("followup.overdue") == ["2025-03-17T00:00:00+00:00"]


def test_due_days_begin_where_the_customer_lives(desk):
    desk.registered("2025-03-01", time_zone="Asia/Shanghai")
    desk.graded("B", "2025-03-01")
    desk.tick("2025-03-20")
    assert desk.at("followup.due") == ["2025-03-07T16:00:00+00:00"]


def test_t23_a_due_date_on_a_free_day_moves_earlier(new_desk):
    desk = new_desk(**{"calendar.working_days": ["mon", "tue", "wed", "thu", "fri"]})
    desk.registered("2025-02-20")
    desk.graded("C", "2025-02-20")
    desk.complete("2025-03-07")
    assert (desk.due, desk.open.because) == ("2025-03-21", ("grade", "calendar"))


def test_t25_a_second_fact_of_the_same_grade_makes_one_row(desk):
    desk.registered("2025-03-01")
    desk.graded("B", "2025-03-01")
    desk.graded("B", "2025-03-01")
    assert (len(desk.said("followup.scheduled")), len(desk.tables[type(desk.open)])) == (1, 1)


def test_a_journal_that_comes_back_is_another_followup(desk):
    desk.registered("2025-03-01")
    for grade in "CBCBC":
        desk.graded(grade, "2025-03-01")
    scheduled = [f.followup_id for f in desk.said("followup.scheduled")]
    assert len(set(scheduled)) == 5
    assert len(desk.journal("superseded")) == 4


def test_the_tier_sets_a_floor_under_the_contact(desk):
    desk.registered("2025-03-01")
    desk.graded("E", "2025-03-01")
    desk.tiered("key", "2025-03-01")
    assert (desk.due, desk.open.because) == ("2025-03-31", ("tier_floor",))
    desk.spoke("2025-03-10")
    assert desk.due == "2025-04-09"
    desk.spoke("2025-03-05", arrived="2025-03-11")
    assert desk.due == "2025-04-09", "an older contact changes nothing"
    desk.spoke("2025-03-12", channel="email")
    assert desk.due == "2025-04-09", "a mail is no real contact"
    desk.spoke("2025-03-13", channel="email", human=True)
    assert desk.due == "2025-04-12"


def test_every_history_row_names_its_cause(desk):
    desk.registered("2025-03-01")
    desk.graded("C", "2025-03-01")
    desk.graded("B", "2025-03-01")
    desk.complete("2025-03-05")
    (superseded,), (completed,) = desk.journal("superseded"), desk.journal("completed")
    assert superseded.cause_type == "holdfast.grading.grade.assigned.v1"
    assert superseded.superseded_by == completed.followup_id
    assert completed.cause_type == "holdfast.scheduler.command.complete_followup.v1"


def test_a_registration_that_moves_moves_the_anchor(desk):
    desk.registered("2025-03-01")
    desk.graded("B", "2025-03-01")
    desk.updated("2025-03-02", registered_on=date(2025, 2, 26))
    assert desk.due == "2025-03-05"
    assert [f.because for f in desk.said("followup.superseded")] == ["registration"]


@pytest.mark.parametrize("order", [("contact", "grade"), ("grade", "contact")], ids=" then ".join)
def test_what_services_say_in_one_instant_ends_in_one_schedule(desk, order):
    desk.registered("2025-03-01")
    desk.tiered("key", "2025-03-01")
    desk.graded("E", "2025-03-01")
    desk.tick("2025-04-05")
    for said in order:
        _ = desk.spoke("2025-04-05") if said == "contact" else desk.graded("D", "2025-04-05")
    assert (desk.open.journal, desk.due) == ("monthly", "2025-03-31")
