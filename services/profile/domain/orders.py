"""Orders: facts joined by `order_id` in whatever order they come; an order spends the need before it (PR-10, PR-12)."""

from __future__ import annotations

from msgspec.structs import replace

from services.profile.domain.admission import unknown_currency
from services.profile.domain.commands import GiveOrderUp
from services.profile.domain.file import zone_of
from services.profile.domain.holders import came_to
from services.profile.domain.ledgers import Line, Order
from services.profile.domain.lifecycle import ordered
from services.profile.domain.needs import placed_after_all, settled
from services.profile.domain.purchases import purchase_fact, purchase_facts
from services.profile.domain.state import CustomerState, Spending
from services.profile.domain.telling import told_to
from shared.clock import business_date
from shared.contracts.policy import Policy
from shared.contracts.upstream import OrderCancelled, OrderDelayed, OrderDelivered, OrderPlaced, OrderRefunded
from shared.contracts.values import PurchaseKind
from shared.engine.decision import Accepted, Context, Decision, Event, Refused, Superseded
from shared.money import at_rate, convert, rate_of

OrderEvent = OrderPlaced | OrderDelivered | OrderDelayed | OrderRefunded | OrderCancelled


def decide_order_placed(state: CustomerState, event: Event, context: Context) -> Decision:
    """The order itself; what came before it is said now. The same `order_id` again changes nothing (T140)."""
    data = event.data
    if not isinstance(data, OrderPlaced):
        raise TypeError(f"{data.TYPE} places no order")
    known = _order(data, context)
    if known.placed_by not in (None, event.key):
        return Superseded("this order was placed by another event")
    if refused := refused_order(data, context.policy):
        return refused
    order = _placed(known, data, event, state, context)
    spending = Spending(event.time, data.order_id, context.cause, came_to(event, context))
    last = max((s for s in (state.last_order, spending) if s), key=lambda s: s.position)
    waiting = {key: delivery for key, delivery in state.unplaced.items() if key != data.order_id}
    facts = purchase_facts(order, context)
    rows = (order, *placed_after_all(state, spending, context))
    state = ordered(replace(state, last_order=last, unplaced=waiting), event)
    return settled(Accepted(state, facts, rows, tells=_given_up(data, event, context)), context)


def _given_up(data: OrderPlaced, event: Event, context: Context) -> tuple[Event, ...]:
    """Who has a delivery of this order for his own is told that it is none."""
    stub = context.rows.get(Order, data.order_id)
    if context.again or stub is None or stub.delivered_by is None or stub.customer_id == context.stream.id:
        return ()
    return (told_to(str(stub.customer_id), GiveOrderUp(order_id=data.order_id), event),)


def decide_order_given_up(state: CustomerState, event: Event, context: Context) -> Decision:
    """A delivery that came under this customer's handle spends no need of his."""
    data = event.data
    if not isinstance(data, GiveOrderUp):
        raise TypeError(f"{data.TYPE} gives no order up")
    waiting = {key: delivery for key, delivery in state.unplaced.items() if key != data.order_id}
    return settled(Accepted(replace(state, unplaced=waiting)), context)


def refused_order(data: OrderPlaced, policy: Policy) -> Refused | None:
    """Its amounts say nothing here."""
    is_known = convert(data.amount, data.currency, policy.currency) is not None
    return None if is_known else unknown_currency(data.currency)


def refused_refund(data: OrderRefunded, _policy: Policy) -> Refused | None:
    """Nothing less than nothing is paid back."""
    if data.amount >= 0:
        return None
    return Refused("invalid_data", "A refund is what was paid back: send its amount as 0 or more.")


def _placed(order: Order, data: OrderPlaced, event: Event, state: CustomerState, context: Context) -> Order:
    amounts = [data.amount, data.goods_cost, data.discount, *(line.amount for line in data.lines)]
    told = [_reported(amount, data.currency, context) for amount in amounts]
    order = replace(
        order,
        customer_id=context.stream.id,
        placed_by=event.key,
        placed_at=event.time,
        ordered_on=business_date(event.time, zone_of(state, context.policy)),
        currency=data.currency,
        rate=rate_of(data.currency, context.policy.currency),
        amount=told[0],
        goods_cost=told[1],
        discount=told[2],
        lines=tuple(
            Line(line.sku, line.category, line.quantity, kept or 0)
            for line, kept in zip(data.lines, told[3:], strict=True)
        ),
        online=data.online,
    )
    return _refunds_summed(order, context)


def _reported(amount: int | None, currency: str, context: Context) -> int | None:
    return None if amount is None else convert(amount, currency, context.policy.currency)


def _refunds_summed(order: Order, context: Context) -> Order:
    """At the rate of the order, so that what is paid back whole leaves nothing, whatever the rate is by then."""
    if order.currency is None or not order.refunds:
        return order
    total, currency = sum(order.refunds.values()), context.policy.currency
    if order.rate is None:
        return replace(order, refunded_amount=convert(total, order.currency, currency))
    return replace(order, refunded_amount=at_rate(total, order.currency, order.rate, currency.reporting))


def decide_order_delivered(state: CustomerState, event: Event, context: Context) -> Decision:
    """Delivered, also before its order is known: then it spends the need in the order's place."""
    data = event.data
    if not isinstance(data, OrderDelivered):
        raise TypeError(f"{data.TYPE} delivers no order")
    order = _order(data, context)
    if order.delivered_by not in (None, event.key):
        return Superseded("this order was delivered by another event")
    order = replace(
        order,
        delivered_by=event.key,
        delivered_at=event.time,
        delivered_on=business_date(event.time, zone_of(state, context.policy)),
        guarantee_until_on=data.guarantee_until_on,
    )
    if order.placed_by is not None and not context.came_later(order.placed_by):
        return _said(state, order, PurchaseKind.DELIVERED, event, context)
    delivery = Spending(event.time, data.order_id, context.cause, came_to(event, context))
    waiting = replace(state, unplaced={**state.unplaced, data.order_id: delivery})
    return settled(_said(waiting, order, PurchaseKind.DELIVERED, event, context), context)


def decide_order_delayed(state: CustomerState, event: Event, context: Context) -> Decision:
    """The latest word on when it will come holds."""
    data = event.data
    if not isinstance(data, OrderDelayed):
        raise TypeError(f"{data.TYPE} delays no order")
    order = _order(data, context)
    if order.delayed_at is None or order.delayed_at <= event.time:
        order = replace(order, delayed_at=event.time, expected_on=data.expected_on)
    return _said(state, order, PurchaseKind.DELAYED, event, context)


def decide_order_refunded(state: CustomerState, event: Event, context: Context) -> Decision:
    """Refunds add up; each is counted once, by its event."""
    data = event.data
    if not isinstance(data, OrderRefunded):
        raise TypeError(f"{data.TYPE} refunds no order")
    if refused := refused_refund(data, context.policy):
        return refused
    order = _order(data, context)
    at = max(order.refunded_at or event.time, event.time)
    order = replace(order, refunds={**order.refunds, str(event.key): data.amount}, refunded_at=at)
    summed = _refunds_summed(order, context)
    if order.currency is not None and summed.refunded_amount is None:
        return unknown_currency(order.currency)
    return _said(state, summed, PurchaseKind.REFUNDED, event, context)


def decide_order_cancelled(state: CustomerState, event: Event, context: Context) -> Decision:
    data = event.data
    if not isinstance(data, OrderCancelled):
        raise TypeError(f"{data.TYPE} cancels no order")
    order = _order(data, context)
    if order.cancelled_by not in (None, event.key):
        return Superseded("this order was cancelled by another event")
    order = replace(order, cancelled_by=event.key, cancelled_at=event.time)
    return _said(state, order, PurchaseKind.CANCELLED, event, context)


def _order(data: OrderEvent, context: Context) -> Order:
    """A stub is whose it was told of last: a file that was taken in leaves its stubs to the one that lives on."""
    known = context.rows.get(Order, data.order_id)
    if known is not None and known.placed_by is not None:
        return known
    return replace(known or Order(data.order_id, context.stream.id), customer_id=context.stream.id)


def _said(state: CustomerState, order: Order, kind: PurchaseKind, event: Event, context: Context) -> Accepted:
    return Accepted(state, purchase_fact(order, kind, event.time, context), (order,))
