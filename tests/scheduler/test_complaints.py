"""A complaint pulls the follow-up in and makes tasks (CP-03, CP-12, CP-14)."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from shared.contracts.scheduler import RefreshedNeed
from shared.engine.decision import Refused

NEED = RefreshedNeed(demand="latent", stated_at=datetime(2025, 3, 11, tzinfo=UTC))


@pytest.fixture
def graded(desk):
    """A D customer, due on 2025-03-31."""
    desk.registered("2025-03-01", owner="ann")
    desk.graded("D", "2025-03-01")
    return desk


def test_t61_an_open_complaint_pulls_the_followup_in(graded):
    graded.complained("2025-03-10")
    assert (graded.due, graded.open.because, graded.open.grade) == ("2025-03-17", ("complaint",), "D")
    assert [f.because for f in graded.said("followup.superseded")] == ["complaint"]


def test_the_pull_counts_from_the_last_followup_while_the_complaint_is_open(graded):
    graded.complained("2025-03-10")
    graded.complete("2025-03-12")
    assert graded.due == "2025-03-19"


@pytest.mark.parametrize("end", ["resolved", "withdrew"])
def test_the_pull_ends_with_the_complaint(graded, end):
    graded.complained("2025-03-10")
    getattr(graded, end)("2025-03-11")
    assert graded.due == "2025-03-31"


def test_a_complaint_opened_again_pulls_from_the_day_it_was_opened(graded):
    graded.complained("2025-03-10")
    graded.resolved("2025-03-11")
    graded.reopened("2025-03-12")
    assert graded.due == "2025-03-17"


def test_folded_again_a_case_that_is_over_was_open_once(graded):
    graded.complained("2025-03-10")
    graded.resolved("2025-03-11")
    assert [task.kind for task in graded.state.tasks] == ["acknowledge"]
    assert graded.folded_again() == graded.state


def test_a_case_said_twice_changes_nothing(graded):
    graded.complained("2025-03-10")
    before = graded.state, len(graded.facts)
    graded.complained("2025-03-10")
    assert (graded.state, len(graded.facts)) == before


@pytest.mark.parametrize(
    ("fault", "kinds"),
    [
        pytest.param("company", ["acknowledge"], id="T124 company"),
        pytest.param("unknown", ["acknowledge"], id="T124 unknown: find the cause first"),
        pytest.param("customer", ["acknowledge", "assist"], id="T56 customer"),
        pytest.param("third_party", ["acknowledge", "assist"], id="T57 third party"),
    ],
)
def test_a_complaint_is_acknowledged_and_assisted_when_the_fault_is_anothers(graded, fault, kinds):
    graded.complained("2025-03-10", fault)
    assert [(t.kind, t.due_on.isoformat()) for t in graded.tasks()] == [(kind, "2025-03-10") for kind in kinds]
    assert [(t.kind, t.owner) for t in graded.said("task.created")] == [(kind, "ann") for kind in kinds]


def test_cp12_assistance_begins_when_the_fault_is_found_to_be_anothers_and_ends_when_it_is_ours(graded):
    graded.complained("2025-03-10", "unknown")
    graded.found_fault("2025-03-12", "customer")
    assert [(t.status, t.due_on.isoformat()) for t in graded.tasks("assist")] == [("open", "2025-03-12")]
    graded.found_fault("2025-03-13", "company")
    assert [(t.status, t.reason) for t in graded.tasks("assist")] == [("cancelled", "fault_found")]


def test_t124_an_acknowledgement_is_completed_by_hand(graded):
    graded.complained("2025-03-10")
    (task,) = graded.tasks("acknowledge")
    graded.complete_task(task, "2025-03-10", channel="phone", agent="ann")
    (said,) = graded.said("task.completed")
    assert (said.task_id, said.kind, said.outcome, said.channel) == (task.task_id, "acknowledge", "advanced", "phone")
    assert graded.state.contact_on.isoformat() == "2025-03-10"
    refused = graded.complete_task(task, "2025-03-10")
    assert isinstance(refused, Refused)
    assert (refused.rule, refused.status) == ("task_closed", 409)


def test_a_task_completed_with_a_need_completes_the_followup(graded):
    graded.complained("2025-03-10")
    graded.complete_task(graded.tasks("acknowledge")[0], "2025-03-10", channel="email", need={"demand": "latent"})
    (said,) = graded.said("followup.completed")
    assert (said.mode, said.channel, graded.due) == ("contact", "email", "2025-03-17")


def test_a_task_on_an_unknown_channel_is_refused(graded):
    graded.complained("2025-03-10")
    refused = graded.complete_task(graded.tasks()[0], "2025-03-10", channel="pigeon")
    assert isinstance(refused, Refused)
    assert refused.rule == "channel_unknown"


def test_each_step_is_a_task_that_its_step_completes(graded):
    graded.complained("2025-03-10")
    graded.remedy("2025-03-10", R1="2025-03-10", R2="2025-03-11")
    steps = graded.tasks("case_step")
    assert [(t.step, t.due_on.isoformat()) for t in steps] == [("R1", "2025-03-10"), ("R2", "2025-03-11")]
    refused = graded.complete_task(steps[0], "2025-03-10")
    assert isinstance(refused, Refused)
    assert (refused.rule, refused.status) == ("complete_the_step", 409)
    graded.step_done("2025-03-10", "R1")
    assert [(t.step, t.status, t.outcome) for t in graded.tasks("case_step")] == [
        ("R1", "completed", "reviewed"),
        ("R2", "open", None),
    ]
    assert not graded.said("followup.completed")


@pytest.mark.parametrize(("channel", "mode"), [("visit", "contact"), (None, "desk_review")])
def test_a_step_with_outcome_and_need_completes_the_followup(graded, channel, mode):
    graded.complained("2025-03-10")
    graded.remedy("2025-03-10", R1="2025-03-10")
    graded.step_done("2025-03-11", "R1", outcome="advanced", need=NEED, channel=channel)
    assert [(f.mode, f.channel, f.need) for f in graded.said("followup.completed")] == [(mode, channel, NEED)]
    assert graded.due == "2025-03-18"


def test_a_step_with_a_channel_is_a_contact(graded):
    graded.complained("2025-03-10")
    graded.step_done("2025-03-11", "R7", channel="email")
    assert graded.state.contact_on.isoformat() == "2025-03-11"


def test_a_resolved_complaint_leaves_only_its_acknowledgement(graded):
    graded.complained("2025-03-10", "customer")
    graded.remedy("2025-03-10", R1="2025-03-10")
    graded.resolved("2025-03-11")
    assert [(t.kind, t.status) for t in graded.tasks()] == [
        ("acknowledge", "open"),
        ("assist", "cancelled"),
        ("case_step", "cancelled"),
    ]


def owed(desk):
    return sorted((task.step or task.kind, f"{task.due_on:%m-%d}") for task in desk.tasks(status="open"))


def test_what_a_case_is_owed_moves_with_it_and_is_overdue_on_its_new_day(graded):
    graded.complained("2025-03-10")
    graded.remedy("2025-03-10", R1="2025-03-10", R2="2025-03-11")
    graded.tick("2025-03-11")
    for step in ("acknowledge", "R1"):
        graded.moved("2025-03-11", step, "2025-03-14")
    graded.moved("2025-03-11", "R3", "2025-03-14")
    assert owed(graded) == [("R1", "03-14"), ("R2", "03-11"), ("acknowledge", "03-14")]
    graded.tick("2025-03-12")
    graded.tick("2025-03-15")
    assert graded.at("task.overdue") == [f"2025-03-{day}T00:00:00+00:00" for day in ("11", "11", "12", "15", "15")]


@pytest.mark.parametrize("end", ["resolved", "withdrew"])
def test_of_a_case_opened_again_what_is_owed_is_asked_for_anew(graded, end):
    graded.complained("2025-03-10")
    graded.remedy("2025-03-10", R1="2025-03-10", R2="2025-03-11")
    getattr(graded, end)("2025-03-11")
    graded.moved("2025-03-11", "R1", "2025-03-12")
    assert [step for step, _ in owed(graded)] in ([], ["acknowledge"])
    graded.reopened("2025-03-12")
    for step in ("acknowledge", "R1", "R2"):
        graded.moved("2025-03-12", step, "2025-03-13")
    assert owed(graded) == [("R1", "03-13"), ("R2", "03-13"), ("acknowledge", "03-13")]
    assert graded.due == "2025-03-17"
    graded.resolved("2025-03-13")
    assert [step for step, _ in owed(graded)] == ["acknowledge"]


@pytest.mark.parametrize("order", ["withdrawn first", "opened first"])
def test_a_withdrawn_complaint_leaves_nothing_to_do_in_any_order(graded, order):
    if order == "withdrawn first":
        graded.withdrew("2025-03-10")
        graded.complained("2025-03-10")
    else:
        graded.complained("2025-03-10")
        graded.withdrew("2025-03-10")
    assert (graded.tasks(status="open"), graded.due) == ([], "2025-03-31")


def test_a_task_is_overdue_once(graded):
    graded.complained("2025-03-10")
    for on in ("2025-03-10", "2025-03-11", "2025-03-12"):
        graded.tick(on)
    assert graded.at("task.overdue") == ["2025-03-11T00:00:00+00:00"]
    assert [f.days for f in graded.said("task.overdue")] == [1]


def test_a_task_made_too_late_is_overdue_at_once(graded):
    graded.complained("2025-03-10")
    graded.remedy("2025-03-12", R1="2025-03-11")
    assert graded.at("task.overdue")[1:] == ["2025-03-12T00:00:00.000001+00:00"]
    graded.tick("2025-03-13")
    assert len(graded.said("task.overdue")) == 2, "acknowledge and the step, once each"
