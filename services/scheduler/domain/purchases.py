"""What deliveries ask for: a call afterwards, visits to see how it is used, a word when it is late (SC-10, SC-22)."""

from __future__ import annotations

from datetime import date, timedelta

from msgspec.structs import replace

from services.scheduler.domain.deadlines import from_today
from services.scheduler.domain.recommending import recommend, remembered
from services.scheduler.domain.state import Answer, Change, CustomerState, day_of
from services.scheduler.domain.tasks import by_hand, cancel_tasks, make_task, open_of
from shared.contracts.profile import PurchaseRecorded
from shared.contracts.scheduler import TaskCompleted
from shared.contracts.values import PurchaseKind
from shared.engine.decision import Context, Event

DELAYS = 20
"""Delays and ends of delays that a customer's state remembers: what is told again, or too late, asks for nothing."""
DELIVERED, ENDED = "delivered", "order_ended"
"""Why an order is waited for no more; among the delays it stands in place of the day to which it is put off."""


def decide_purchase(state: CustomerState, event: Event, said: PurchaseRecorded, context: Context) -> Answer:
    """One order's news."""
    on = day_of(state, event.time, context)
    match said.kind:
        case PurchaseKind.PLACED:
            return _placed(state, said, context)
        case PurchaseKind.DELIVERED:
            return _delivered(state, said, on, context)
        case PurchaseKind.DELAYED:
            return _delayed(state, said, on, context)
        case PurchaseKind.REFUNDED | PurchaseKind.CANCELLED:
            return _ended(state, said, context)


def next_usage_visit(state: CustomerState, after: date, context: Context) -> Change:
    """One visit for all that the customer owns: the next when the last one is done (SC-10).

    Of what was delivered long ago and is heard of now, those that would have been are not made up for.
    """
    if open_of(state, "usage_visit") is not None:
        return Change(state)
    every = context.policy.usage_visit.days
    missed = max(0, (day_of(state, context.now, context) - after).days - 1) // every
    due_on = from_today(state, after + timedelta(days=every * (missed + 1)), after, context)
    return make_task(state, "usage_visit", due_on.isoformat(), context, due_on=due_on)


def visited(state: CustomerState, change: Change, context: Context) -> Change:
    """A usage visit that was made plans the next one."""
    kinds = [fact.data.kind for fact in change.facts if isinstance(fact.data, TaskCompleted)]
    if "usage_visit" not in kinds:
        return change
    return change.then(next_usage_visit, day_of(state, context.now, context), context)


def _placed(state: CustomerState, said: PurchaseRecorded, context: Context) -> Change:
    bought = remembered(state.bought, said.categories, said.ordered_on)
    back = cancel_tasks(
        replace(state, bought=bought), "bought_again", context, lambda t: t.because == "churn_risk.raised"
    )
    return back.then(recommend, said.categories, context)


def _delayed(state: CustomerState, said: PurchaseRecorded, on: date, context: Context) -> Change:
    key = f"{said.order_id}|{said.expected_on or ''}"
    known = {key, f"{said.order_id}|{DELIVERED}", f"{said.order_id}|{ENDED}"}
    if is_history(state, on, context) or known & set(state.delays):
        return Change(state)
    due_on = max(on, day_of(state, context.now, context))
    earlier = _cancel_delay(_noted(state, key), said.order_id, "delayed_again", context)
    return earlier.then(make_task, "proactive_contact", key, context, due_on=due_on)


def is_history(state: CustomerState, on: date, context: Context) -> bool:
    """So long ago that a usage visit would have come since: nobody calls about it now."""
    return (day_of(state, context.now, context) - on).days >= context.policy.usage_visit.days


def _owns_something(state: CustomerState) -> bool:
    """An order was delivered and is not paid back; where some are forgotten, one may be."""
    orders = [key.rpartition("|") for key in state.delays]
    ended = {order for order, _, why in orders if why == ENDED}
    return len(orders) >= DELAYS or any(why == DELIVERED and order not in ended for order, _, why in orders)


def _call_after(state: CustomerState, said: PurchaseRecorded, on: date, context: Context) -> Change:
    if is_history(state, on, context) or f"{said.order_id}|{ENDED}" in state.delays:
        return Change(state)
    due_on = from_today(state, on + timedelta(days=context.policy.postpurchase.days), on, context)
    return make_task(state, "post_purchase_contact", said.order_id, context, due_on=due_on)


def _delivered(state: CustomerState, said: PurchaseRecorded, on: date, context: Context) -> Change:
    known = Change(replace(state, bought=remembered(state.bought, said.categories, said.ordered_on)))
    here = known.then(_no_longer_awaited, said.order_id, DELIVERED, context)
    called = here.then(_call_after, said, on, context)
    visits = called.then(next_usage_visit, on, context) if _owns_something(here.state) else called
    return visits.then(recommend, said.categories, context)


def _ended(state: CustomerState, said: PurchaseRecorded, context: Context) -> Change:
    """Cancelled, or refunded in full: nothing is owed about it any more."""
    if said.kind is PurchaseKind.REFUNDED and (said.refunded_amount or 0) < (said.amount or 0):
        return Change(state)
    gone = _no_longer_awaited(state, said.order_id, ENDED, context)
    pointless = {("post_purchase_contact", said.order_id)}
    if not _owns_something(gone.state):
        pointless |= {(task.kind, task.key) for task in state.tasks if task.kind == "usage_visit" and not by_hand(task)}
    return gone.then(cancel_tasks, ENDED, context, lambda task: (task.kind, task.key) in pointless)


def _no_longer_awaited(state: CustomerState, order_id: str, reason: str, context: Context) -> Change:
    """What was said of it before and is heard of afterwards is no news any more."""
    key = f"{order_id}|{reason}"
    known = state if key in state.delays else _noted(state, key)
    return _cancel_delay(known, order_id, reason, context)


def _noted(state: CustomerState, key: str) -> CustomerState:
    return replace(state, delays=(*state.delays, key)[-DELAYS:])


def _cancel_delay(state: CustomerState, order_id: str, reason: str, context: Context) -> Change:
    return cancel_tasks(
        state,
        reason,
        context,
        lambda task: task.kind == "proactive_contact" and task.key.startswith(f"{order_id}|"),
    )
