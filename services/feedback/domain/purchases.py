"""Purchases: what they are worth, how long they are guaranteed, and whom that makes worth asking (CP-15, KP-05)."""

from __future__ import annotations

from msgspec.structs import replace

from services.feedback.domain.signals import Purchase
from services.feedback.domain.state import CustomerState
from shared.contracts.profile import PurchaseRecorded
from shared.contracts.values import PurchaseKind
from shared.engine.decision import Accepted, Context, Decision, Event


def decide_purchase(state: CustomerState, _event: Event, data: PurchaseRecorded, context: Context) -> Decision:
    """The order as it stands now."""
    known = context.rows.get(Purchase, data.order_id)
    cancelled = data.kind == PurchaseKind.CANCELLED or (known is not None and known.cancelled and not context.again)
    row = Purchase(
        order_id=data.order_id,
        customer_id=context.stream.id,
        ordered_on=data.ordered_on,
        amount=None if data.amount is None else data.amount - (data.refunded_amount or 0),
        cancelled=cancelled,
        guarantee_until_on=data.guarantee_until_on or (known.guarantee_until_on if known else None),
    )
    asking = state.asking
    if not cancelled and (asking.dealt_on is None or data.ordered_on < asking.dealt_on):
        asking = replace(asking, dealt_on=data.ordered_on)
    return Accepted(replace(state, asking=asking), rows=(row,))
