"""All that the engine knows of grading."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from services.grading.domain.assign import announce
from services.grading.domain.decide import decide, redecide
from services.grading.domain.rows import Complaint, Purchase
from services.grading.domain.state import CustomerState
from services.grading.domain.wake import next_wake
from shared.contracts.feedback import ComplaintOpened
from shared.contracts.profile import ComplaintWithdrawn, PurchaseRecorded
from shared.contracts.topics import DEFAULT
from shared.engine.decision import Event, RowKey, Rules
from shared.engine.routing import alias_keys, by_customer, only_its_customer


def names(event: Event) -> Iterator[RowKey]:
    """The ledger rows that an event's rule asks for."""
    yield from alias_keys(event)
    match event.data:
        case PurchaseRecorded(order_id=order_id):
            yield RowKey(Purchase, order_id)
        case ComplaintOpened(complaint_id=complaint_id) | ComplaintWithdrawn(complaint_id=complaint_id):
            yield RowKey(Complaint, complaint_id)


RULES: Final = Rules(
    service="grading",
    states={"customer": CustomerState},
    commands=(),
    decide=decide,
    next_wake=next_wake,
    names=names,
    candidates=only_its_customer,
    route=by_customer,
    announce=announce,
    redecide=redecide,
    outbound=DEFAULT.grading,
)
