"""Taken back, a merge has never been: both have the follow-up, the tasks and the contacts of their own."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from uuid import uuid5

from hypothesis import given
from hypothesis import strategies as st

from services.scheduler.domain.rules import RULES
from services.scheduler.store import LEDGERS
from shared.contracts import feedback, grading, profile
from tests.harness.two import ANN, BOB, Two

HAPPENED = st.tuples(
    st.sampled_from([ANN, BOB]),
    st.sampled_from(
        ["A", "C", "key", "bought", "delayed", "promised", "kept", "refused", "asked", "need", "promoted", "complained"]
    ),
)
HISTORIES = st.lists(HAPPENED, max_size=6)
NAMES = {ANN: "ann", BOB: "bob"}


def day(on):
    return datetime.fromisoformat(on).replace(tzinfo=UTC)


def told(who, kind, n, at):
    """What is heard of this customer; things are called by whose they are."""
    name, on = f"{NAMES[who]} {n % 2}", at.date()
    axes = {"deal_status": "prospect", "importance": "standard", "urgency": "moderate", "demand": "target"}
    case = {"case_id": uuid5(who, name), "complaint_id": name, "fault": "company", "severity": "minor"}
    talk = {"channel": "email", "direction": "inbound", "human": False, "grievance": False, "objection": False}
    make = {
        "key": lambda: grading.TierAssigned(tier="key", basis="computed", supply_priority=True),
        "bought": lambda: profile.PurchaseRecorded(order_id=name, kind="delivered", ordered_on=on),
        "delayed": lambda: profile.PurchaseRecorded(order_id=name, kind="delayed", ordered_on=on),
        "promised": lambda: profile.CommitmentMade(commitment_id=name, due_on=on + timedelta(days=3)),
        "kept": lambda: profile.CommitmentFulfilled(commitment_id=name),
        "refused": lambda: profile.ConsentChanged(granted=False, purpose="marketing"),
        "asked": lambda: profile.InteractionRecorded(
            interaction_id=f"{name} {at}", question=True, consent_purpose="service", **talk
        ),
        "need": lambda: profile.NeedChanged(demand="target", stated_at=at, version=n + 1, source="stated"),
        "promoted": lambda: profile.LifeEventRecorded(kind="promotion", on=on, volunteered=True),
        "complained": lambda: feedback.ComplaintOpened(opened_on=on, acknowledge_by_on=on, **case),
    }
    graded = {"changed": True, "basis": "computed", "policy_id": "pol", "as_of": on} | axes
    return make[kind]() if kind in make else grading.GradeAssigned(grade=kind, **graded)


def begun():
    two = Two(RULES, LEDGERS)
    for who in (ANN, BOB):
        file = {"party": "individual", "kind": "consumer", "registered_on": date(2025, 3, 1)}
        two.tell(who, profile.CustomerRegistered(**file), day("2025-03-01"), f"r {who}")
        two.tell(who, told(who, "C", 0, day("2025-03-01")), day("2025-03-01"), f"g {who}")
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
def test_what_came_while_they_were_one_is_worked_on_for_whom_it_came(before, between):
    joined, apart = begun(), begun()
    for two in (joined, apart):
        live(two, before, "2025-03-02")
    joined.merge(day("2025-03-03"))
    for two in (joined, apart):
        live(two, between, "2025-03-04")
    joined.split(day("2025-03-06"))
    assert joined.end(day("2025-03-20")) == apart.end(day("2025-03-20"))
