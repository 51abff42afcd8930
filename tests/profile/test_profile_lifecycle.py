"""The life cycle: what moves a customer from stage to stage, in whatever sequence it is heard of."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import uuid5

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.profile.domain.commands import ChangeLifecycle
from services.profile.domain.stages import KEPT, Churn, Mark, MarkKind, marked, walk
from services.profile.domain.timeline import SPACE
from shared.contracts.ids import event_key
from shared.contracts.policy import default_policy
from shared.contracts.values import ChurnKind, LifecycleStage
from shared.engine.decision import Event

ANNA = "shop:1"
CASE = str(uuid5(SPACE, "case"))
TRANSITIONS = default_policy().lifecycle.transitions
START = datetime(2025, 3, 1, tzinfo=UTC)


def registered(files, at="2025-03-01"):
    files.tell("customer.registered", ANNA, at, party="individual", name="Anna")
    return files.id_of(ANNA)


def needed(files, at, **need):
    files.tell("need.stated", ANNA, at, demand="target", **need)


def bought(files, at):
    files.tell("order.placed", ANNA, at, order_id=f"o{at}", amount=100, currency="USD")


def left(files, at, **data):
    return files.tell("customer.left", ANNA, at, **{"avoidable": True} | data)


def risked(files, at):
    files.told_by("grading", "churn_risk.raised", files.id_of(ANNA), at, level="at_risk")


def graded(files, at, grade):
    told = {"changed": True, "basis": "computed", "deal_status": "won", "importance": "standard"}
    told |= {"urgency": "long_horizon", "demand": "none", "policy_id": "p", "as_of": at[:10]}
    files.told_by("grading", "grade.assigned", files.id_of(ANNA), at, grade=grade, **told)


def won(files, at):
    offered(files, at, result="done")


def offered(files, at, result):
    files.told_by("feedback", "winback.step_completed", files.id_of(ANNA), at, case_id=CASE, step="W4", result=result)


def put(files, at, to, reason="other"):
    command = ChangeLifecycle(to=to, reason=reason)
    id = f"put-{at}-{to}"
    event = Event(
        event_key("http", id),
        id,
        "http",
        command.TYPE,
        START.fromisoformat(f"{at}T12:00:00+00:00"),
        START.fromisoformat(f"{at}T12:00:00+00:00"),
        str(files.id_of(ANNA)),
        command,
    )
    return files.fold(event)


def stage(files):
    return str(files.state(ANNA).lifecycle.stage)


def moves(files):
    return [(fact["from"], fact["to"]) for fact in files.facts("lifecycle.changed")]


def test_a_life(files):
    registered(files)
    needed(files, "2025-03-02", negotiating=True)
    bought(files, "2025-03-03")
    risked(files, "2025-05-03")
    left(files, "2025-05-10", reason="price")
    won(files, "2025-05-20")
    bought(files, "2025-05-21")
    assert moves(files) == [
        ("prospect", "negotiating"),
        ("negotiating", "active"),
        ("active", "at_risk"),
        ("at_risk", "churned"),
        ("churned", "won_back"),
        ("won_back", "active"),
    ]
    assert files.facts("customer.churned") == [{"kind": "abnormal", "reason": "price"}]
    assert files.facts("customer.won_back") == [{"on": "2025-05-20"}]


def test_a_deal_that_is_no_longer_negotiated_makes_a_prospect_again(files):
    registered(files)
    needed(files, "2025-03-02", negotiating=True)
    needed(files, "2025-03-03")
    assert moves(files) == [("prospect", "negotiating"), ("negotiating", "prospect")]


@pytest.mark.parametrize(
    ("data", "churn"),
    [
        pytest.param({"avoidable": False, "reason": "no_longer_needed"}, ("normal", "no_longer_needed"), id="T78"),
        pytest.param({"avoidable": True}, ("abnormal", "unknown"), id="T79 nobody said why"),
        pytest.param({"avoidable": True, "reason": "hates us"}, ("abnormal", "unknown"), id="CN-07 no code of ours"),
    ],
)
def test_who_leaves_is_told_with_a_code(files, data, churn):
    registered(files)
    left(files, "2025-03-10", **data)
    (fact,) = files.facts("customer.churned")
    assert (fact["kind"], fact["reason"]) == churn


def test_a_reason_that_is_found_later_is_told_again(files):
    registered(files)
    left(files, "2025-03-10")
    left(files, "2025-03-12", reason="service")
    assert [fact["reason"] for fact in files.facts("customer.churned")] == ["unknown", "service"]
    assert moves(files) == [("prospect", "churned")]


def test_t81_who_left_keeps_name_and_address(files):
    files.tell("customer.registered", ANNA, "2025-03-01", party="individual", name="Anna", address="Elm 1")
    left(files, "2025-03-10")
    assert (files.state(ANNA).file.name, files.state(ANNA).file.address) == ("Anna", "Elm 1")


def test_t76_w4_done_wins_back_though_the_case_is_open_for_its_measure(files):
    customer = registered(files)
    left(files, "2025-03-10")
    need = {"demand": "target", "expected_close_on": "2025-04-06", "stated_at": "2025-03-17T00:00:00Z"}
    done = {"case_id": CASE, "step": "W4", "result": "done", "channel": "phone", "outcome": "advanced", "need": need}
    files.told_by("feedback", "winback.step_completed", customer, "2025-03-17", **done)
    won(files, "2025-04-09")
    assert moves(files) == [("prospect", "churned"), ("churned", "won_back")]
    assert files.facts("customer.won_back") == [{"on": "2025-03-17"}]
    assert files.facts("need.changed")[-1]["expected_close_on"] == "2025-04-06"
    assert files.timeline(ANNA)[-1].type == "winback.step_completed"


@pytest.mark.parametrize("result", ["declined", "rejected"])
def test_a_w4_that_failed_wins_nobody_back(files, result):
    registered(files)
    left(files, "2025-03-10")
    offered(files, "2025-03-17", result)
    assert stage(files) == "churned"


def test_the_end_of_a_win_back_brings_nobody_back_who_has_left_again(files):
    customer = registered(files)
    left(files, "2025-03-10")
    won(files, "2025-03-12")
    left(files, "2025-03-20", reason="price")
    files.told_by("feedback", "winback.closed", customer, "2025-03-25", case_id=CASE, won=True)
    assert stage(files) == "churned"


def test_what_is_done_on_the_day_of_leaving_comes_after_it(files):
    registered(files)
    left(files, "2025-03-10T09:00")
    won(files, "2025-03-10T00:00")
    assert stage(files) == "won_back"


def test_who_orders_after_leaving_is_won_back(files):
    registered(files)
    left(files, "2025-03-10", avoidable=False)
    bought(files, "2025-03-20")
    assert stage(files) == "won_back"
    bought(files, "2025-03-30")
    assert stage(files) == "active"


@pytest.mark.parametrize(
    ("grades", "end"),
    [(["D"], "active"), (["E"], "dormant"), (["E", "D"], "active")],
    ids=["not E", "E sleeps", "woken by another grade"],
)
def test_the_grade_says_who_is_dormant(files, grades, end):
    registered(files)
    bought(files, "2025-03-03")
    for n, grade in enumerate(grades):
        graded(files, f"2025-03-1{n}", grade)
    assert stage(files) == end


def test_t78_who_has_left_is_not_dormant(files):
    registered(files)
    left(files, "2025-03-10", avoidable=False, reason="no_longer_needed")
    graded(files, "2025-03-10T10:00", "E")
    assert stage(files) == "churned"


@pytest.mark.parametrize(("approved", "end"), [(True, "exited"), (False, "active")])
def test_an_exit_is_a_persons_decision_and_final(files, approved, end):
    customer = registered(files)
    bought(files, "2025-03-03")
    files.told_by("scheduler", "exit.decided", customer, "2025-03-10", review_id=CASE, approved=approved)
    bought(files, "2025-03-11")
    assert stage(files) == end
    assert files.facts("customer.exited") == ([{"on": "2025-03-10"}] if approved else [])
    if approved:
        assert put(files, "2025-03-12", "active").reason == "transition_not_allowed"


@pytest.mark.parametrize(
    ("to", "reason"),
    [
        pytest.param("won_back", "transition_not_allowed", id="never was away"),
        pytest.param("exited", "transition_not_allowed", id="exits go through a review"),
        pytest.param("active", "transition_not_allowed", id="stands there"),
        pytest.param("churned", None, id="may leave"),
        pytest.param("dormant", None, id="may sleep"),
    ],
)
def test_a_person_puts_a_customer_where_the_policy_leads(files, to, reason):
    registered(files)
    bought(files, "2025-03-03")
    outcome = put(files, "2025-03-10", to)
    assert (outcome.reason, outcome.status if reason else 409) == (reason, 409)
    assert stage(files) == ("active" if reason else to)


def test_the_policy_says_which_reasons_a_person_gives_are_nobodys_fault(make_files):
    for reason, kind in (("moved", "normal"), ("price", "abnormal")):
        files = make_files()
        registered(files)
        put(files, "2025-03-10", "churned", reason)
        assert files.facts("customer.churned") == [{"kind": kind, "reason": reason}]


def test_what_a_person_says_holds_until_news_come(files):
    registered(files)
    graded(files, "2025-03-05", "E")
    put(files, "2025-03-10", "prospect")
    assert stage(files) == "prospect"
    needed(files, "2025-03-11", negotiating=True)
    assert stage(files) == "negotiating"
    graded(files, "2025-03-12", "E")
    assert stage(files) == "dormant"


def test_another_policy_has_other_ways(make_files):
    files = make_files({"lifecycle.transitions": {"churned": ["dormant"]}})
    registered(files)
    left(files, "2025-03-10")
    won(files, "2025-03-20")
    bought(files, "2025-03-21")
    assert stage(files) == "churned"


def test_joined_files_stand_where_both_lives_lead(files):
    bought(files, "2025-03-01")
    files.tell("customer.left", "phone:+1555", "2025-03-10", avoidable=True, reason="price")
    files.tell("customer.updated", ANNA, "2025-03-12", handles=["phone:+1555"])
    assert stage(files) == "churned"
    assert moves(files)[-1] == ("active", "churned")


KINDS = st.sampled_from(MarkKind)
STAGES = st.sampled_from([stage for stage in LifecycleStage if stage is not LifecycleStage.EXITED])


@st.composite
def marks(draw):
    """Any number of orders, and of all else no more than is remembered."""
    drawn = []
    for n, kind in enumerate(draw(st.lists(KINDS, max_size=14))):
        if kind is MarkKind.ORDER or sum(mark.kind is kind for mark in drawn) < KEPT:
            to = draw(STAGES) if kind is MarkKind.PERSON else None
            churn = Churn(ChurnKind.ABNORMAL, "price") if kind is MarkKind.LEFT else None
            drawn.append(Mark(START + timedelta(days=n), f"e{n}", kind, to, churn))
    return drawn


@given(all_=marks(), data=st.data())
def test_what_is_remembered_leads_where_all_would_in_whatever_sequence_it_came(all_, data):
    kept = ()
    for mark in data.draw(st.permutations(all_)):
        kept = marked(kept, mark)
    again = ()
    for mark in all_:
        again = marked(again, mark)
    assert kept == again
    assert len(kept) <= KEPT * len(MarkKind)
    assert walk(kept, TRANSITIONS).stage == walk(all_, TRANSITIONS).stage
