"""Which steps a complaint gets, when they are due, and what adds one later."""

from __future__ import annotations

import pytest

from services.feedback.domain.rows import case_id_of
from shared.contracts.feedback import (
    ComplaintFaultFound,
    ComplaintOpened,
    RemediationStarted,
    RemediationStepAdded,
)
from shared.engine.decision import Superseded


@pytest.mark.parametrize(
    ("complaint", "steps"),
    [
        pytest.param({}, "R1 R2 R3 R5 R6", id="T51 company, minor, correctable: no supervisor, no staff"),
        pytest.param(
            {"severity": "major", "correctable": False, "commitment_breached": True},
            "R1 R2 R3 R4 R6 R7",
            id="T52 major, not correctable, breach: supervisor and staff, nothing to correct",
        ),
        pytest.param(
            {"severity": "major", "commitment_breached": True}, "R1 R2 R3 R4 R5 R6 R7", id="T55 all conditions: all"
        ),
        pytest.param({"staff_at_fault": True}, "R1 R2 R3 R5 R6 R7", id="staff at fault is enough for R7"),
        pytest.param({"fault": "customer"}, "", id="T56 the customer's own fault: none"),
        pytest.param({"fault": "third_party"}, "", id="T57 a third party's fault: none"),
        pytest.param({"fault": "unknown"}, "", id="fault unknown: none yet"),
    ],
)
def test_conditions_choose_the_steps(desk, complaint, steps):
    desk.complain(**complaint)
    assert desk.steps() == steps.split()
    started = desk.said(RemediationStarted)
    assert [each.step for fact in started for each in fact.steps] == steps.split()
    assert len(desk.said(ComplaintOpened)) == 1


def test_t55_due_dates_count_from_the_day_of_the_complaint(desk):
    desk.complain(severity="major", commitment_breached=True)
    assert desk.dues() == {
        "R1": "03-10", "R2": "03-11", "R3": "03-12", "R4": "03-11", "R5": "03-11", "R6": "03-13", "R7": "03-17"
    }  # fmt: skip
    opened = desk.said(ComplaintOpened)[0]
    assert str(opened.acknowledge_by_on) == str(opened.opened_on) == "2025-03-10"


def test_the_day_is_the_customers_own(desk):
    desk.register("Asia/Shanghai")
    desk.to("2025-03-10", "20:00").complain()
    assert desk.dues()["R1"] == "03-11"


def test_a_complaint_that_arrives_late_keeps_its_own_day(desk):
    desk.to("2025-03-14").complain(on="2025-03-10")
    assert desk.dues()["R2"] == "03-11"


def test_a_key_customer_gets_the_supervisor(desk):
    desk.tier("key")
    desk.complain()
    assert desk.step("R4").because == "key"


@pytest.mark.parametrize(
    ("second", "steps"),
    [
        pytest.param("2025-06-08", "R1 R2 R3 R4 R5 R6", id="90 days later: a repeat"),
        pytest.param("2025-06-09", "R1 R2 R3 R5 R6", id="91 days later: none"),
    ],
)
def test_a_repeat_within_the_window_gets_the_supervisor(desk, second, steps):
    desk.complain("c1")
    desk.to(second).complain("c2")
    assert desk.steps("c2") == steps.split()
    assert "R4" not in desk.steps("c1")


def test_a_repeat_is_found_when_the_older_complaint_arrives_later(desk):
    desk.complain("c2")
    desk.complain("c1", on="2025-03-01")
    assert desk.step("R4", "c2").because == "repeat"
    assert "R4" not in desk.steps("c1")


# -- policy, not code


def test_the_playbook_is_the_policys(desk_of):
    play = {"role": "service", "title": "x"}
    desk = desk_of(
        **{
            "playbooks.remediation": [
                {"step": "R6", "when": "always", **play},
                {"step": "R1", "when": "correctable", **play},
            ],
            "remediation.due_days": {"R6": 5},
        }
    )
    desk.complain()
    assert desk.dues() == {"R6": "03-15", "R1": "03-10"}
    assert list(desk.dues()) == ["R6", "R1"]


@pytest.mark.parametrize(
    ("when", "happens"),
    [
        pytest.param({"severity": []}, lambda d: d.complain(severity="major"), id="severity"),
        pytest.param({"tiers": []}, lambda d: (d.tier("key"), d.complain()), id="tier"),
        pytest.param({"repeat_days": 8}, lambda d: (d.complain("c0", on="2025-03-01"), d.complain()), id="repeat"),
        pytest.param({"rejected": False}, lambda d: (d.complain(), d.resolve(satisfied=False)), id="rejected"),
    ],
)
def test_what_brings_the_supervisor_is_the_policys(desk_of, when, happens):
    desk, default = desk_of(**{"remediation.supervisor_when": when}), desk_of()
    happens(desk)
    happens(default)
    assert "R4" in default.steps()
    assert "R4" not in desk.steps()


# -- judged again while the case is open


def test_a_fault_found_later_starts_the_steps_from_that_day(desk):
    desk.complain(fault="unknown")
    desk.to("2025-03-12").update(fault="company")
    assert desk.dues() == {"R1": "03-12", "R2": "03-13", "R3": "03-14", "R5": "03-13", "R6": "03-15"}
    assert [fact.fault for fact in desk.said(ComplaintFaultFound)] == ["company"]
    assert len(desk.said(RemediationStarted)) == 1


def test_a_cause_found_by_us_starts_the_steps_too(desk):
    desk.complain(fault="unknown")
    desk.cause(fault="company", causes=[{"category": "training", "element": "service_quality"}])
    assert desk.steps() == ["R1", "R2", "R3", "R5", "R6"]
    assert desk.file().causes[0].category == "training"


@pytest.mark.parametrize("fault", ["customer", "third_party"])
def test_a_fault_found_elsewhere_starts_nothing(desk, fault):
    desk.complain(fault="unknown")
    desk.update(fault=fault)
    assert desk.steps() == []
    assert [fact.fault for fact in desk.said(ComplaintFaultFound)] == [fault]


@pytest.mark.parametrize(
    ("happens", "step", "because"),
    [
        pytest.param(lambda d: d.update(severity="major"), "R4", "major", id="major after all"),
        pytest.param(lambda d: d.tier("key"), "R4", "key", id="now a key customer"),
        pytest.param(
            lambda d: d.complete("R2", "rejected", reason="too little"), "R4", "rejected", id="remedy rejected"
        ),
        pytest.param(lambda d: d.resolve(satisfied=False), "R4", "rejected", id="not satisfied at the end"),
        pytest.param(lambda d: d.update(correctable=True), "R5", "correctable", id="it can be corrected after all"),
    ],
)
def test_a_condition_that_becomes_true_adds_its_step_from_today(desk, happens, step, because):
    desk.complain(correctable=False)
    desk.to("2025-03-15")
    happens(desk)
    added = desk.said(RemediationStepAdded)
    assert [(each.step, str(each.due_on), each.because) for each in added] == [(step, "2025-03-16", because)]
    assert step in desk.steps()


def test_a_condition_that_is_no_longer_true_takes_no_step_away(desk):
    desk.complain(severity="major")
    desk.update(severity="minor", correctable=False, fault="customer")
    assert desk.steps() == ["R1", "R2", "R3", "R4", "R5", "R6"]


def test_a_case_that_is_not_ours_gets_no_step_by_other_conditions(desk):
    desk.complain(fault="third_party", severity="major")
    desk.tier("key")
    desk.resolve(satisfied=False)
    assert desk.steps() == []


def test_an_older_word_changes_nothing(desk):
    desk.complain()
    desk.update(on="2025-03-12", severity="major")
    desk.update(on="2025-03-11", severity="minor")
    assert desk.file().severity == "major"


# -- exactly one case


def test_a_complaint_that_comes_again_is_superseded(desk):
    desk.complain(id="first")
    assert isinstance(desk.complain(id="first"), Superseded)
    assert isinstance(desk.complain(id="second", severity="major"), Superseded)
    desk.complete_all().resolve()
    assert isinstance(desk.complain(id="third"), Superseded)
    assert len(desk.said(ComplaintOpened)) == 1
    assert desk.file().case_id == case_id_of("c1")


def test_an_update_before_its_complaint_is_kept_and_joined(desk):
    desk.update(fault="company", severity="major")
    assert desk.facts == []
    desk.complain(fault="unknown", on="2025-03-10")
    assert desk.steps() == ["R1", "R2", "R3", "R4", "R5", "R6"]
    assert desk.state.early == ()


def test_a_withdrawal_before_its_complaint_is_kept_and_joined(desk):
    desk.withdraw()
    desk.complain()
    assert desk.file().status == "resolved"
    assert desk.state.cases == ()
