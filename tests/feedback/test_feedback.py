"""Feedback is kept, tagged, planned, and flagged where nobody does either."""

from __future__ import annotations

from datetime import date

import pytest

from services.feedback.domain.commands import PlanFeedback, TagFeedback
from services.feedback.domain.feedback_entry import FeedbackEntry
from services.feedback.domain.improvement_seed import Seed
from services.feedback.domain.signals import Signal
from shared.contracts.feedback import FeedbackFlagged
from shared.contracts.profile import FeedbackReceived
from shared.engine.decision import Refused, Superseded

PLAN = {"action": "more people on Mondays", "owner": "ann", "due_on": date(2025, 3, 20)}


def submit(desk, id="f1", kind="evaluation", **more):
    return desk.tell(FeedbackReceived(feedback_id=id, kind=kind, source="direct", **more))


def flags(desk):
    return [(fact.feedback_id, fact.flag) for fact in desk.said(FeedbackFlagged)]


def entry(desk, id="f1") -> FeedbackEntry:
    return desk.saved[id]


def counted(desk) -> Signal:
    ((found),) = [row for row in desk.saved.values() if isinstance(row, Signal)]
    return found


@pytest.mark.parametrize(
    ("element", "expected"),
    [
        pytest.param("service_quality", [], id="of the policy's list"),
        pytest.param(None, [("f1", "untagged")], id="T92 none"),
        pytest.param("horoscope", [("f1", "untagged")], id="one that nobody knows"),
    ],
)
def test_t92_what_names_no_element_is_flagged_and_counts_in_none(desk, element, expected):
    submit(desk, element=element, score=4)
    assert flags(desk) == expected
    assert (entry(desk).untagged, counted(desk).element) == (bool(expected), element if not expected else None)


def test_tagged_it_counts(desk):
    submit(desk, score=2)
    assert isinstance(desk.tell(TagFeedback(feedback_id="f1", element="horoscope")), Refused)
    desk.tell(TagFeedback(feedback_id="f1", element="service_quality", touchpoint="hotline"))
    assert (entry(desk).untagged, counted(desk).element, counted(desk).touchpoint) == (
        False,
        "service_quality",
        "hotline",
    )


@pytest.mark.parametrize("kind", ["evaluation", "suggestion"])
def test_fb09_feedback_without_a_plan_is_flagged_the_day_after_it_was_due(desk, kind):
    submit(desk, kind=kind, element="service_quality")
    desk.to("2025-03-18", "00:00")
    assert flags(desk) == []
    desk.to("2025-03-19")
    assert flags(desk) == [("f1", "no_plan")]
    assert entry(desk).no_plan
    desk.to("2025-04-19")
    assert len(flags(desk)) == 1
    desk.tell(PlanFeedback(feedback_id="f1", **PLAN))
    assert (entry(desk).no_plan, entry(desk).plan.owner) == (False, "ann")


def test_a_plan_in_time_is_enough(desk):
    submit(desk, element="service_quality")
    desk.tell(PlanFeedback(feedback_id="f1", **PLAN))
    desk.to("2025-05-01")
    assert flags(desk) == []


def test_a_complaint_has_its_case_instead_of_a_plan(desk):
    submit(desk, kind="complaint", element="service_quality")
    desk.to("2025-05-01")
    assert flags(desk) == []


def test_t91_a_suggestion_begins_an_improvement_and_an_evaluation_none(desk):
    submit(desk, "f1", element="service_quality")
    submit(desk, "f2", "suggestion", element="service_quality")
    ((seed),) = [row for row in desk.saved.values() if isinstance(row, Seed)]
    assert (seed.source, seed.origin, seed.element, seed.item_id) == (
        "suggestion",
        "f2",
        "service_quality",
        entry(desk, "f2").item_id,
    )
    assert entry(desk, "f1").item_id is None


def test_feedback_that_comes_again_is_superseded(desk):
    submit(desk)
    assert isinstance(submit(desk), Superseded)
    assert len(flags(desk)) == 1


def test_what_arrives_after_its_plan_was_due_is_flagged_at_once(desk):
    received = FeedbackReceived(feedback_id="f1", kind="evaluation", source="forum", element="service_quality")
    desk.tell(received, when=desk.now.replace(day=1))
    assert flags(desk) == [("f1", "no_plan")]


def test_nobody_tags_what_is_not_there(desk):
    for command in (TagFeedback(feedback_id="f9", element="service_quality"), PlanFeedback(feedback_id="f9", **PLAN)):
        decision = desk.tell(command)
        assert isinstance(decision, Refused)
        assert decision.status == 404
