"""Does it add up? What went in against what the services announced and show."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from msgspec import Struct

from holdfast.demo.mistakes import expected_until
from holdfast.demo.orders import Order
from holdfast.demo.standing import Standing
from holdfast.outside.facts import Fact
from shared.contracts.profile import CustomerRegistered, PurchaseRecorded


class Check(Struct, frozen=True):
    """One law of the demo; `problem` is empty where it holds."""

    law: str
    problem: str


def reconcile(orders: Sequence[Order], facts: Sequence[Fact], standing: Standing, since: date) -> list[Check]:
    """`orders`: those of the log that were due; `facts`: all that profile said; `since`: the first day of the play."""
    return [_orders(orders, facts), *_followups(facts, standing), _dead_letters(standing, since)]


def _orders(orders: Sequence[Order], facts: Sequence[Fact]) -> Check:
    """Each order of the files was announced once, with its amount and day."""
    wanted = Counter((order.order_id, order.cents, order.on.isoformat()) for order in orders)
    said = Counter(
        (fact.data["order_id"], fact.data["amount"], fact.data["ordered_on"])
        for fact in facts
        if fact.type == PurchaseRecorded.TYPE and fact.data["kind"] == "placed"
    )
    law = f"orders in = orders in files: {len(orders):,}"
    if wanted == said:
        return Check(law, "")
    missing, extra = wanted - said, said - wanted
    return Check(law, f"{missing.total()} missing {_some(missing)}, {extra.total()} too many {_some(extra)}")


def _followups(facts: Sequence[Fact], standing: Standing) -> Iterator[Check]:
    customers = {fact.subject for fact in facts if fact.type == CustomerRegistered.TYPE}
    open_ = Counter(item["customer_id"] for item in standing.followups)
    without = customers - open_.keys()
    several = [customer for customer, count in open_.items() if count > 1]
    problem = f"{len(without)} without {_some(without)}, {len(several)} with several {_some(several)}"
    yield Check(f"one open follow-up for each of {len(customers):,} customers", problem if without or several else "")
    graded = sum(standing.grades.values())
    yield Check(
        "every customer has one grade", "" if graded == len(customers) else f"{graded} graded of {len(customers)}"
    )


def _dead_letters(standing: Standing, since: date) -> Check:
    found = Counter(dead.reason for dead in standing.dead_letters)
    expected = expected_until(standing.day, since)
    law = f"every dead letter is explained: {found.total()}"
    if found == expected:
        return Check(law, "")
    return Check(law, f"unexpected {dict(found - expected)}, missing {dict(expected - found)}")


def _some(things: Iterable[object]) -> list[str]:
    return sorted(map(str, things))[:3]
