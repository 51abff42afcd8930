"""The facts on the topics against the oracle: what is said of each customer, how often, in which sequence."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

from tests.faults import chains
from tests.faults.topics import Fact, Log, name_of, topic_of
from tests.oracle import expected
from tests.oracle.customer import Customer

Chain = Callable[[list[Fact]], list[str]]
CHAINS: dict[str, tuple[Chain, ...]] = {
    "profile": (chains.in_order, chains.needs),
    "grading": (chains.in_order, chains.grades, chains.tiers),
    "scheduler": (chains.in_order, chains.followups, chains.instants, chains.tasks),
    "feedback": (chains.in_order, chains.cases),
}


def out_of_order(logs: dict[str, Log]) -> list[str]:
    """Every break of a customer's own sequence on a topic."""
    return [
        f"{service} {customer}: {broken}"
        for service, checks in CHAINS.items()
        for customer, facts in logs[topic_of(service)].by_customer().items()
        for check in checks
        for broken in check(facts)
    ]


def _data(facts: list[Fact], name: str, *fields: str) -> Counter[Any]:
    said = [fact["data"] for fact in facts if name_of(fact) == name]
    return Counter(tuple(data.get(field) for field in fields) for data in said)


def _orders(customer: Customer) -> Counter[Any]:
    known: Counter[Any] = Counter()
    for order_id, order in customer.file.orders.items():
        known[order_id, "placed"] += order.placed_at is not None
        known[order_id, "delivered"] += order.delivered_at is not None
        known[order_id, "refunded"] += order.refunded > 0
        known[order_id, "cancelled"] += order.cancelled
    return +known


def said_and_expected(customer: Customer, facts: dict[str, list[Fact]]) -> Iterator[tuple[str, Any, Any]]:
    """(what, said, expected) for all that the contract fixes. `facts`: by writer, this customer's, in sequence.

    A need that is heard of after what has spent it may be said and taken back: then only where it ends is fixed.
    """
    profile, grading, scheduler, feedback = (facts[w] for w in ("profile", "grading", "scheduler", "feedback"))
    yield "customer.registered", len([f for f in profile if name_of(f) == "customer.registered"]), 1
    yield "purchase.recorded", _data(profile, "purchase.recorded", "order_id", "kind"), _orders(customer)
    talks = Counter((one,) for one in customer.file.interactions)
    yield "interaction.recorded", _data(profile, "interaction.recorded", "interaction_id"), talks
    complaints = Counter((one,) for one in customer.cases)
    yield "complaint.received", _data(profile, "complaint.received", "complaint_id"), complaints
    sources = _data(profile, "need.changed", "source")
    for source in ("stated", "followup"):
        mine = [stated for stated in customer.file.stated if stated.source == source]
        yield f"need.changed {source}", sources[source,], len(mine)
    if (inferred := customer.file.inferred_versions()) is not None:
        yield "need.changed inferred", sources["inferred",], inferred
        yield "letters", _without_first_d(chains.letters(grading)), _without_first_d(customer.letters)
        yield from _reminders(customer, scheduler)
    yield from _worth(customer, grading)
    yield from _voice(customer, facts)
    yield from _entries(customer, scheduler)
    yield "complaint.opened", _data(feedback, "complaint.opened", "complaint_id"), complaints
    resolved = sum(case.status == "resolved" for case in customer.cases.values())
    yield "complaint.resolved", len([f for f in feedback if name_of(f) == "complaint.resolved"]), resolved
    done = Counter((step, state) for c in customer.cases.values() for step, state in c.steps.items() if state != "open")
    yield "steps completed", _data(feedback, "remediation.step_completed", "step", "result"), done


def _without_first_d(said: list[str]) -> list[str]:
    """Whether a new file is graded before its first need is known is nobody's promise."""
    return said[1:] if said[:1] == ["D"] else said


def _voice(customer: Customer, facts: dict[str, list[Fact]]) -> Iterator[tuple[str, Any, Any]]:
    voice, feedback = customer.voice, facts["feedback"]
    yield "survey.scored", _data(feedback, "survey.scored", "survey", "score"), voice.answers
    grievances = Counter({(source,): count for source, count in voice.grievances.items()})
    yield "grievance.logged", _data(feedback, "grievance.logged", "source"), grievances
    yield "complaint_risk.raised", len([f for f in feedback if name_of(f) == "complaint_risk.raised"]), voice.risks
    promises = {(one,): commitment for one, commitment in voice.commitments.items()}
    yield "commitment.made", _data(facts["profile"], "commitment.made", "commitment_id"), Counter(promises.keys())
    for state, writer in (("fulfilled", "profile"), ("breached", "scheduler")):
        wanted = Counter(one for one, commitment in promises.items() if getattr(commitment, state))
        yield f"commitment.{state}", _data(facts[writer], f"commitment.{state}", "commitment_id"), wanted
    left = Counter([("abnormal", voice.reason)] if voice.left_on else [])
    yield "customer.churned", _data(facts["profile"], "customer.churned", "kind", "reason"), left
    yield "winback.started", len([f for f in feedback if name_of(f) == "winback.started"]), left.total()


def _worth(customer: Customer, grading: list[Fact]) -> Iterator[tuple[str, Any, Any]]:
    """What was said last of value, tier and loyalty; every alert once; nobody here brings a loss."""
    wanted, last = expected.worth(customer), {name_of(fact): fact["data"] for fact in grading}
    if customer.file.orders:
        value = last.get("value.computed", {})
        yield "value.computed", {name: value.get(name) for name in wanted["value"]}, wanted["value"]
    yield "tier.assigned", last.get("tier.assigned", {}).get("tier", "regular"), wanted["tier"]
    yield "loyalty.assigned", last.get("loyalty.assigned", {}).get("loyalty", "none"), wanted["loyalty"]
    told = Counter((level,) for level, days in customer.alerts.items() for _ in days)
    yield "churn_risk.raised", _data(grading, "churn_risk.raised", "level"), told
    yield "exit_review.requested", len([f for f in grading if name_of(f) == "exit_review.requested"]), 0


def _entries(customer: Customer, scheduler: list[Fact]) -> Iterator[tuple[str, Any, Any]]:
    entries = Counter((e.due_on.isoformat(), e.mode, e.outcome, e.on_time) for e in customer.journal.entries)
    yield "followup.completed", _data(scheduler, "followup.completed", "due_on", "mode", "outcome", "on_time"), entries


def _reminders(customer: Customer, scheduler: list[Fact]) -> Iterator[tuple[str, Any, Any]]:
    brief = _of_one_day(scheduler)
    lasting = [f for f in scheduler if f["data"].get("followup_id") not in brief]
    for word in ("due", "overdue"):
        said = len([f for f in lasting if name_of(f) == f"followup.{word}"])
        least, most = customer.journal.said(word)
        yield f"followup.{word}", said, min(max(said, least), most)


def _of_one_day(scheduler: list[Fact]) -> set[str]:
    """Follow-ups replaced on the day they were made: which there are depends on the sequence between topics."""
    made = _days(scheduler, "followup.scheduled")
    return {one for one, day in _days(scheduler, "followup.superseded").items() if made.get(one) == day}


def _days(scheduler: list[Fact], name: str) -> dict[str, str]:
    """Follow-up -> the day on which this was said of it."""
    return {f["data"]["followup_id"]: f["recordedtime"][:10] for f in scheduler if name_of(f) == name}


def differences(customers: dict[str, Customer], ids: dict[str, str], logs: dict[str, Log]) -> list[str]:
    """`ids`: handle -> customer id."""
    mine = {writer: logs[topic_of(writer)].by_customer() for writer in CHAINS}
    return [
        f"{handle} {what}: said {said}, expected {expected}"
        for handle, customer in customers.items()
        for what, said, expected in said_and_expected(
            customer, {writer: by_customer.get(ids[handle], []) for writer, by_customer in mine.items()}
        )
        if said != expected
    ]
