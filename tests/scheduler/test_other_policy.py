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
