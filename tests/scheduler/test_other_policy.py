"""What another policy makes of an open follow-up, nothing having happened."""

from __future__ import annotations

from services.scheduler.domain.rules import RULES
from shared.contracts.policy import default_policy, overlay
from shared.engine.decision import Cause
from tests.scheduler.desk import day


def under(desk, on, values):
    """The desk's customer decided again on a day under these values."""
    desk.policy = overlay(default_policy(), {"values": values})
    return RULES.redecide(desk.state, desk.context(day(on), Cause("activation", "policy.activated")))


def test_another_cadence_schedules_again_from_the_same_anchor(desk):
    desk.registered("2025-03-01")
    desk.graded("C", "2025-03-01")
    assert desk.due == "2025-03-16"

    decision = under(desk, "2025-03-04", {"cadence.days": {"C": 10}})

    assert decision.state.open.due_on.isoformat() == "2025-03-11"
    superseded, scheduled = (fact.data for fact in decision.facts)
    assert (superseded.because, scheduled.due_on.isoformat()) == ("policy", "2025-03-11")


def test_what_another_cadence_makes_late_is_due_today(desk):
    desk.registered("2025-03-01")
    desk.graded("C", "2025-03-01")

    decision = under(desk, "2025-03-14", {"cadence.days": {"C": 10}})

    assert decision.state.open.due_on.isoformat() == "2025-03-14"


def test_a_policy_that_moves_nothing_says_nothing(desk):
    desk.registered("2025-03-01")
    desk.graded("C", "2025-03-01")

    decision = under(desk, "2025-03-04", {"cadence.days": {"A": 2}})

    assert (decision.facts, decision.state.open) == ((), desk.state.open)


WEEKDAYS = {"calendar.working_days": ["mon", "tue", "wed", "thu", "fri"]}


def test_a_calendar_moves_what_is_still_to_come(desk):
    desk.registered("2025-03-01")
    desk.graded("C", "2025-03-01")

    decision = under(desk, "2025-03-04", WEEKDAYS)

    moved = decision.state.open
    assert (moved.due_on.isoformat(), moved.because) == ("2025-03-14", ("grade", "calendar"))


def test_a_calendar_leaves_what_has_fallen_due(desk):
    desk.registered("2025-03-01")
    desk.graded("C", "2025-03-01")
    desk.tick("2025-03-16")

    assert under(desk, "2025-03-16", WEEKDAYS).state.open.due_on.isoformat() == "2025-03-16"


def test_what_the_calendar_moved_goes_on_saying_so(desk):
    desk.policy = overlay(default_policy(), {"values": WEEKDAYS})
    desk.registered("2025-03-01")
    desk.graded("C", "2025-03-01")
    assert desk.open.because == ("grade", "calendar")

    desk.updated("2025-03-14", owner="ann")
    desk.updated("2025-03-15", owner="bob")
    desk.graded("C", "2025-03-15", "urgent")

    assert (desk.due, desk.open.because) == ("2025-03-14", ("grade", "calendar"))
