"""The oracle against the acceptance cases of complaints and remediation."""

from __future__ import annotations

import pytest

from tests.oracle import expected
from tests.oracle.history import Acknowledged, Resolved, StepDone

HANDLE = "shop:1"


def steps(case) -> list[str]:
    return list(case.customer.cases["c1"].steps)


def complained(start, **facts):
    case = start("2025-03-01")
    case.register({"demand": "latent"})
    case.to("2025-03-10")
    case.complain(**facts)
    return case


@pytest.mark.parametrize(
    ("facts", "wanted"),
    [
        pytest.param({}, ["R1", "R2", "R3", "R5", "R6"], id="T51 minor and correctable"),
        pytest.param(
            {"severity": "major", "correctable": False, "commitment_breached": True},
            ["R1", "R2", "R3", "R4", "R6", "R7"],
            id="T52 major, not correctable, a promise broken",
        ),
        pytest.param(
            {"severity": "major", "staff_at_fault": True},
            [f"R{n}" for n in range(1, 8)],
            id="major, correctable, staff",
        ),
        pytest.param({"fault": "customer"}, [], id="T56 the customer's own"),
        pytest.param({"fault": "third_party"}, [], id="T57 somebody else's"),
        pytest.param({"fault": "unknown"}, [], id="nobody knows yet"),
    ],
)
def test_the_conditions_choose_the_steps(start, facts, wanted):
    assert steps(complained(start, **facts)) == wanted


def test_t55_due_dates_of_all_steps(start):
    case = complained(start, severity="major", commitment_breached=True).customer.cases["c1"]
    dues = {step: case.due_on(step).isoformat()[5:] for step in case.steps}
    assert dues == {
        "R1": "03-10", "R2": "03-11", "R3": "03-12", "R4": "03-11", "R5": "03-11", "R6": "03-13", "R7": "03-17",
    }  # fmt: skip


@pytest.mark.parametrize(("fault", "assist"), [("customer", 1), ("third_party", 1), ("company", 0)])
def test_t56_t57_t124_tasks_by_fault(start, fault, assist):
    case = complained(start, fault=fault)
    made = expected.tasks(case.customer)
    assert [kind for kind, _, _ in made].count("assist") == assist
    assert ("acknowledge", None, "2025-03-10") in made
    assert [step for kind, step, _ in made if kind == "case_step"] == steps(case)


def test_t58_a_result_that_nobody_told_keeps_the_case_open(start):
    case = complained(start, commitment_breached=True)
    assert case.do(Resolved(HANDLE, "c1")) == "steps_open"
    for step in steps(case):
        case.do(StepDone(HANDLE, "c1", step, told=False))
    assert case.do(Resolved(HANDLE, "c1")) == "result_not_told"
    case.do(StepDone(HANDLE, "c1", "R7", told=True))
    assert case.do(Resolved(HANDLE, "c1")) is None


def test_t60_a_declined_demand_lets_the_other_steps_go_on(start):
    case = complained(start)
    assert case.do(StepDone(HANDLE, "c1", "R2", "declined")) is None
    assert case.customer.cases["c1"].steps == {"R1": "open", "R2": "declined", "R3": "open", "R5": "open", "R6": "open"}


def test_t61_a_complaint_hurries_everything_but_the_grade(start):
    case = complained(start)
    assert (case.grade, case.customer.grade.urgency, case.due_on) == ("D", "urgent", "2025-03-17")


def test_a_resolved_complaint_gives_the_journal_its_own_pace_back(start):
    case = complained(start)
    for step in steps(case):
        case.do(StepDone(HANDLE, "c1", step))
    case.do(Acknowledged(HANDLE, "c1"))
    assert case.do(Resolved(HANDLE, "c1")) is None
    assert (case.due_on, case.customer.grade.urgency) == ("2025-03-31", "long_horizon")
    assert expected.case(case.customer.cases["c1"])["acknowledged"]


def test_a_withdrawn_complaint_gives_the_journal_its_own_pace_back(start):
    case = complained(start)
    case.send("complaint.withdrawn", {"complaint_id": "c1"})
    assert case.due_on == "2025-03-31"


@pytest.mark.parametrize(("later", "supervisor"), [("2025-06-08", True), ("2025-06-09", False)])
def test_a_repeat_within_90_days_brings_the_supervisor(start, later, supervisor):
    case = complained(start)
    case.to(later)
    case.complain(complaint_id="c2")
    assert ("R4" in case.customer.cases["c2"].steps) is supervisor


def test_an_open_case_is_judged_again(start):
    case = complained(start)
    case.send("complaint.updated", {"complaint_id": "c1", "severity": "major"})
    assert steps(case) == ["R1", "R2", "R3", "R4", "R5", "R6"]


def test_a_rejected_remedy_brings_the_supervisor(start):
    case = complained(start)
    case.do(StepDone(HANDLE, "c1", "R3", "rejected"))
    assert "R4" in steps(case)


def test_two_open_complaints_the_older_one_pulls(start):
    case = complained(start)
    case.to("2025-03-12")
    case.complain(complaint_id="c2")
    assert case.due_on == "2025-03-17"


def test_a_followup_while_a_complaint_is_open_is_due_a_week_later(start):
    case = complained(start)
    case.to("2025-03-15")
    case.follow_up({"demand": "latent"})
    assert case.due_on == "2025-03-22"
