"""All that the engine knows of grading."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from services.grading.domain.assign import announce
from services.grading.domain.commands import RemoveOverride, SetOverride, SettleCustomer
from services.grading.domain.decide import decide, redecide
from services.grading.domain.references import CUTS, MODEL, TierCuts, ValueModel
from services.grading.domain.rows import Complaint, Posting, Purchase, Referral, Tiering
from services.grading.domain.state import CustomerState
from services.grading.domain.wake import next_wake
from shared.contracts.feedback import ComplaintFaultFound, ComplaintOpened
from shared.contracts.profile import (
    CostAllocated,
    CustomerRegistered,
    InteractionRecorded,
    PurchaseRecorded,
    ReferralRecorded,
)
from shared.contracts.topics import DEFAULT
from shared.engine.decision import Event, RowKey, Rules
from shared.engine.routing import alias_keys, by_customer, home_of, only_its_customer


def names(event: Event) -> Iterator[RowKey]:
    """The ledger rows that an event's rule asks for."""
    yield from alias_keys(event)
    match event.data:
        case PurchaseRecorded(order_id=order_id):
            yield RowKey(Purchase, order_id)
        case ReferralRecorded(referred_customer_id=referred):
            yield RowKey(Referral, referred)
        case CustomerRegistered() | SettleCustomer():
            yield RowKey(Tiering, event.id)
        case _ if complaint_id := getattr(event.data, "complaint_id", None):
            yield RowKey(Complaint, complaint_id)
    if isinstance(event.data, BOOKED):
        yield RowKey(Posting, event.id)
        yield RowKey(Tiering, event.id)


BOOKED = (PurchaseRecorded, InteractionRecorded, CostAllocated, ComplaintOpened, ComplaintFaultFound)
"""What may change the books: folded again, each finds what it changed then."""


RULES: Final = Rules(
    service="grading",
    states={"customer": CustomerState},
    commands=(SettleCustomer, SetOverride, RemoveOverride),
    decide=decide,
    next_wake=next_wake,
    names=names,
    candidates=only_its_customer,
    route=by_customer,
    announce=announce,
    redecide=redecide,
    references={CUTS: TierCuts, MODEL: ValueModel},
    home=home_of,
    outbound=DEFAULT.grading,
)
