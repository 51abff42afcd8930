"""Winning back who left out of dissatisfaction: the register, the steps and what ends them."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import pytest

from services.feedback.domain.commands import ChangeCase, FindCause
from services.feedback.domain.departures import Churn
from services.feedback.domain.improvement_seed import Seed
from services.feedback.domain.rows import Cause
from services.feedback.domain.winback import WinbackFile, WinbackStepRow
from shared.contracts.feedback import (
    CaseBreached,
    CaseMoved,
    CaseWarned,
    WinbackClosed,
    WinbackStarted,
    WinbackStepBlocked,
    WinbackStepCompleted,
)
from shared.contracts.profile import ConsentChanged, CustomerChurned, CustomerErased, CustomerExited, CustomerWonBack
from shared.engine.decision import Accepted, Refused

MEASURE = {"element": "service_quality", "text": "two people at the desk on Mondays"}
CALL = {"channel": "phone"}


def refusal(decision) -> tuple[str, int]:
    assert isinstance(decision, Refused)
    return (decision.rule, decision.status)


@pytest.fixture
def left(desk):
    desk.tell(CustomerChurned(kind="abnormal", reason="service"))
    return desk


def rows(desk, type_):
    return [row for row in desk.saved.values() if isinstance(row, type_)]


def file(desk) -> WinbackFile:
    (found,) = rows(desk, WinbackFile)
    return found


def step(desk, name) -> WinbackStepRow:
    (found,) = [row for row in rows(desk, WinbackStepRow) if row.step == name]
    return found


def do(desk, name, result="done", **more):
    return desk.complete_of(file(desk).case_id, name, result, **more)


def test_t73_an_abnormal_departure_starts_five_steps(left):
    (said,) = left.said(WinbackStarted)
    assert [(s.step, f"{s.due_on:%m-%d}") for s in said.steps] == [
        ("W1", "03-10"), ("W2", "03-11"), ("W3", "03-13"), ("W4", "03-17"), ("W5", "04-09")
    ]  # fmt: skip
    assert said.steps[1].channels == ("hotline", "phone", "shop", "visit")
    (churn,) = rows(left, Churn)
    assert (churn.kind, churn.reason, churn.churned_on, churn.case_id) == (
        "abnormal",
        "service",
        date(2025, 3, 10),
        file(left).case_id,
    )


def test_t78_a_normal_departure_is_registered_and_nothing_else(desk):
    desk.tell(CustomerChurned(kind="normal", reason="no_longer_needed"))
    assert (len(rows(desk, Churn)), rows(desk, WinbackFile), desk.facts) == (1, [], [])


@pytest.mark.parametrize(
    ("report", "expected"),
    [
        pytest.param({"channel": "email"}, ("channel_not_allowed", 422), id="T74 not in writing"),
        pytest.param({}, ("channel_not_allowed", 422), id="not without saying how"),
        pytest.param({"channel": "phone"}, None, id="T74 by phone"),
        pytest.param({"channel": "visit"}, None, id="T74 by a visit"),
    ],
)
def test_w2_is_done_in_person(left, report, expected):
    decision = do(left, "W2", **report)
    assert (refusal(decision) if isinstance(decision, Refused) else None) == expected
    assert len(left.said(WinbackStepCompleted)) == (expected is None)


def test_t75_the_steps_follow_each_other_and_displeasure_comes_before_the_offer(left):
    assert refusal(do(left, "W3", displeasure_resolved=True)) == ("step_order", 409)
    assert refusal(do(left, "W4")) == ("step_order", 409)
    do(left, "W2", **CALL)
    assert refusal(do(left, "W4")) == ("step_order", 409)
    assert refusal(do(left, "W3", displeasure_resolved=False)) == ("displeasure_unresolved", 409)
    assert refusal(do(left, "W3")) == ("displeasure_unresolved", 409)
    do(left, "W3", displeasure_resolved=True, opinions="nobody called back", plan="one person to call")
    assert (file(left).opinions, file(left).plan) == ("nobody called back", "one person to call")
    assert refusal(do(left, "W3", displeasure_resolved=True)) == ("step_done", 409)
    assert isinstance(do(left, "W4"), Accepted)


def test_t76_w4_is_said_with_its_need_and_w5_stays_open(left):
    do(left, "W1")
    do(left, "W2", **CALL)
    do(left, "W3", displeasure_resolved=True)
    do(left, "W4", outcome="advanced", need={"demand": "target", "expected_close_on": "2025-03-30"})
    assert left.said(WinbackStepCompleted)[-1].need.expected_close_on == date(2025, 3, 30)
    assert (file(left).status, file(left).returned, step(left, "W5").status) == ("open", True, "open")
    assert left.said(WinbackClosed) == []
    do(left, "W5", measure=MEASURE)
    assert (file(left).status, [fact.won for fact in left.said(WinbackClosed)]) == ("won", [True])
    assert left.state.departure.winbacks == ()


@pytest.mark.parametrize("result", ["done", "declined", "rejected"])
def test_w5_asks_for_a_measure_however_it_ends(left, result):
    assert refusal(do(left, "W5", result, reason="x")) == ("measure_required", 422)
    strange = MEASURE | {"element": "horoscope"}
    assert refusal(do(left, "W5", result, reason="x", measure=strange)) == ("element_unknown", 422)
    do(left, "W5", result, reason="x", measure=MEASURE)
    (seed,) = rows(left, Seed)
    assert (seed.item_id, seed.element, seed.title) == (file(left).item_id, "service_quality", MEASURE["text"])


def test_a_customer_who_stays_away_is_lost_with_the_last_step(left):
    do(left, "W2", "rejected", reason="hung up")
    do(left, "W3", "declined", reason="nobody to talk to")
    do(left, "W4", "declined", reason="nobody to talk to")
    do(left, "W1")
    assert left.said(WinbackClosed) == []
    do(left, "W5", measure=MEASURE)
    assert (file(left).status, [fact.won for fact in left.said(WinbackClosed)]) == ("lost", [False])
    assert refusal(do(left, "W1")) == ("case_closed", 409)


def test_a_customer_who_comes_back_alone_still_costs_a_measure(left):
    left.to("2025-03-20").tell(CustomerWonBack(on=date(2025, 3, 20)))
    assert left.said(WinbackClosed) == []
    assert rows(left, Churn)[0].ended_on == date(2025, 3, 20)
    do(left, "W5", measure=MEASURE)
    assert file(left).status == "won"


def test_each_step_is_warned_of_and_breached_once(left):
    do(left, "W1")
    left.to("2025-05-01")
    do(left, "W2", **CALL)
    left.to("2025-06-01")
    assert [(fact.step, f"{fact.due_on:%m-%d}") for fact in left.said(CaseBreached)] == [
        ("W2", "03-11"), ("W3", "03-13"), ("W4", "03-17"), ("W5", "04-09")
    ]  # fmt: skip
    assert [fact.step for fact in left.said(CaseWarned)] == ["W2", "W3", "W4", "W5"]


def test_what_no_longer_binds_is_not_breached(left):
    """The customer came back alone: the offer is pointless, the measure is still owed."""
    left.to("2025-03-12").tell(CustomerWonBack(on=date(2025, 3, 12)))
    left.to("2025-05-01")
    said = [(when, fact.step) for when, fact in left.dated if isinstance(fact, CaseBreached)]
    assert [step for when, step in said if when.date() > date(2025, 3, 12)] == ["W5"]


def test_wb07_why_the_customer_left_is_found_before_the_end_and_after_it(left):
    told = {"category": "process", "text": "two systems disagree"}
    assert refusal(left.tell(FindCause(case_id=file(left).case_id, fault="company"))) == ("invalid_body", 422)
    left.tell(FindCause(case_id=file(left).case_id, causes=[told]))
    assert file(left).causes == (Cause(**told),)
    left.tell(CustomerExited(on=date(2025, 3, 10)))
    left.tell(FindCause(case_id=file(left).case_id, causes=[]))
    assert (file(left).status, file(left).causes) == ("lost", ())
    assert refusal(left.tell(FindCause(case_id=UUID(int=1), causes=[]))) == ("not_found", 404)


def test_another_policy_moves_the_steps_and_a_working_calendar_holds_for_them(left, desk_of):
    values = {"winback.due_days": {"W2": 5}, "calendar.working_days": ["mon", "tue", "wed", "thu", "fri"]}
    left.policy = desk_of(**values).policy
    left.tell(CustomerChurned(kind="abnormal", reason="price"))
    assert [(each.step, f"{each.due_on:%m-%d}") for each in left.said(CaseMoved)] == [("W2", "03-14")]
    assert (f"{step(left, 'W2').due_on}", f"{step(left, 'W5').due_on}") == ("2025-03-14", "2025-04-09")
    left.to("2025-03-16")
    assert [fact.step for fact in left.said(CaseBreached)] == ["W1", "W3", "W2"]


def test_wb08_a_win_back_has_an_owner(left):
    case_id = file(left).case_id
    assert refusal(left.tell(ChangeCase(case_id=case_id, action="reassign"))) == ("invalid_body", 422)
    left.tell(ChangeCase(case_id=case_id, action="reassign", to="ann"))
    assert (file(left).owner, left.state.departure.winbacks[0].file.owner) == ("ann", "ann")
    do(left, "W1")
    assert file(left).owner == "ann"
    assert refusal(left.tell(ChangeCase(case_id=case_id, action="pause", reason="x"))) == ("not_found", 404)


# -- consents


def test_without_a_consented_channel_a_step_is_blocked_and_a_person_decides(left):
    left.tell(ConsentChanged(purpose="service", granted=False))
    assert [(fact.step, fact.because) for fact in left.said(WinbackStepBlocked)] == [("W2", "no_consented_channel")]
    assert refusal(do(left, "W2", **CALL)) == ("step_blocked", 409)
    left.tell(ConsentChanged(purpose="service", granted=False))
    assert len(left.said(WinbackStepBlocked)) == 1
    do(left, "W2", "declined", reason="may not be called")
    assert step(left, "W2").status == "declined"


def test_a_channel_that_is_still_allowed_is_used(left):
    left.to("2025-03-11").tell(ConsentChanged(granted=False))
    left.to("2025-03-12").tell(ConsentChanged(channel="visit", purpose="service", granted=True))
    assert step(left, "W2").status == "open"
    assert refusal(do(left, "W2", **CALL)) == ("channel_not_allowed", 422)
    assert isinstance(do(left, "W2", channel="visit"), Accepted)


def test_an_older_word_of_consent_changes_nothing(left):
    left.to("2025-03-12").tell(ConsentChanged(granted=True))
    left.tell(ConsentChanged(granted=False), when=left.now.replace(day=1))
    assert left.said(WinbackStepBlocked) == []


def test_somebody_whom_nobody_may_call_is_blocked_from_the_start(desk):
    desk.tell(ConsentChanged(granted=False))
    desk.tell(CustomerChurned(kind="abnormal", reason="price"))
    assert [type(fact) for fact in desk.facts] == [WinbackStarted, WinbackStepBlocked]


# -- who is not won back


@pytest.mark.parametrize(
    "end", [CustomerExited(on=date(2025, 3, 9)), CustomerErased(on=date(2025, 3, 9))], ids=["exited", "erased"]
)
def test_who_was_parted_from_is_not_won_back(desk, end):
    desk.tell(CustomerChurned(kind="abnormal", reason="price"))
    desk.tell(end)
    assert (file(desk).status, [fact.won for fact in desk.said(WinbackClosed)]) == ("lost", [False])
    assert refusal(do(desk, "W1")) == ("case_closed", 409)


def test_who_exited_first_has_no_win_back(desk):
    desk.tell(CustomerExited(on=date(2025, 3, 9)))
    desk.tell(CustomerChurned(kind="abnormal", reason="price"))
    assert (len(rows(desk, Churn)), desk.said(WinbackStarted)) == (1, [])


# -- the register


def test_a_departure_said_again_corrects_its_entry(left):
    left.tell(CustomerChurned(kind="abnormal", reason="delivery"))
    (churn,) = rows(left, Churn)
    assert (churn.reason, file(left).reason, len(left.said(WinbackStarted))) == ("delivery", "delivery", 1)
    left.tell(CustomerChurned(kind="normal", reason="moved"))
    assert (rows(left, Churn)[0].kind, file(left).status) == ("normal", "lost")


def test_leaving_again_after_coming_back_is_another_departure(left):
    left.tell(CustomerWonBack(on=date(2025, 3, 20)))
    do(left, "W5", measure=MEASURE)
    left.to("2025-05-01").tell(CustomerChurned(kind="abnormal", reason="price"))
    assert [churn.reason for churn in rows(left, Churn)] == ["service", "price"]
    assert len(left.said(WinbackStarted)) == 2


def test_wb10_register_and_win_back_follow_the_tier(left):
    left.tier("key")
    assert (rows(left, Churn)[0].tier, file(left).tier) == ("key", "key")
