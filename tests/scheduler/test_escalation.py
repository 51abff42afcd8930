"""The escalation ladder: overdue work goes to another role as well, until somebody works on it."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.scheduler.domain.commands import ApproveTask, AssignTask, CreateTask, SnoozeTask
from services.scheduler.domain.decide import redecide
from shared.contracts import profile
from shared.contracts.policy import PolicyInvalid, default_policy, overlay
from shared.engine.decision import Cause
from tests.scheduler.desk import TICK, day

LADDER = [{"after_days": 2, "to": "supervisor"}, {"after_days": 5, "to": "manager"}]
DAY = "2025-03-10"


@pytest.fixture
def teller(new_teller):
    """A customer with an appointment on the 10th, under a ladder for tasks and follow-ups."""
    teller = new_teller(escalation={"tasks": LADDER, "followups": LADDER})
    teller.known("2025-03-01", "B", owner="ann")
    teller.hear(CreateTask(kind="appointment", due_on=DAY), "2025-03-09")
    return teller


def steps(teller, name="task"):
    """(day, days overdue, role) of each step that was said."""
    told = zip(teller.at(f"{name}.escalated"), teller.said(f"{name}.escalated"), strict=True)
    return [(at[:10], said.days, said.to) for at, said in told]


def called(teller, on, direction="outbound", arrived=None):
    said = profile.InteractionRecorded(
        interaction_id=f"i-{on}", channel="phone", direction=direction, human=True, grievance=False,
        question=False, objection=False, consent_purpose="service",
    )  # fmt: skip
    teller.fold(said, day(arrived or on) + TICK, time=day(on))


def test_by_default_nobody_else_hears_of_it(teller, new_teller):
    teller = new_teller()
    teller.known("2025-03-01", "B")
    teller.tick("2025-12-01")
    assert not steps(teller, "followup")


def test_each_rung_is_climbed_once_on_its_day(teller):
    teller.tick("2025-04-01")
    assert steps(teller) == [("2025-03-12", 2, "supervisor"), ("2025-03-15", 5, "manager")]
    assert steps(teller, "followup") == [("2025-03-10", 2, "supervisor"), ("2025-03-13", 5, "manager")]
    assert (teller.one("appointment").escalated_to, teller.open.escalated_to) == ("manager", "manager")
    assert len(teller.said("task.overdue")) == len(teller.said("followup.overdue")) == 1


def snooze(teller):
    teller.hear(
        SnoozeTask(task_id=teller.one("appointment").task_id, until_on="2025-03-20", reason="ill"), "2025-03-13"
    )


def assign(teller):
    teller.hear(AssignTask(task_id=teller.one("appointment").task_id, owner="bob"), "2025-03-13")


def call_about_another(teller, on):
    teller.hear(CreateTask(kind="call", due_on=on), on)
    teller.complete_task(teller.one("call"), on, channel="phone")


@pytest.mark.parametrize(
    ("activity", "after"),
    [
        pytest.param(snooze, [("2025-03-22", 2, "supervisor"), ("2025-03-25", 5, "manager")], id="put off"),
        pytest.param(assign, [("2025-03-15", 5, "supervisor"), ("2025-03-18", 8, "manager")], id="given to another"),
        pytest.param(
            lambda teller: called(teller, "2025-03-13"),
            [("2025-03-15", 5, "supervisor"), ("2025-03-18", 8, "manager")],
            id="the customer was called",
        ),
        pytest.param(
            lambda teller: called(teller, "2025-03-13", "inbound"), [("2025-03-15", 5, "manager")], id="they called us"
        ),
        pytest.param(
            lambda teller: called(teller, "2025-03-11", arrived="2025-03-13"),
            [("2025-03-16", 6, "manager")],
            id="a call before, heard of late: what was said stays said",
        ),
        pytest.param(
            lambda teller: teller.complete("2025-03-13"),
            [("2025-03-15", 5, "supervisor"), ("2025-03-18", 8, "manager")],
            id="the follow-up was a call",
        ),
        pytest.param(
            lambda teller: teller.complete("2025-03-13", mode="desk_review", channel=None),
            [("2025-03-15", 5, "manager")],
            id="the follow-up was a desk review",
        ),
        pytest.param(
            lambda teller: call_about_another(teller, "2025-03-13"),
            [("2025-03-15", 5, "supervisor"), ("2025-03-18", 8, "manager")],
            id="another task was a call",
        ),
    ],
)
def test_activity_begins_the_ladder_anew(teller, activity, after):
    teller.tick("2025-03-13")
    assert steps(teller) == [("2025-03-12", 2, "supervisor")]
    activity(teller)
    teller.tick("2025-04-01")
    assert steps(teller)[1:] == after


def test_who_gives_a_task_away_says_to_whom_and_its_day_stays(teller):
    task = teller.one("appointment")
    assert teller.hear(AssignTask(task_id=task.task_id), DAY).rule == "invalid_body"
    teller.hear(AssignTask(task_id=task.task_id, department="repair"), DAY)
    teller.hear(AssignTask(task_id=task.task_id, owner="bob"), DAY)
    given = teller.one("appointment")
    assert (given.owner, given.department, given.due_on) == ("bob", "repair", task.due_on)
    teller.complete_task(given, DAY)
    assert teller.hear(AssignTask(task_id=task.task_id, owner="cleo"), DAY).status == 409


def test_an_approver_who_has_looked_at_it_is_left_in_peace(new_teller):
    teller = new_teller(**{"escalation.tasks": LADDER, "approval.max": 2})
    teller.known("2025-03-01", "D")
    teller.hear(CreateTask(kind="appointment", due_on=DAY, approvers=("boss", "chief")), DAY)
    teller.tick("2025-03-14")
    teller.hear(ApproveTask(task_id=teller.one("appointment").task_id, approver="boss"), "2025-03-14")
    teller.tick("2025-03-17")
    assert steps(teller) == [("2025-03-12", 2, "supervisor"), ("2025-03-16", 6, "supervisor")]


def test_a_kind_may_have_a_ladder_of_its_own_or_none(new_teller):
    own = {"escalation": [{"after_days": 1, "to": "director"}]}
    teller = new_teller(
        **{"escalation.tasks": LADDER, "tasks.catalogue": {"appointment": own, "visit": {"escalation": []}}}
    )
    teller.known("2025-03-01", "D")
    for kind in ("appointment", "visit"):
        teller.hear(CreateTask(kind=kind, due_on=DAY), DAY)
    teller.tick("2025-03-20")
    assert steps(teller) == [("2025-03-11", 1, "director")]


def test_what_is_held_back_is_nobodys_fault(new_teller):
    teller = new_teller(**{"escalation.tasks": LADDER})
    teller.known("2025-03-01", "D")
    teller.consented("2025-03-02", False)
    teller.hear(CreateTask(kind="promotion", due_on=DAY), DAY)
    teller.tick("2025-03-20")
    assert teller.one("promotion").status == "suppressed"
    assert not steps(teller)


def test_what_is_held_back_after_its_day_climbs_no_further(new_teller):
    teller = new_teller(**{"escalation.tasks": LADDER})
    teller.known("2025-03-01", "D")
    teller.hear(CreateTask(kind="promotion", due_on=DAY), DAY)
    teller.tick("2025-03-13")
    teller.consented("2025-03-13", False)
    teller.tick("2025-03-20")
    assert steps(teller) == [("2025-03-12", 2, "supervisor")]


def test_a_ladder_that_is_put_up_later_takes_one_step_for_all_that_was_missed(new_teller):
    teller = new_teller()
    teller.known("2025-03-01", "B")
    teller.tick("2025-03-20")
    teller.policy = overlay(default_policy(), {"values": {"escalation.followups": LADDER}})
    after = redecide(teller.state, teller.context(day("2025-03-20") + TICK, Cause("p", "policy.activated")))
    assert [(fact.data.days, fact.data.to) for fact in after.facts] == [(12, "manager")]


@settings(max_examples=50)
@given(after=st.lists(st.integers(1, 40), min_size=1, max_size=4, unique=True).map(sorted), late=st.integers(0, 60))
def test_as_many_steps_are_said_as_days_allow(after, late):
    from tests.scheduler.telling import Teller

    ladder = [{"after_days": days, "to": f"role {days}"} for days in after]
    teller = Teller(overlay(default_policy(), {"values": {"escalation.followups": ladder}}))
    teller.known("2025-03-01", "C")
    teller.tick(date.fromordinal(teller.open.due_on.toordinal() + late))
    assert [said.days for said in teller.said("followup.escalated")] == [days for days in after if days <= late]


@pytest.mark.parametrize(
    "ladder",
    [
        pytest.param([{"after_days": 2, "to": "a"}, {"after_days": 2, "to": "b"}], id="two rungs of one day"),
        pytest.param([{"after_days": 0, "to": "a"}], id="before it is overdue"),
    ],
)
def test_a_ladder_goes_up(ladder):
    with pytest.raises(PolicyInvalid):
        overlay(default_policy(), {"values": {"escalation.tasks": ladder}})
