"""Taken back, a merge has never been: both have the cases, the grievances and the win-back of their own."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from services.feedback.domain.commands import CompleteStep
from services.feedback.domain.rows import case_id_of
from services.feedback.domain.rules import RULES
from services.feedback.store import LEDGERS
from shared.contracts import profile
from tests.harness.two import ANN, BOB, Two

HAPPENED = st.tuples(
    st.sampled_from([ANN, BOB]),
    st.sampled_from(["complained", "updated", "R1", "withdrawn", "grievance", "nps", "left", "suggested", "bought"]),
)
HISTORIES = st.lists(HAPPENED, max_size=6)
NAMES = {ANN: "ann", BOB: "bob"}


def day(on):
    return datetime.fromisoformat(on).replace(tzinfo=UTC)


def told(who, kind, n, at):
    """What is heard of this customer; things are called by whose they are."""
    name = f"{NAMES[who]} {n % 2}"
    talk = {"channel": "phone", "direction": "inbound", "human": True, "question": False, "objection": False}
    make = {
        "complained": lambda: profile.ComplaintReceived(
            complaint_id=name, fault="company", severity="minor", correctable=True
        ),
        "updated": lambda: profile.ComplaintUpdated(complaint_id=name, severity="major"),
        "R1": lambda: CompleteStep(case_id=case_id_of(name), step="R1", result="done"),
        "withdrawn": lambda: profile.ComplaintWithdrawn(complaint_id=name),
        "grievance": lambda: profile.InteractionRecorded(
            interaction_id=f"{name} {at}", grievance=True, consent_purpose="service", **talk
        ),
        "nps": lambda: profile.SurveyAnswered(answer_id=f"{name} {at}", survey="nps", score=2),
        "left": lambda: profile.CustomerChurned(kind="abnormal", reason="price"),
        "suggested": lambda: profile.FeedbackReceived(
            feedback_id=f"{name} {at}", kind="suggestion", source="direct", element="service_quality"
        ),
        "bought": lambda: profile.PurchaseRecorded(order_id=name, kind="delivered", ordered_on=at.date(), amount=5),
    }
    return make[kind]()


def begun():
    two = Two(RULES, LEDGERS)
    for who in (ANN, BOB):
        file = {"party": "individual", "kind": "consumer", "registered_on": date(2025, 3, 1)}
        two.tell(who, profile.CustomerRegistered(**file), day("2025-03-01"), f"r {who}")
    return two


def live(two, history, on):
    for n, (who, kind) in enumerate(history):
        at = day(on) + timedelta(hours=9, minutes=n)
        two.tell(who, told(who, kind, n, at), at, f"{on} {n}")


@given(before=HISTORIES)
def test_a_merge_that_is_taken_back_leaves_both_as_they_were(before):
    joined, apart = begun(), begun()
    for two in (joined, apart):
        live(two, before, "2025-03-02")
    joined.merge(day("2025-03-05"))
    joined.split(day("2025-03-06"))
    assert joined.end(day("2025-03-20")) == apart.end(day("2025-03-20"))


@given(before=HISTORIES, between=HISTORIES)
def test_what_came_while_they_were_one_is_answered_for_whom_it_came(before, between):
    joined, apart = begun(), begun()
    for two in (joined, apart):
        live(two, before, "2025-03-02")
    joined.merge(day("2025-03-03"))
    for two in (joined, apart):
        live(two, between, "2025-03-04")
    joined.split(day("2025-03-06"))
    assert joined.end(day("2025-03-20")) == apart.end(day("2025-03-20"))
