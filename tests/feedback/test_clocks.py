"""Deadlines run out exactly once; a pause conserves time; what people do with a case keeps its clocks right."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.feedback.domain.clocks import Clock, credited, ends_at
from services.feedback.domain.commands import ChangeCase
from services.feedback.domain.decide import redecide
from services.feedback.domain.periods import PeriodState
from services.feedback.domain.rows import case_id_of
from services.feedback.domain.watching import next_instant
from shared.contracts.feedback import (
    CaseBreached,
    CaseMoved,
    CaseWarned,
    ComplaintReopened,
    ComplaintResolved,
    RemediationStarted,
    RemediationStepAdded,
)
from shared.contracts.profile import CommitmentFulfilled, CommitmentMade, ComplaintUpdated, PurchaseRecorded
from shared.contracts.scheduler import CommitmentBreached
from shared.engine.decision import Accepted, Refused
from tests.feedback.conftest import at

LAWS = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])


def change(desk, action, complaint_id="c1", **more):
    return desk.tell(ChangeCase(case_id=case_id_of(complaint_id), action=action, **more))


def refusal(decision):
    assert isinstance(decision, Refused)
    return (decision.rule, decision.status)


def rung(desk, fact=CaseBreached):
    told = [(when, said) for when, said in desk.dated if isinstance(said, fact)]
    return [(f"{when:%m-%d %H:%M}", said.step, f"{said.due_on:%m-%d}") for when, said in told]


# -- warned and breached


def test_every_deadline_is_warned_of_and_breached_once(desk):
    desk.complain(fault="company")
    desk.to("2025-05-01")
    assert rung(desk) == [
        ("03-11 00:00", "acknowledge", "03-10"),
        ("03-11 00:00", "R1", "03-10"),
        ("03-12 00:00", "R2", "03-11"),
        ("03-12 00:00", "R5", "03-11"),
        ("03-13 00:00", "R3", "03-12"),
        ("03-14 00:00", "R6", "03-13"),
        ("03-25 00:00", None, "03-24"),
    ]
    assert rung(desk, CaseWarned) == [
        ("03-11 00:00", "R2", "03-11"),
        ("03-11 00:00", "R5", "03-11"),
        ("03-12 00:00", "R3", "03-12"),
        ("03-13 00:00", "R6", "03-13"),
        ("03-24 00:00", None, "03-24"),
    ]


def test_what_is_done_in_time_is_not_breached(desk):
    desk.complain()
    desk.acknowledge()
    desk.to("2025-03-11", "00:00").complete_all()
    desk.to("2025-03-20")
    desk.to("2025-03-20").resolve()
    desk.to("2025-05-01")
    assert rung(desk) == []


def test_a_case_that_is_known_late_is_breached_at_once(desk):
    desk.to("2025-03-14").complain(on="2025-03-10", fault="unknown")
    desk.to("2025-03-14", "09:01")
    assert rung(desk) == [("03-14 09:00", "acknowledge", "03-10")]


def test_each_breach_climbs_a_rung_up_to_the_last(desk):
    desk.complain()
    rungs = [desk.to(day).file().escalated_to for day in ("2025-03-11", "2025-03-12", "2025-03-13")]
    assert rungs == ["manager", "director", "director"]


@pytest.mark.parametrize("values", [{"complaint.warn_days": 0}, {"complaint.escalation": []}])
def test_warning_and_ladder_are_the_policys(desk_of, values):
    desk = desk_of(**values)
    desk.complain()
    desk.to("2025-05-01")
    assert (rung(desk, CaseWarned) == []) == ("complaint.warn_days" in values)
    assert (desk.file().escalated_to is None) == ("complaint.escalation" in values)


def test_a_working_calendar_moves_deadlines_off_free_days(desk_of):
    desk = desk_of(**{"calendar.working_days": ["mon", "tue", "wed", "thu", "fri"]})
    desk.to("2025-03-14").complain()  # a Friday
    assert desk.dues() == {"R1": "03-14", "R2": "03-17", "R3": "03-17", "R5": "03-17", "R6": "03-17"}
    assert desk.file().resolve_by_on == date(2025, 3, 28)


def test_a_major_error_has_less_time_and_both_versions_are_kept(desk):
    desk.complain()
    desk.to("2025-03-12").update(severity="major")
    assert [(str(v.due_on), v.severity) for v in desk.file().deadlines] == [
        ("2025-03-24", "minor"),
        ("2025-03-17", "major"),
    ]
    desk.to("2025-03-18")
    assert rung(desk)[-1] == ("03-18 00:00", None, "03-17")
    desk.update(severity="minor")
    desk.to("2025-05-01")
    assert len([step for _, step, _ in rung(desk) if step is None]) == 1


def test_another_policy_derives_the_deadline_anew(desk, desk_of):
    desk.complain()
    desk.policy = desk_of(**{"complaint.resolve_days": {"minor": 3}}).policy
    desk.to("2025-03-11").acknowledge()
    assert [str(version.due_on) for version in desk.file().deadlines] == ["2025-03-24", "2025-03-13"]


@pytest.mark.parametrize(
    ("days", "paused", "expected"),
    [
        pytest.param(3, False, ["2025-03-24", "2025-03-13"], id="sooner"),
        pytest.param(30, False, ["2025-03-24", "2025-04-09"], id="later"),
        pytest.param(14, False, ["2025-03-24"], id="the same"),
        pytest.param(3, True, ["2025-03-24", "2025-03-13"], id="while it is paused"),
    ],
)
def test_an_activation_derives_the_deadlines_of_open_cases_anew(desk, desk_of, days, paused, expected):
    desk.complain(fault="unknown")
    if paused:
        change(desk, "pause", reason="x")
    desk.to("2025-03-11").policy = desk_of(**{"complaint.resolve_days": {"minor": days}}).policy
    context = desk.context(desk.event(ComplaintUpdated(complaint_id="c1")))
    decided = redecide(desk.state, context)
    (case,) = decided.state.cases
    assert [str(version.due_on) for version in case.file.deadlines] == expected
    assert [row.deadlines for row in decided.rows] == [case.file.deadlines] * (len(expected) - 1)
    assert redecide(decided.state, context) == Accepted(decided.state)
    assert redecide(PeriodState(), context) == Accepted(PeriodState())


def test_another_policy_moves_what_is_owed_and_keeps_what_it_was(desk, desk_of):
    desk.complain()
    desk.complete("R1")
    values = {"complaint.acknowledge_days": 2, "remediation.due_days": {"R1": 9, "R2": 4}, "complaint.warn_days": 0}
    desk.to("2025-03-11").policy = desk_of(**values).policy
    context = desk.context(desk.event(ComplaintUpdated(complaint_id="c1")))
    decided = redecide(desk.state, context)
    desk.take(decided, context)
    assert [(each.data.step, f"{each.data.due_on:%m-%d}") for each in decided.facts] == [
        ("acknowledge", "03-12"),
        ("R2", "03-14"),
    ]
    assert (desk.dues()["R1"], desk.dues()["R2"], f"{desk.file().acknowledge_by_on}") == (
        "03-10",
        "03-14",
        "2025-03-12",
    )
    assert [(f"{m.was_on:%m-%d}", f"{m.due_on:%m-%d}") for m in desk.file().moves] == [
        ("03-11", "03-14"),
        ("03-10", "03-12"),
    ]
    assert redecide(desk.state, context).facts == ()
    desk.to("2025-05-01")
    assert [each for each in rung(desk) if each[1] in ("R2", "acknowledge")] == [
        ("03-11 00:00", "acknowledge", "03-10"),
        ("03-15 00:00", "R2", "03-14"),
    ]


# -- pauses


def test_a_pause_credits_its_time_to_every_clock(desk):
    desk.complain()
    change(desk.to("2025-03-10", "12:00"), "pause", reason="the customer is away")
    assert refusal(change(desk, "pause", reason="x")) == ("case_paused", 409)
    desk.to("2025-03-20", "12:00")
    assert rung(desk) == []
    change(desk, "resume")
    assert (desk.dues()["R1"], f"{desk.file().acknowledge_by_on:%m-%d}") == ("03-20", "03-20")
    assert [each.step for each in desk.said(CaseMoved)] == ["acknowledge", "R1", "R2", "R3", "R5", "R6"]
    assert desk.file().resolve_by_on == date(2025, 4, 3)
    desk.to("2025-03-22")
    assert rung(desk)[:2] == [("03-21 00:00", "acknowledge", "03-20"), ("03-21 00:00", "R1", "03-20")]
    assert refusal(change(desk, "resume")) == ("case_not_paused", 409)


@pytest.mark.parametrize(
    ("opened", "paused", "resumed", "breached"),
    [
        pytest.param("2025-03-24", "2025-03-29", "2025-03-31", "04-09 22:00", id="the night that lacks an hour"),
        pytest.param("2025-10-20", "2025-10-25", "2025-10-27", "11-05 23:00", id="the night that has one more"),
        pytest.param("2025-03-14", "2025-03-20", "2025-03-22", "03-30 23:00", id="credited across that night"),
    ],
)
def test_a_pause_across_the_night_in_which_clocks_change_credits_what_it_lasted(
    desk_of, opened, paused, resumed, breached
):
    desk = desk_of().to(opened)
    desk.register("Europe/Berlin")
    desk.complain(fault="unknown")
    desk.acknowledge()
    change(desk.to(paused, "12:00"), "pause", reason="x")
    change(desk.to(resumed, "12:00"), "resume")
    desk.to("2025-12-31")
    assert [when for when, step, _ in rung(desk) if step is None] == [breached]


INSTANTS = st.lists(st.integers(0, 40 * 86_400_000_000), max_size=12).map(sorted)


@LAWS
@given(INSTANTS)
def test_pausing_conserves_time_to_the_microsecond(desk_of, moments):
    """What is left on the clock shrinks by exactly the time in which it ran, as numpy adds it up."""
    start = at("2025-03-10", "09:00")
    clock = Clock("resolve", date(2025, 6, 1), started_at=start)
    left = ends_at(clock, "Europe/Berlin") - start
    instants = [start + timedelta(microseconds=moment) for moment in moments]
    pauses = list(zip(instants[::2], instants[1::2], strict=False))
    for paused_at, resumed_at in pauses:
        clock = credited(clock, paused_at, resumed_at)
    edges = np.array([[p.replace(tzinfo=None), r.replace(tzinfo=None)] for p, r in pauses], dtype="datetime64[us]")
    stood = (edges[:, 1] - edges[:, 0]).sum() if pauses else np.timedelta64(0, "us")
    end = np.datetime64((start + left).replace(tzinfo=None), "us") + stood
    assert np.datetime64(ends_at(clock, "Europe/Berlin").replace(tzinfo=None), "us") == end


@LAWS
@given(st.lists(st.tuples(st.sampled_from(["pause", "resume"]), st.integers(1, 3 * 86_400)), max_size=10))
def test_a_case_is_breached_exactly_when_it_has_run_for_its_time(desk_of, steps):
    desk = desk_of()
    desk.complain(fault="unknown")
    opened, ran, since = desk.now, timedelta(0), desk.now
    allowed = at("2025-03-25", "00:00") - opened
    for action, seconds in steps:
        desk.now += timedelta(seconds=seconds)
        desk.wake(desk.now)
        paused = desk.case().file.paused_at is not None
        if (action == "pause") == paused:
            continue
        ran, since = (ran, desk.now) if paused else (ran + (desk.now - since), desk.now)
        change(desk, action, reason="x")
    if desk.case().file.paused_at is not None:
        change(desk, "resume")
        since = desk.now
    desk.now += timedelta(days=60)
    desk.wake(desk.now)
    breaches = [when for when, said in desk.dated if isinstance(said, CaseBreached) and said.step is None]
    assert len(breaches) == 1
    if ran < allowed:
        assert breaches == [since + (allowed - ran)]


# -- what people do with a case


def test_a_case_is_reassigned_escalated_and_withdrawn(desk):
    desk.complain()
    assert refusal(change(desk, "reassign")) == ("invalid_body", 422)
    change(desk, "reassign", to="bob")
    change(desk, "escalate")
    assert (desk.file().owner, desk.file().escalated_to) == ("bob", "supervisor")
    change(desk, "escalate", to="the board")
    assert desk.file().escalated_to == "the board"
    assert refusal(change(desk, "withdraw")) == ("reason_required", 422)
    change(desk, "withdraw", reason="it was another shop's")
    assert (desk.file().closed_because, desk.state.cases) == ("withdrawn", ())
    assert refusal(change(desk, "escalate")) == ("case_closed", 409)
    assert refusal(change(desk, "pause", "c9", reason="x")) == ("not_found", 404)


def test_a_closed_case_is_opened_again_with_its_steps_and_the_supervisor(desk):
    desk.complain()
    desk.complete_all()
    assert refusal(change(desk, "reopen", reason="x")) == ("case_open", 409)
    desk.resolve()
    desk.update(severity="minor", correctable=False)
    change(desk.to("2025-03-20"), "reopen", reason="it broke again")
    assert (desk.file().status, desk.file().reopened, len(desk.said(ComplaintReopened))) == ("open", 1, 1)
    assert {step.step: step.status for step in desk.case().steps}["R1"] == "done"
    assert [each.step for each in desk.said(RemediationStepAdded)] == ["R4"]
    assert refusal(desk.resolve()) == ("steps_open", 409)
    desk.complete("R4")
    desk.resolve()
    assert (desk.file().status, len(desk.said(ComplaintResolved))) == ("resolved", 2)


@pytest.mark.parametrize(
    ("closed_on", "reopened_on", "breaches"),
    [
        pytest.param("2025-03-15", "2025-05-01", ["05-11 09:00"], id="ten days were left: ten days are left"),
        pytest.param("2025-03-30", "2025-05-01", ["03-25 00:00"], id="breached before: it is not breached again"),
        pytest.param("2025-03-24", "2025-03-24", ["03-25 09:00"], id="the same day"),
    ],
)
def test_a_closed_case_stands_still_until_it_is_opened_again(desk, closed_on, reopened_on, breaches):
    desk.complain(fault="unknown")
    desk.acknowledge()
    desk.to(closed_on, "00:00").resolve()
    change(desk.to(reopened_on), "reopen", reason="again")
    desk.to("2025-08-01")
    assert [when for when, step, _ in rung(desk) if step is None] == breaches


def test_opened_again_a_case_says_by_when_its_open_steps_are_due(desk):
    desk.complain()
    desk.complete("R1")
    desk.withdraw()
    change(desk.to("2025-03-12"), "reopen", reason="again")
    told = {each.step: f"{each.due_on:%m-%d}" for each in desk.said(CaseMoved)}
    steps = {"R2": "03-13", "R3": "03-14", "R5": "03-13", "R6": "03-15"}
    assert told == steps | {"acknowledge": "03-12"}
    assert desk.dues() == steps | {"R1": "03-10", "R4": "03-13"}


def test_a_case_that_was_closed_in_a_pause_stood_still_since_then(desk):
    desk.complain(fault="unknown")
    change(desk.to("2025-03-15", "00:00"), "pause", reason="x")
    desk.to("2025-03-20").resolve()
    change(desk.to("2025-05-01", "00:00"), "reopen", reason="again")
    assert desk.case().file.resolve_by_on == date(2025, 5, 10)
    desk.to("2025-08-01")
    assert [when for when, step, _ in rung(desk) if step is None] == ["05-11 00:00"]


# -- promises and guarantees


def test_t69_a_broken_promise_brings_r7_into_its_case(desk):
    desk.complain()
    desk.tell(CommitmentMade(commitment_id="p1", due_on=date(2025, 3, 12), complaint_id="c1"))
    desk.tell(CommitmentMade(commitment_id="p2", due_on=date(2025, 3, 12), complaint_id="c1"))
    desk.tell(CommitmentFulfilled(commitment_id="p2"))
    desk.to("2025-03-13").tell(CommitmentBreached(commitment_id="p2"))
    assert "R7" not in desk.steps()
    desk.tell(CommitmentBreached(commitment_id="p1"))
    desk.tell(CommitmentBreached(commitment_id="p1"))
    assert [(each.step, each.because) for each in desk.said(RemediationStepAdded)] == [("R7", "commitment_breached")]


BROKEN = CommitmentBreached(commitment_id="p1")
MADE = CommitmentMade(commitment_id="p1", due_on=date(2025, 3, 9), complaint_id="c1")


def complain(desk):
    desk.complain()


def close(desk):
    desk.complain()
    desk.complete_all().resolve()


def reopen(desk):
    change(desk, "reopen", reason="x")


@pytest.mark.parametrize(
    "happens",
    [
        pytest.param((complain, MADE, BROKEN), id="complaint, made, broken"),
        pytest.param((complain, BROKEN, MADE), id="its breach, of another topic, comes before it was made"),
        pytest.param((MADE, complain, BROKEN), id="made before the complaint is known"),
        pytest.param((MADE, BROKEN, complain), id="broken before the complaint is known"),
        pytest.param((BROKEN, MADE, complain), id="backwards"),
        pytest.param((close, MADE, BROKEN, reopen), id="broken while the case is closed"),
        pytest.param((MADE, close, BROKEN, reopen), id="closed in between"),
    ],
)
def test_cp11_a_broken_promise_brings_r7_whatever_is_heard_of_first(desk, happens):
    for what in happens:
        desk.now += timedelta(minutes=1)
        what(desk) if callable(what) else desk.tell(what)
    said = [(s.step, s.because) for s in desk.said(RemediationStepAdded) if s.step == "R7"]
    started = [s.step for f in desk.said(RemediationStarted) for s in f.steps]
    assert (said == [("R7", "commitment_breached")]) != ("R7" in started)
    assert desk.file().commitment_breached
    assert (desk.state.commitments, desk.state.broken, desk.state.early) == ((), (), ())


def test_what_is_waited_for_is_bounded(desk):
    for number in range(300):
        desk.update(f"c{number}", severity="major")
        desk.tell(CommitmentBreached(commitment_id=f"p{number}"))
    assert (len(desk.state.early), len(desk.state.broken)) == (100, 100)
    desk.complain("c299")
    assert desk.file("c299").severity == "major"


def buy(desk, until):
    bought = {"order_id": "o1", "ordered_on": date(2025, 1, 1), "amount": 100, "currency": "USD"}
    return desk.tell(PurchaseRecorded(kind="delivered", guarantee_until_on=until, **bought))


@pytest.mark.parametrize(
    ("until", "told", "expected"),
    [
        pytest.param(date(2025, 3, 10), {}, ("repair", "replace", "refund"), id="T72 on its last day"),
        pytest.param(date(2025, 3, 9), {}, None, id="over"),
        pytest.param(None, {}, None, id="none"),
        pytest.param(date(2026, 1, 1), {"about": "staff"}, None, id="not about the product"),
        pytest.param(date(2026, 1, 1), {"order_id": "o9"}, None, id="another order"),
    ],
)
def test_t72_a_guarantee_entitles(desk, until, told, expected):
    buy(desk, until)
    desk.complain(**{"about": "product", "order_id": "o1"} | told)
    (said,) = desk.said(RemediationStarted)
    assert {step.step: step.entitlements for step in said.steps}["R2"] == expected
    assert desk.step("R2").entitlements == (expected or ())


def test_a_guarantee_that_is_heard_of_later_entitles_too(desk):
    desk.complain(about="product", order_id="o1")
    buy(desk, date(2026, 1, 1))
    assert desk.step("R2").entitlements == ("repair", "replace", "refund")


def test_a_paused_case_wakes_nobody(desk):
    desk.complain()
    change(desk, "pause", reason="x")
    context = desk.context(desk.told[-1])
    assert next_instant(desk.state, context) is None
    assert isinstance(desk.now, datetime)
