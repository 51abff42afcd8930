"""Which orders count as a deal that was won (GR-02)."""

from __future__ import annotations

from math import inf

from msgspec.structs import replace

from services.grading.domain.learn import Learned
from services.grading.domain.rows import Purchase
from services.grading.domain.state import CustomerState
from shared.contracts.profile import PurchaseRecorded
from shared.contracts.values import PurchaseKind
from shared.engine.decision import Context, Event


def learn_purchase(state: CustomerState, data: PurchaseRecorded, event: Event, context: Context) -> Learned:
    """Count an order when it is first heard of, and no more once it is cancelled or fully refunded.

    A row keeps the two events that moved the count, so that the same events folded again move it the same way.
    """
    row = context.rows.get(Purchase, data.order_id) or Purchase(data.order_id, context.stream.id)
    row = replace(row, customer_id=context.stream.id)
    if is_undone(data):
        row, change = _dropped(row, event.id)
    elif is_deal(data):
        row, change = _counted(row, event.id)
    else:
        return Learned(state)
    return Learned(replace(state, live_orders=state.live_orders + change), (row,))


def is_undone(data: PurchaseRecorded) -> bool:
    """Cancelled, or refunded to the last minor unit of an amount that is known."""
    return data.kind is PurchaseKind.CANCELLED or (data.refunded_amount or 0) >= (data.amount or inf) > 0


def is_deal(data: PurchaseRecorded) -> bool:
    """Placed or delivered: a delay or a refund that has no amount beside it still waits for its order."""
    return data.amount is not None or data.kind in (PurchaseKind.PLACED, PurchaseKind.DELIVERED)


def _counted(row: Purchase, event_id: str) -> tuple[Purchase, int]:
    if row.counted_by is None and row.dropped_by is None:
        return replace(row, counted_by=event_id), 1
    return row, int(row.counted_by == event_id)


def _dropped(row: Purchase, event_id: str) -> tuple[Purchase, int]:
    if row.dropped_by is None:
        row = replace(row, dropped_by=event_id)
    return row, -int(row.dropped_by == event_id and row.counted_by is not None)
