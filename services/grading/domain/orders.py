"""Orders: which count as a deal that was won (GR-02), and what they bring (GR-18)."""

from __future__ import annotations

from msgspec.structs import replace

from services.grading.domain.books import Amounts, Line
from services.grading.domain.learn import Learned, wanting
from services.grading.domain.postings import post, told_before
from services.grading.domain.rows import Purchase
from services.grading.domain.state import CustomerState
from shared.contracts.policy import Policy
from shared.contracts.profile import PurchaseRecorded
from shared.contracts.values import PurchaseKind
from shared.engine.decision import Context, Event
from shared.money import convert


def learn_purchase(state: CustomerState, data: PurchaseRecorded, event: Event, context: Context) -> Learned:
    """Book an order when it is first heard of, correct it as more is known, take it back once it is undone."""
    before = context.rows.get(Purchase, data.order_id) or Purchase(data.order_id, context.stream.id)
    after = replace(_with(before, data, context.policy), customer_id=context.stream.id)
    lines = () if told_before(event, context) else (*(line.reversed() for line in _lines(before)), *_lines(after))
    state, rows = post(buying(state, data, event), event, context, _joined(lines))
    return Learned(state, (after, *rows))


def buying(state: CustomerState, data: PurchaseRecorded, event: Event) -> CustomerState:
    """What an order says of the need, where profile says nothing of it."""
    return wanting(state, event) if data.kind in (PurchaseKind.PLACED, PurchaseKind.DELIVERED) else state


def is_undone(order: Purchase) -> bool:
    """Cancelled, or refunded to the last minor unit of an amount that is known."""
    return order.cancelled or (order.amount is not None and order.refunded >= order.amount > 0)


def _with(order: Purchase, data: PurchaseRecorded, policy: Policy) -> Purchase:
    """What is known of the order with this fact; a delay or a refund without amount still waits for its order."""
    if data.amount is not None:
        order = replace(
            order,
            on=data.ordered_on,
            amount=_reported(data.amount, data, policy),
            goods=_reported(data.goods_cost, data, policy),
        )
    elif data.kind in (PurchaseKind.PLACED, PurchaseKind.DELIVERED) and order.on is None:
        order = replace(order, on=data.ordered_on)
    refunded = _reported(data.refunded_amount, data, policy) or 0
    cancelled = order.cancelled or data.kind is PurchaseKind.CANCELLED
    return replace(order, refunded=max(order.refunded, refunded), cancelled=cancelled)


def _lines(order: Purchase) -> tuple[Line, ...]:
    """What the order stands for in the books; `goods_cost` absent is 0, and said to be unknown.

    Of one that is undone only what was paid back beyond its amount is left.
    """
    if order.on is None:
        return ()
    if is_undone(order):
        beyond = order.refunded - (order.amount or 0)
        return (Line(order.on, Amounts(refunds=beyond)),) if beyond > 0 else ()
    amounts = Amounts(revenue=order.amount or 0, refunds=order.refunded, goods=order.goods or 0)
    return (Line(order.on, amounts, orders=1, unpriced=int(order.amount is not None and order.goods is None)),)


def _joined(lines: tuple[Line, ...]) -> tuple[Line, ...]:
    """A correction within one day is one line."""
    if len(lines) == 2 and lines[0].on == lines[1].on:
        out, back = lines
        amounts = out.amounts.plus(back.amounts)
        return (Line(out.on, amounts, out.orders + back.orders, out.unpriced + back.unpriced),)
    return lines


def _reported(amount: int | None, data: PurchaseRecorded, policy: Policy) -> int | None:
    """In the reporting currency; 0 where no rate says how much that is."""
    if amount is None:
        return None
    return convert(amount, data.currency or policy.currency.reporting, policy.currency) or 0
