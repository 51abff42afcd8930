"""Facts of several topics may come late, twice and in any order: what is known in the end is the same."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import permutations
from uuid import uuid5

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.grading.domain.commands import SettleCustomer
from services.grading.subscriptions import SUBSCRIPTIONS
from shared.contracts.feedback import (
    ComplaintFaultFound,
    ComplaintReopened,
    ComplaintResolved,
    RemediationStepCompleted,
)
from shared.contracts.profile import (
    ComplaintWithdrawn,
    CostAllocated,
    CustomerChurned,
    CustomerUpdated,
    CustomerWonBack,
    InteractionRecorded,
    ReferralRecorded,
)
from shared.contracts.scheduler import FollowupScheduled, RefreshedNeed, TaskCompleted
from shared.contracts.values import DealStatus, Grade, Urgency


def test_nothing_is_said_of_a_stub_and_all_that_was_heard_counts_once_it_is_registered(story, facts):
    told = story().need(expected_close_on="2025-03-31").order("placed", "2025-03-01")
    told.told(facts.opened("2025-03-02"), "2025-03-02")
    assert (told.said, told.wake_at) == ([], None)
    told.registered("2025-03-02")
    assert (told.last.grade, told.last.deal_status, told.last.urgency) == (Grade.A, DealStatus.WON, Urgency.URGENT)
    assert (told.last.previous, told.last.changed) == (None, True)
    assert len(told.said) == 1


def test_an_interaction_says_nothing_when_nothing_changes(story):
    contact = InteractionRecorded(
        interaction_id="i1",
        channel="phone",
        direction="inbound",
        human=True,
        grievance=False,
        question=False,
        objection=False,
        consent_purpose="service",
    )
    told = story().registered().told(contact, "2025-03-02")
    assert len(told.said) == len(told.history) == 1


@pytest.mark.parametrize("first", ["profile", "scheduler"])
def test_a_followups_need_is_graded_from_the_followup_whichever_topic_is_read_first(story, facts, first):
    told = story().registered().need(expected_close_on="2025-07-01")
    done = told.event(
        facts.followup("2025-03-16", expected_close_on="2025-05-15"), facts.instant("2025-03-16"), id="f1"
    )
    again = told.event(
        facts.need("2025-03-16", expected_close_on="2025-05-15", source="followup", version=2),
        facts.instant("2025-03-16"),
        causationid="f1",
    )
    before = len(told.said)
    for event in (again, done) if first == "profile" else (done, again):
        told.fold(event)
    told.tick("2025-03-17")
    assert [(row.grade, row.previous, row.cause_id) for row in told.history[before:]] == [("B", "C", "f1")]


def test_a_followups_need_that_comes_without_its_followup_is_graded_at_that_instant_all_the_same(story, facts):
    told = story().registered().need(expected_close_on="2025-07-01")
    told.told(facts.need("2025-03-16", expected_close_on="2025-05-15", source="followup", version=2), "2025-03-16")
    assert told.last.grade is Grade.C
    told.tick("2025-03-17")
    assert told.said[-1][0] == facts.instant("2025-03-16")
    assert told.last.grade is Grade.B


@pytest.mark.parametrize("carrier", ["task", "step"])
def test_a_task_or_step_with_a_need_is_graded_and_the_followup_that_it_completes_is_said_too(story, facts, carrier):
    need = RefreshedNeed(stated_at=facts.instant("2025-03-16"), demand="target", expected_close_on="2025-03-20")
    data = {
        "task": TaskCompleted(task_id=facts.case_id("t"), kind="call", outcome="advanced", need=need),
        "step": RemediationStepCompleted(case_id=facts.case_id("c1"), step="R1", result="done", need=need),
    }[carrier]
    told = story().registered().told(data, "2025-03-16")
    assert (told.last.grade, told.last.changed) == (Grade.A, True)
    told.followup("2025-03-16", expected_close_on="2025-03-20")
    assert (told.last.grade, told.last.changed, len(told.said)) == (Grade.A, False, 3)


def test_a_step_that_completes_the_followup_is_graded_from_the_followup(story, facts):
    need = RefreshedNeed(stated_at=facts.instant("2025-03-16"), demand="target", expected_close_on="2025-03-20")
    step = RemediationStepCompleted(
        case_id=facts.case_id("c1"), step="R1", result="done", outcome="advanced", need=need
    )
    told = story().registered().told(step, "2025-03-16")
    assert (told.last.grade, len(told.said)) == (Grade.D, 1)
    told.followup("2025-03-16", expected_close_on="2025-03-20")
    assert (told.last.grade, told.last.changed, len(told.said)) == (Grade.A, True, 2)


def test_a_need_in_another_currency_counts_at_its_rate_and_not_at_all_without_one(story):
    told = story({"currency.rates": {"EUR": 2}}).registered()
    assert told.need(expected_amount=5_000_000, currency="EUR").last.importance == "important"
    assert told.need("2025-03-02", expected_amount=50_000_000, currency="CHF").last.importance == "standard"


@pytest.mark.parametrize("ids", [("a", "b"), ("b", "a")])
def test_a_need_stated_at_the_instant_of_an_order_stands_whatever_the_ids(story, facts, ids):
    at = facts.instant("2025-03-05")
    stated, spent = facts.need("2025-03-05"), facts.need("2025-03-05", demand="latent", source="inferred", version=2)
    for arrival in permutations(zip((stated, spent), ids, strict=True)):
        told = story().registered()
        for data, id in arrival:
            told.fold(told.event(data, at, causationid=id))
        assert told.last.demand == "target"


# -- orders


ORDERS = {
    "placed": {"kind": "placed", "amount": 100},
    "delivered": {"kind": "delivered", "amount": 100},
    "refunded in part": {"kind": "refunded", "amount": 100, "refunded_amount": 40},
    "refunded": {"kind": "refunded", "amount": 100, "refunded_amount": 100},
    "cancelled": {"kind": "cancelled", "amount": 100},
}


@pytest.mark.parametrize(
    ("happened", "status"),
    [
        pytest.param(("placed", "refunded in part", "delivered"), "won", id="a partial refund leaves the deal"),
        pytest.param(("placed", "delivered", "refunded"), "prospect", id="a full refund undoes it"),
        pytest.param(("placed", "delivered", "cancelled"), "prospect", id="a cancellation undoes it"),
        pytest.param(
            ("placed", "refunded in part", "refunded", "cancelled"), "prospect", id="undone twice is undone once"
        ),
    ],
)
def test_an_order_counts_the_same_in_whatever_order_its_facts_come(story, happened, status):
    for arrival in permutations(happened):
        told = story().registered()
        for name in (*arrival, arrival[0]):
            told.order(day="2025-03-02", **ORDERS[name])
        assert told.customer.deal_status == status, arrival
        assert told.state.books.orders == (status == "won"), arrival


def test_a_second_order_stays_won_when_the_first_is_cancelled(story):
    told = story().registered().order("placed", "2025-03-02").order("placed", "2025-03-03", order_id="o2")
    assert told.order("cancelled", "2025-03-04").last.deal_status is DealStatus.WON
    assert told.order("cancelled", "2025-03-05", order_id="o2").last.deal_status is DealStatus.PROSPECT


def test_negotiating_goes_before_won(story):
    told = story().registered().order("placed", "2025-03-02").need("2025-03-03", negotiating=True)
    assert told.last.deal_status is DealStatus.NEGOTIATING


@pytest.mark.parametrize("kind", ["delayed", "refunded"])
def test_an_order_that_only_a_delay_or_a_refund_speaks_of_is_not_won_yet(story, kind):
    told = story().registered().order(kind, "2025-03-02")
    assert told.last.deal_status is DealStatus.PROSPECT
    assert told.order("placed", "2025-03-02", amount=100).last.deal_status is DealStatus.WON


def test_a_refund_of_an_order_whose_amount_is_not_known_yet_undoes_nothing(story):
    told = story().registered().order("delivered", "2025-03-02").order("refunded", "2025-03-03", refunded_amount=100)
    assert told.last.deal_status is DealStatus.WON
    assert told.order("placed", "2025-03-02", amount=100).last.deal_status is DealStatus.PROSPECT


@pytest.mark.parametrize(
    ("happened", "refunds"),
    [
        pytest.param(("placed", "too much"), 50, id="what was paid back beyond the price"),
        pytest.param(("placed", "refunded"), 0, id="the price itself"),
        pytest.param(("placed", "cancelled", "too much"), 50, id="of a cancelled order too"),
    ],
)
def test_what_is_paid_back_beyond_an_orders_amount_is_lost(story, happened, refunds):
    facts = ORDERS | {"too much": {"kind": "refunded", "amount": 100, "refunded_amount": 150}}
    for arrival in permutations(happened):
        told = story().registered()
        for name in (*arrival, arrival[-1]):
            told.order(day="2025-03-02", **facts[name])
        total = told.state.books.total
        assert (total.revenue, total.refunds, total.goods, told.state.books.orders) == (0, refunds, 0, 0), arrival


# -- leaving and coming back


def test_who_left_because_nothing_was_needed_and_buys_again_may_need_something(story):
    for came_back in (
        lambda told: told.order("placed", "2025-03-20", order_id="o2"),
        lambda told: told.told(CustomerWonBack(on=date(2025, 3, 20)), "2025-03-20"),
    ):
        told = story().registered().order("placed", "2025-03-02")
        told.told(CustomerChurned(kind="normal", reason="moved"), "2025-03-10")
        assert (told.last.grade, told.last.demand) == (Grade.E, "none")
        came_back(told)
        assert (told.last.grade, told.last.demand) == (Grade.D, "latent")


def test_an_order_from_before_the_departure_changes_nothing_about_it(story, facts):
    told = story().registered().told(CustomerChurned(kind="normal", reason="moved"), "2025-03-10")
    before = told.event(facts.order("placed", "2025-03-02"), facts.instant("2025-03-02"))
    assert told.fold(before).last.grade is Grade.E


def test_who_said_that_nothing_is_needed_and_comes_back_is_believed_until_profile_says_otherwise(story):
    told = story().registered().need("2025-03-10", demand="none")
    assert told.told(CustomerWonBack(on=date(2025, 3, 20)), "2025-03-20").last.grade is Grade.E


# -- complaints


def test_a_complaint_withdrawn_before_its_case_is_heard_of_leaves_no_case(story, facts):
    withdrawn, opened = ComplaintWithdrawn(complaint_id="c1"), facts.opened("2025-03-02")
    for first, second in permutations((withdrawn, opened)):
        told = story().registered().told(first, "2025-03-02").told(second, "2025-03-02")
        assert told.state.open_cases == ()
        assert told.last.urgency is Urgency.LONG_HORIZON


def test_a_complaint_is_urgent_until_resolved_and_again_when_reopened(story, facts):
    told = story().registered().told(facts.opened("2025-03-02"), "2025-03-02")
    case_id = facts.case_id("c1")
    assert told.told(ComplaintResolved(case_id=case_id, days=1), "2025-03-03").last.urgency is Urgency.LONG_HORIZON
    assert told.told(ComplaintReopened(case_id=case_id), "2025-03-04").last.urgency is Urgency.URGENT


def test_a_complaint_opened_again_under_another_id_stays_resolved(story, facts):
    told = story().registered().told(facts.opened("2025-03-02"), "2025-03-02")
    told.told(ComplaintResolved(case_id=facts.case_id("c1"), days=0), "2025-03-02")
    told.told(facts.opened("2025-03-02"), "2025-03-03")
    assert told.state.open_cases == ()


# -- the whole


def test_every_type_that_is_read_has_a_rule_and_no_other(story, facts):
    read = {model for models in SUBSCRIPTIONS.values() for model in models}
    from services.grading.domain.decide import LEARN
    from shared.contracts.profile import CustomerErased
    from shared.engine.routing import WORDS

    assert {*read, SettleCustomer} == {*LEARN, CustomerErased, *WORDS}
    stray = FollowupScheduled(followup_id=facts.case_id("f"), journal="daily", due_on="2025-03-02", because=("grade",))
    with pytest.raises(TypeError, match="no rule"):
        story().told(stray, "2025-03-02")


MOMENTS = st.integers(0, 20)
CLOSES = st.one_of(st.none(), st.integers(-20, 300))


KINDS = ["need", "inferred", "followup", "order", "opened", "withdrawn", "profile", "cost", "fault", "referral"]
ONCE = ("cost", "fault")
"""Told once under one id alone: they have none of their own."""


@st.composite
def heard(draw):
    """One fact, as (kind, arguments); complaints only ones that one topic brings."""
    kind = draw(st.sampled_from(KINDS))
    return (kind, draw(MOMENTS), draw(CLOSES), draw(st.sampled_from(["a", "b"])), draw(st.sampled_from(sorted(ORDERS))))


def fact_of(facts, fact, number):
    kind, moment, close, name, order = fact
    at = facts.instant("2025-03-01") + timedelta(hours=moment, seconds=number)  # the same thing again is of its instant
    close_on = close if close is None else at.date() + timedelta(days=close)
    make = {
        "need": lambda: facts.need(stated_at=at, expected_close_on=close_on),
        "inferred": lambda: facts.need(stated_at=at, demand="latent", source="inferred"),
        "followup": lambda: facts.followup(
            "2025-03-01", facts.case_id(f"f{number}"), stated_at=at, expected_close_on=close_on
        ),
        "order": lambda: facts.order(day="2025-03-01", order_id=name, **ORDERS[order]),
        "opened": lambda: facts.opened("2025-03-01", name),
        "withdrawn": lambda: ComplaintWithdrawn(complaint_id=name),
        "profile": lambda: CustomerUpdated(fields=("owner",)),
        "cost": lambda: CostAllocated(kind="repair", minutes=moment * 10, complaint_id=name),
        "fault": lambda: ComplaintFaultFound(case_id=facts.case_id(name), complaint_id=name, fault="company"),
        "referral": lambda: ReferralRecorded(referred_customer_id=facts.case_id(name)),
    }
    return make[kind]()


@given(data=st.data(), what=st.lists(heard(), max_size=8))
def test_the_end_is_the_same_in_any_order_and_with_duplicates(story, facts, data, what):
    at = facts.instant("2025-03-10")
    first = story()
    events = [
        first.event(fact_of(facts, fact, number), at, id=str(uuid5(facts.case_id("x"), f"{number}")))
        for number, fact in enumerate(what)
    ]
    events.append(first.event(facts.registered(), at))
    again = data.draw(st.permutations(events))
    told_again = [event for fact, event in zip((*what, ("profile",)), events, strict=True) if fact[0] not in ONCE]
    twice = data.draw(st.lists(st.sampled_from(told_again), max_size=4))

    other = story()
    for event in events:
        first.fold(event)
    for event in again:
        other.fold(event)
    for number, event in enumerate(twice):  # under another id, caused by the same
        other.fold(other.event(event.data, at, id=f"again {number}", causationid=event.id))
    for told in (first, other):
        told.tick("2025-03-11")
    assert other.state.assigned.axes == first.state.assigned.axes
    for field in ("books", "referrals", "open_cases", "standing"):
        assert getattr(other.state, field) == getattr(first.state, field), field
    shown, other_shown = ((t.customer.grade, t.customer.urgency, t.next) for t in (first, other))
    assert other_shown == shown
