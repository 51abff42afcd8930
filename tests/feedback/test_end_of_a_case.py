"""Completing steps, acknowledging, and what closes a case."""

from __future__ import annotations

from datetime import date

import pytest

from services.feedback.domain.rows import case_id_of
from shared.contracts.feedback import (
    ComplaintFaultFound,
    ComplaintReopened,
    ComplaintResolved,
    RemediationStarted,
    RemediationStepCompleted,
    SurveyRequested,
)
from shared.contracts.profile import SatisfactionStated
from shared.engine.decision import Accepted, Refused, Superseded
from tests.feedback.conftest import at


def refusal(decision) -> tuple[str, int]:
    assert isinstance(decision, Refused)
    return (decision.rule, decision.status)


@pytest.mark.parametrize("fault", ["company", "customer", "third_party", "unknown"])
def test_t124_a_completed_acknowledgement_is_kept_whatever_the_fault(desk, fault):
    desk.complain(fault=fault)
    desk.to("2025-03-10", "15:00").acknowledge()
    assert desk.file().acknowledged_at == desk.now
    desk.to("2025-03-11").acknowledge()
    assert desk.file().acknowledged_at.day == 10


def test_another_task_of_the_case_acknowledges_nothing(desk):
    desk.complain()
    desk.acknowledge(kind="assist")
    assert desk.file().acknowledged_at is None


def test_steps_are_done_in_any_order_and_said_without_words(desk):
    desk.complain()
    need = {"demand": "latent"}
    desk.complete("R6", channel="phone", outcome="advanced", need=need, agent="a1", note="Mrs Li was pleased")
    said = desk.said(RemediationStepCompleted)[0]
    assert (said.step, said.result, said.channel, said.need.stated_at) == ("R6", "done", "phone", desk.now)
    assert "Mrs Li" not in said.model_dump_json()
    assert desk.step("R6").note == "Mrs Li was pleased"


def test_t60_a_demand_declined_with_a_reason_lets_the_other_steps_go_on(desk):
    desk.complain()
    assert refusal(desk.complete("R2", "declined")) == ("reason_required", 422)
    desk.complete("R2", "declined", reason="asks for ten times the price")
    assert desk.step("R2").status == "declined"
    assert desk.steps() == ["R1", "R2", "R3", "R5", "R6"]
    for step in ("R1", "R3", "R5", "R6"):
        assert isinstance(desk.complete(step), Accepted)
    assert isinstance(desk.resolve(), Accepted)


@pytest.mark.parametrize(
    ("step", "more", "expected"),
    [
        pytest.param("R1", {"result": "rejected", "reason": " "}, ("reason_required", 422), id="blank reason"),
        pytest.param("R1", {"channel": "pigeon"}, ("channel_not_allowed", 422), id="no such channel"),
        pytest.param("R1", {"outcome": "splendid"}, ("invalid_body", 422), id="no such outcome"),
        pytest.param("R1", {"customer_told": True}, ("invalid_body", 422), id="only R7 has a result to tell"),
        pytest.param("R7", {}, ("not_found", 404), id="a step that the case does not have"),
    ],
)
def test_a_report_that_does_not_fit_is_refused(desk, step, more, expected):
    desk.complain()
    assert refusal(desk.complete(step, **{"result": "done"} | more)) == expected
    assert desk.said(RemediationStepCompleted) == []


def test_a_step_ends_once(desk):
    desk.complain()
    desk.complete("R1")
    assert refusal(desk.complete("R1")) == ("step_done", 409)


def test_t58_a_case_whose_result_nobody_told_stays_open(desk):
    desk.complain(severity="major", commitment_breached=True)
    assert refusal(desk.resolve()) == ("steps_open", 409)
    for step in desk.steps():
        desk.complete(step, **({"customer_told": False, "note": "talked to the team"} if step == "R7" else {}))
    assert refusal(desk.resolve()) == ("result_not_told", 409)
    assert refusal(desk.complete("R7")) == ("step_done", 409)
    desk.to("2025-03-12").complete("R7", customer_told=True, channel="phone")
    assert (desk.step("R7").customer_told, desk.step("R7").note) == (True, "talked to the team")
    assert refusal(desk.complete("R7", customer_told=True)) == ("step_done", 409)
    desk.resolve()
    assert [fact.days for fact in desk.said(ComplaintResolved)] == [2]


def test_a_declined_r7_is_told_too(desk):
    desk.complain(staff_at_fault=True)
    for step in desk.steps():
        desk.complete(step, "declined", reason="x")
    assert refusal(desk.resolve()) == ("result_not_told", 409)


def test_steps_ticked_close_nothing_without_a_satisfied_customer(desk):
    desk.complain()
    desk.complete_all()
    assert desk.case() is not None
    assert isinstance(desk.resolve(satisfied=False, note="still waiting"), Accepted)
    assert refusal(desk.resolve()) == ("steps_open", 409)
    desk.complete("R4")
    desk.resolve()
    assert (desk.file().status, desk.file().closed_because) == ("resolved", "satisfied")


def test_a_case_without_steps_is_resolved_by_a_satisfied_customer(desk):
    desk.complain(fault="customer")
    desk.resolve(channel="phone")
    assert desk.file().status == "resolved"


def test_a_withdrawn_complaint_is_closed_whatever_is_open(desk):
    desk.complain(severity="major")
    desk.to("2025-03-13").withdraw()
    assert (desk.file().status, desk.file().closed_because) == ("resolved", "withdrawn")
    assert [fact.days for fact in desk.said(ComplaintResolved)] == [3]
    assert desk.state.cases == ()


# -- closed


@pytest.fixture
def closed(desk):
    desk.complain(fault="unknown")
    desk.resolve()
    assert desk.state.cases == ()
    return desk


def test_a_closed_case_takes_no_step_and_no_end(closed):
    assert refusal(closed.complete("R1")) == ("case_closed", 409)
    assert refusal(closed.resolve()) == ("case_closed", 409)


def test_a_late_word_corrects_a_closed_file_and_starts_nothing(closed):
    closed.to("2025-03-20").update(fault="company", severity="major")
    assert (closed.file().fault, closed.file().severity, closed.file().status) == ("company", "major", "resolved")
    assert [fact.fault for fact in closed.said(ComplaintFaultFound)] == ["company"]
    assert closed.said(RemediationStarted) == []
    assert closed.state.cases == ()


def test_a_cause_is_written_into_a_closed_file(closed):
    closed.cause(causes=[{"category": "process", "text": "two systems disagree"}])
    assert closed.file().causes[0].text == "two systems disagree"
    closed.cause(fault="third_party")
    assert len(closed.file().causes) == 1


def test_a_closed_case_is_withdrawn_without_effect(closed):
    before = closed.file()
    closed.to("2025-03-20").withdraw()
    assert closed.file() == before
    assert len(closed.said(ComplaintResolved)) == 1


def test_a_late_acknowledgement_is_kept_in_a_closed_file(closed):
    closed.acknowledge()
    assert closed.file().acknowledged_at == closed.now


def test_the_customers_own_word_closes_what_is_done_and_nothing_else(desk):
    desk.complain()
    assert isinstance(desk.tell(SatisfactionStated(complaint_id="c1", satisfied=True)), Accepted)
    assert desk.case() is not None
    desk.tell(SatisfactionStated(complaint_id="c1", satisfied=False))
    assert "R4" in desk.steps()
    desk.complete_all()
    desk.tell(SatisfactionStated(complaint_id="c1", satisfied=True))
    assert (desk.file().status, desk.file().closed_because) == ("resolved", "satisfied")
    assert isinstance(desk.tell(SatisfactionStated(complaint_id="c1", satisfied=True)), Superseded)


@pytest.mark.parametrize(
    ("words", "fault", "status", "steps"),
    [
        pytest.param([True], "customer", "resolved", [], id="nothing is owed"),
        pytest.param([True], "company", "open", ["R1", "R2", "R3", "R5", "R6"], id="steps are owed"),
        pytest.param([False], "company", "open", ["R1", "R2", "R3", "R4", "R5", "R6"], id="not satisfied"),
        pytest.param([True, False], "customer", "open", [], id="not satisfied after all"),
    ],
)
def test_cp16_what_the_customer_says_may_come_before_the_complaint(desk, words, fault, status, steps):
    for satisfied in words:
        desk.state_satisfaction(satisfied)
    desk.complain(fault=fault)
    assert (desk.file().status, desk.steps()) == (status, steps)
    desk.to("2025-03-12")
    assert len(desk.said(SurveyRequested)) == int(status == "resolved")


@pytest.mark.parametrize(
    ("end", "said_on", "satisfied", "status"),
    [
        pytest.param("resolve", "2025-03-13", False, "open", id="not satisfied after all"),
        pytest.param("resolve", "2025-03-13", True, "resolved", id="satisfied, as we know"),
        pytest.param("resolve", "2025-03-11", False, "resolved", id="a word from before the end, heard late"),
        pytest.param("withdraw", "2025-03-13", False, "resolved", id="taken back"),
    ],
)
def test_cp16_what_the_customer_says_after_the_end(desk, end, said_on, satisfied, status):
    desk.complain()
    desk.complete_all()
    getattr(desk.to("2025-03-12"), end)()
    desk.to("2025-03-14").tell(SatisfactionStated(complaint_id="c1", satisfied=satisfied), at(said_on))
    assert (desk.file().status, len(desk.said(ComplaintReopened))) == (status, int(status == "open"))
    assert ("R4" in desk.steps()) == (status == "open")
    if status == "open":
        assert refusal(desk.resolve()) == ("steps_open", 409)


@pytest.mark.parametrize(
    ("told", "first", "then", "expected"),
    [
        pytest.param({}, ("R3", "done"), None, ("step_order", 409), id="a benefit before the correction"),
        pytest.param({}, ("R5", "declined"), None, ("correction_owed", 409), id="no correction at all"),
        pytest.param({}, ("R5", "done"), ("R3", "done"), None, id="corrected, then made good"),
        pytest.param({}, ("R5", "rejected"), ("R3", "done"), None, id="the customer wants none"),
        pytest.param({}, ("R3", "declined"), ("R5", "done"), None, id="no benefit"),
        pytest.param({"correctable": False}, ("R3", "done"), None, None, id="nothing can be corrected"),
    ],
)
def test_cn10_a_benefit_does_not_stand_for_the_correction_by_policy(desk_of, told, first, then, expected):
    desk, free = desk_of(**{"remediation.correct_first": True}), desk_of()
    for each in (desk, free):
        each.complain(**told)
    for step, result in filter(None, (first, then)):
        decided = desk.complete(step, result, reason="x")
        assert isinstance(free.complete(step, result, reason="x"), Accepted), "by default in any order"
        assert (isinstance(decided, Refused) and refusal(decided)) == (expected or False)


def test_cn10_what_cannot_be_corrected_any_more_may_be_declined(desk_of):
    desk = desk_of(**{"remediation.correct_first": True})
    desk.complain()
    desk.update(correctable=False)
    assert isinstance(desk.complete("R5", "declined", reason="out of production"), Accepted)


def test_a_case_of_nobody_is_not_found(desk):
    assert refusal(desk.resolve(complaint_id="c9")) == ("not_found", 404)
    assert refusal(desk.cause(complaint_id="c9", fault="company")) == ("not_found", 404)


def test_the_file_says_what_the_case_is(desk):
    desk.tier("small")
    desk.complain(about="delivery", order_id="o1", element="service_quality", touchpoint="hotline", channel="phone")
    file = desk.file()
    assert (file.tier, file.about, file.opened_on) == ("small", "delivery", date(2025, 3, 10))
    assert (file.case_id, file.customer_id) == (case_id_of("c1"), desk.stream.id)
