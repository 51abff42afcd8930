"""What is said about an order: nothing before it is placed, then the order as it stands."""

from __future__ import annotations

from datetime import datetime

from services.profile.domain.ledgers import Order
from services.profile.domain.telling import fact_of
from shared.contracts.profile import PurchaseRecorded
from shared.contracts.values import PurchaseKind
from shared.engine.decision import Context, Fact


def purchase_facts(order: Order, context: Context) -> tuple[Fact, ...]:
    """The order and all that came before it, by occurrence; `placed` first."""
    if order.placed_at is None:
        return ()
    came: tuple[tuple[datetime | None, PurchaseKind], ...] = (
        (order.delayed_at, PurchaseKind.DELAYED),
        (order.delivered_at, PurchaseKind.DELIVERED),
        (order.cancelled_at, PurchaseKind.CANCELLED),
        (order.refunded_at, PurchaseKind.REFUNDED),
    )
    early = sorted((at, kind) for at, kind in came if at is not None)
    placed = purchase_fact(order, PurchaseKind.PLACED, order.placed_at, context)
    return (*placed, *(fact for at, kind in early for fact in purchase_fact(order, kind, at, context)))


def purchase_fact(order: Order, kind: PurchaseKind, at: datetime, context: Context) -> tuple[Fact, ...]:
    """About the customer who placed it, whoever's handle the event carried; none while that is unknown."""
    if order.placed_by is None or order.ordered_on is None:
        return ()
    data = PurchaseRecorded(
        order_id=order.order_id,
        kind=kind,
        ordered_on=order.ordered_on,
        amount=order.amount,
        currency=context.policy.currency.reporting,
        goods_cost=order.goods_cost,
        discount=order.discount,
        refunded_amount=order.refunded_amount,
        categories=tuple(dict.fromkeys(line.category for line in order.lines)),
        expected_on=order.expected_on,
        guarantee_until_on=order.guarantee_until_on,
    )
    return (fact_of(order.customer_id, data, at, context),)
