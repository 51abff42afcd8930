"""What customers of this simulation complain about."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from random import Random
from typing import Any

from holdfast.demo.chance import Chance
from holdfast.demo.orders import Order
from holdfast.demo.people import Person
from holdfast.demo.tell import Told, told
from shared.contracts import upstream

STORIES = (
    ("product", "The disc skips."),
    ("delivery", "It came two weeks late."),
    ("delivery", "The case arrived broken."),
    ("service", "Nobody called me back."),
    ("staff", "Your agent was rude."),
)


def complaints_about(order: Order, person: Person, chance: Chance) -> Iterator[Told]:
    """A complaint about this order where there is one, and what is said about it later."""
    if order.number not in person.complains:
        return
    lot = chance.of("complaint", order.number)
    complaint_id = f"complaint-{order.number}"
    day = order.on + timedelta(days=lot.randint(3, 20))
    fault = lot.choices(("company", "customer", "third_party", "unknown"), (60, 12, 10, 18))[0]
    data = upstream.ComplaintReported.model_validate(_complaint(complaint_id, order, fault, lot))
    yield told("helpdesk", complaint_id, person.handle, chance.moment(day, complaint_id), data)
    later = day + timedelta(days=lot.randint(1, 4))
    if lot.random() < 0.06:
        gone = upstream.ComplaintWithdrawn(complaint_id=complaint_id)
        yield told("helpdesk", f"{complaint_id}-gone", person.handle, chance.moment(later, complaint_id), gone)
    elif fault == "unknown" and lot.random() < 0.5:
        found = upstream.ComplaintUpdated.model_validate({"complaint_id": complaint_id, "fault": "company"})
        yield told("helpdesk", f"{complaint_id}-found", person.handle, chance.moment(later, complaint_id), found)


def _complaint(complaint_id: str, order: Order, fault: str, lot: Random) -> dict[str, Any]:
    about, text = lot.choice(STORIES)
    return {
        "complaint_id": complaint_id,
        "fault": fault,
        "severity": "major" if lot.random() < 0.2 else "minor",
        "correctable": lot.random() < 0.8,
        "commitment_breached": lot.random() < 0.1,
        "staff_at_fault": about == "staff",
        "about": about,
        "order_id": order.order_id,
        "channel": lot.choice(("phone", "email", "web")),
        "text": text,
    }
