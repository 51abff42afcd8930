"""What the oracle says of one customer, in the words of the public routes."""

from __future__ import annotations

from datetime import UTC, date
from typing import Any

from tests.oracle.cases import Case
from tests.oracle.customer import Customer
from tests.oracle.tables import POST_PURCHASE_DAYS, WINBACK_DAYS, days
from tests.oracle.worth import churn_level, future_of, loyalty_of

End = dict[str, Any]


def _text(day: date) -> str:
    return day.isoformat()


def grade(customer: Customer) -> End:
    now = customer.grade
    assert now is not None, "every customer is graded"
    return {
        "grade": now.letter,
        "deal_status": now.deal_status,
        "importance": now.importance,
        "urgency": now.urgency,
        "demand": now.demand,
        "flags": sorted(now.flags),
    }


def worth(customer: Customer) -> End:
    """Of the segments only those that follow from the tier."""
    profit, key = customer.file.profit or 0, customer.tier == "key"
    future = future_of(profit)
    return {
        "tier": customer.tier,
        "supply_priority": key,
        "segments": ["gold", "vip"] if key else [],
        "value": {"historic": profit, "profit_12m": profit, "future": future, "clv": profit + future},
        "loyalty": loyalty_of(len(customer.file.bought)),
        "churn": churn_level(customer.file.ordered_on, customer.today) or "none",
    }


def journal(customer: Customer) -> End:
    follow_up = customer.journal.open
    assert follow_up is not None, "there is always one"
    return {
        "journal": follow_up.journal,
        "grade": follow_up.letter,
        "due_on": _text(follow_up.due_on),
        "status": follow_up.status(customer.today),
        "last_contact_on": _text(customer.last_contact_on),
        "completed": [
            {"due_on": _text(e.due_on), "mode": e.mode, "outcome": e.outcome, "on_time": e.on_time}
            for e in customer.journal.entries
        ],
    }


def need(customer: Customer) -> End | None:
    """The need in force; None where nothing was ever said or bought."""
    in_force = customer.file.need_in_force()
    return dict(in_force) if in_force is not None else None


def need_versions(customer: Customer) -> dict[str, int | None]:
    sources = [stated.source for stated in customer.file.stated]
    return {
        "stated": sources.count("stated"),
        "followup": sources.count("followup"),
        "inferred": customer.file.inferred_versions(),
    }


def orders(customer: Customer) -> End:
    known = customer.file.orders
    return {
        "delivered": sorted(order_id for order_id, order in known.items() if order.delivered_at),
        "purchases": sum(order.placed_at is not None for order in known.values()),
        "interactions": len(customer.file.interactions),
        "complaints": len(customer.cases),
    }


def step_due(one: Case, step: str) -> str:
    """Empty where the contract says nothing."""
    return "" if step in one.late else _text(one.due_on(step))


def case(one: Case) -> End:
    return {
        "status": one.status,
        "opened_on": _text(one.opened_on),
        "acknowledge_by_on": _text(one.acknowledge_by_on),
        "acknowledged": one.acknowledged,
        "fault": one.facts["fault"],
        "severity": one.facts["severity"],
        "steps": {step: {"due_on": step_due(one, step), "status": status} for step, status in one.steps.items()},
    }


def winback(customer: Customer) -> dict[str, str]:
    """Step -> due date; whoever leaves here was dissatisfied."""
    left_on = customer.voice.left_on
    return {step: _text(left_on + days(after)) for step, after in WINBACK_DAYS.items()} if left_on else {}


def tasks(customer: Customer) -> list[tuple[str, str | None, str]]:
    """(kind, step, due_on or "" where the contract says nothing) of all tasks that were ever made, sorted.

    Of usage visits not those that ended with what was owned: they depend on when it was paid back.
    """
    made: list[tuple[str, str | None, str]] = []
    for one in customer.cases.values():
        made.append(("acknowledge", None, _text(one.acknowledge_by_on)))
        made += [("assist", None, "")] if one.assist else []
        made += [("case_step", step, step_due(one, step)) for step in one.steps]
    orders = customer.file.orders.values()
    delivered = [order.delivered_at for order in orders if order.delivered_at]
    made += [
        ("post_purchase_contact", None, _text(at.astimezone(UTC).date() + days(POST_PURCHASE_DAYS))) for at in delivered
    ]
    made += [("usage_visit", None, "")] if any(order.delivered_at and not order.undone for order in orders) else []
    made += [("case_step", step, due_on) for step, due_on in winback(customer).items()]
    return sorted(made, key=str)
