"""What another policy makes of a customer, nothing having happened."""

from __future__ import annotations

from services.grading.domain.rules import RULES
from shared.contracts.policy import default_policy, overlay
from shared.engine.decision import Cause


def under(story, values):
    """The story's customer decided again under these values."""
    story.policy = overlay(default_policy(), {"values": values})
    return RULES.redecide(story.state, story._context(story.now, Cause("activation", "policy.activated")))


def test_wider_windows_move_the_letter_and_say_so(story):
    told = story().registered().need(expected_close_on="2025-05-01")
    assert told.letters[-1] == "B"

    decision = under(told, {"grading.window_days": [70, 90, 180]})

    assert [fact.data.grade for fact in decision.facts] == ["A"]
    assert decision.facts[0].data.previous == "B"
    assert decision.state.assigned.cause_id == "activation"


def test_the_same_letter_is_not_said_but_what_comes_next_is_another_day(story):
    told = story().registered().need(expected_close_on="2025-05-01")

    decision = under(told, {"grading.window_days": [20, 90, 180]})

    assert (decision.facts, decision.rows) == ((), ())
    assert decision.state is told.state
    assert (told.next.grade, told.next.on.isoformat()) == ("A", "2025-04-11")


def test_who_is_not_registered_stays_ungraded(story):
    told = story().need()

    decision = under(told, {"grading.window_days": [20, 90, 180]})

    assert (decision.facts, decision.rows, decision.state) == ((), (), told.state)
