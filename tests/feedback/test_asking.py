"""When a customer is asked for an opinion, and when not (FB-10)."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import pytest

from services.feedback.domain.questions import question_of
from shared.contracts.feedback import SurveyRequested
from shared.contracts.profile import (
    ConsentChanged,
    CustomerChurned,
    CustomerExited,
    CustomerWonBack,
    PurchaseRecorded,
    SurveyAnswered,
)
from shared.contracts.scheduler import ContactSuppressed, TaskCreated

TASK = UUID(int=9)


def buy(desk, order_id="o1", on=None, kind="placed"):
    day = date.fromisoformat(on) if on else desk.now.date()
    return desk.tell(PurchaseRecorded(order_id=order_id, kind=kind, ordered_on=day, amount=100, currency="USD"))


def answer(desk, id="a1", survey="nps", score=9):
    return desk.tell(SurveyAnswered(answer_id=id, survey=survey, score=score))


def asked(desk):
    return [(f"{fact.due_on}", fact.survey, fact.trigger) for fact in desk.said(SurveyRequested)]


def why(desk):
    return question_of(desk.state, desk.now.date(), desk.policy).why


@pytest.fixture
def buyer(desk):
    buy(desk.to("2025-03-10"))
    return desk


def test_a_buyer_is_asked_after_90_days_and_reminded_once(buyer):
    buyer.to("2025-06-08")
    assert asked(buyer) == [("2025-06-08", "nps", "regular")]
    buyer.to("2025-09-05")
    assert asked(buyer) == [("2025-06-08", "nps", "regular"), ("2025-06-15", "nps", "reminder")]
    buyer.to("2025-09-06")
    assert asked(buyer)[2:] == [("2025-09-06", "nps", "regular")]


def test_who_answered_is_not_reminded_and_asked_again_90_days_later(buyer):
    answer(buyer.to("2025-06-10"))
    buyer.to("2025-09-07")
    assert len(asked(buyer)) == 1
    buyer.to("2025-09-08")
    assert asked(buyer)[1:] == [("2025-09-08", "nps", "regular")]


def test_who_never_bought_is_not_asked(desk):
    desk.to("2026-03-10")
    assert (asked(desk), why(desk)) == ([], "never_bought")


def test_an_order_of_long_ago_is_asked_about_on_its_own_day(desk):
    buy(desk.to("2025-03-10"), on="2024-01-01")
    desk.to("2025-03-26")
    assert asked(desk) == [("2025-03-26", "nps", "regular")]


def test_a_case_that_ended_is_asked_about_the_day_after(desk):
    desk.complain(fault="unknown")
    desk.to("2025-03-12").resolve()
    desk.to("2025-03-13", "10:00")
    assert asked(desk) == [("2025-03-13", "csat", "resolution")]


def test_who_never_bought_is_reminded_of_it_once_too(desk):
    desk.complain(fault="unknown")
    desk.to("2025-03-12").resolve()
    desk.to("2026-03-12")
    assert asked(desk) == [("2025-03-13", "csat", "resolution"), ("2025-03-20", "csat", "reminder")]
    assert why(desk) == "never_bought"


def test_a_complaint_that_was_withdrawn_is_asked_about_by_nobody(desk):
    desk.complain()
    desk.withdraw()
    desk.to("2025-04-30")
    assert asked(desk) == []


def test_nobody_is_asked_twice_within_the_days_of_rest(buyer):
    buyer.to("2025-06-08")
    answer(buyer)
    buyer.complain(fault="unknown")
    buyer.to("2025-06-10").resolve()
    assert why(buyer) == "after_resolution"
    buyer.to("2025-07-08", "10:00")
    assert asked(buyer)[1:] == [("2025-07-08", "csat", "resolution")]


def test_an_open_complaint_comes_first(buyer):
    buyer.to("2025-06-07").complain(fault="unknown")
    assert why(buyer) == "open_complaint"
    buyer.to("2025-06-20")
    assert asked(buyer) == []
    buyer.resolve()
    buyer.to("2025-06-21", "10:00")
    assert len(asked(buyer)) == 1


def test_a_question_needs_a_channel_that_the_customer_allows(buyer):
    buyer.tell(ConsentChanged(purpose="survey", granted=False))
    assert why(buyer) == "no_consent"
    buyer.to("2025-07-01")
    assert asked(buyer) == []
    buyer.tell(ConsentChanged(channel="email", purpose="survey", granted=True))
    buyer.to("2025-09-07")
    assert asked(buyer) == [("2025-09-06", "nps", "regular")]


@pytest.mark.parametrize(
    ("happens", "reason"),
    [
        pytest.param(CustomerExited(on=date(2025, 3, 11)), "gone", id="exited"),
        pytest.param(CustomerChurned(kind="normal", reason="moved"), "left", id="left"),
    ],
)
def test_who_is_gone_is_not_asked(buyer, happens, reason):
    buyer.tell(happens)
    buyer.to("2025-12-01")
    assert (asked(buyer), why(buyer)) == ([], reason)


def test_who_came_back_is_asked_again(buyer):
    buyer.tell(CustomerChurned(kind="normal", reason="moved"))
    buyer.tell(CustomerWonBack(on=date(2025, 3, 20)))
    buyer.to("2025-06-08")
    assert len(asked(buyer)) == 1


def test_a_question_that_is_held_back_is_not_reminded_of(buyer):
    buyer.to("2025-06-08")
    buyer.tell(TaskCreated(task_id=TASK, kind="survey_ask", due_on=date(2025, 6, 8)))
    buyer.tell(ContactSuppressed(task_id=TASK, rule="attention_cap"))
    assert buyer.state.asking.held == "attention_cap"
    buyer.to("2025-07-01")
    assert len(asked(buyer)) == 1
    assert why(buyer) == "regular"


@pytest.mark.parametrize("value", [{"survey.every_days": 30}, {"survey.regular": "ces"}])
def test_the_rhythm_is_the_policys(desk_of, value):
    desk = desk_of(**value)
    buy(desk)
    desk.to("2025-06-09")
    assert asked(desk) != [("2025-06-08", "nps", "regular")]
    assert asked(desk)
