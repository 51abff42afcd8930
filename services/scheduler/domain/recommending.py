"""Recommendations and offers from what is needed, was bought, looked at and is liked, never from what is disliked.

SC-13, SC-24, CA-08.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from msgspec.structs import replace

from services.scheduler.domain.commands import OfferProduct
from services.scheduler.domain.state import Answer, Change, CustomerState, day_of
from services.scheduler.domain.tasks import cancel_tasks, make_task
from shared.contracts.profile import BrowseRecorded, NeedChanged
from shared.contracts.values import Demand, Tier
from shared.engine.decision import Context, Event, Superseded

NEEDED = "need.stated"
"""Why a recommendation is made that nothing bought or looked at led to."""
REMEMBERED = 50
"""Categories and products of which a customer's state knows; the oldest are forgotten."""


def decide_browsed(state: CustomerState, event: Event, said: BrowseRecorded, context: Context) -> Answer:
    """A look at a category that was bought from before is worth a recommendation."""
    on = day_of(state, event.time, context)
    browsed = remembered(state.browsed, (said.category,), on)
    return recommend(replace(state, browsed=browsed), (said.category,), context)


def recommend(state: CustomerState, categories: Iterable[str], context: Context) -> Change:
    """A task for each of these that was bought, browsed and is not disliked; not again within the policy's days."""
    change = Change(state)
    for category in sorted(set(categories)):
        change = change.then(_recommend, category, context)
    return change


def recommend_needed(state: CustomerState, said: NeedChanged, context: Context) -> Change:
    """Who needs something now and says what is shown it (SC-13), each within the policy's days once.

    A need that can be met is a task of its own. One of long ago has been met, or is forgotten.
    """
    if said.demand is not Demand.TARGET or not said.deal_possible or said.feasible is not None:
        return cancel_tasks(state, "need_gone", context, lambda task: task.because == NEEDED)
    today, stated_on = day_of(state, context.now, context), day_of(state, said.stated_at, context)
    if (today - stated_on).days >= context.policy.recommendation.every_days:
        return Change(state)
    wanted = tuple(tag for tag in said.tags if tag not in state.dislikes and _may_be_shown(state, tag, today, context))
    if not wanted:
        return Change(state)
    known = replace(state, recommended=remembered(state.recommended, wanted, today))
    key = f"need|{said.stated_at.isoformat()}"
    return make_task(known, "recommendation", key, context, because=NEEDED, occasion="need", options=wanted)


def decide_offer(state: CustomerState, _event: Event, asked: OfferProduct, context: Context) -> Answer:
    """A launched product: key accounts first while it is a pilot (KA-02), each customer whom it fits once (CA-08)."""
    if asked.product in state.offered:
        return Superseded("this product was offered to this customer before")
    if not fits(state, asked.tags) or (asked.pilot and state.tier is not Tier.KEY):
        return Superseded("this product is not for this customer now")
    offered = replace(state, offered=(*state.offered, asked.product)[-REMEMBERED:])
    return make_task(
        offered, "product_offer", asked.product, context, occasion="new_product", options=("call", "meeting")
    )


def fits(state: CustomerState, tags: Iterable[str]) -> bool:
    """Something that the customer likes or needs is in the product, and nothing that is disliked."""
    liked = {*state.likes, *(state.wanted.tags if state.wanted else ())}
    return state.registered_on is not None and bool(liked & set(tags)) and not set(state.dislikes) & set(tags)


def remembered(days: dict[str, date], names: Iterable[str], on: date) -> dict[str, date]:
    """When each of them was last, the latest ones; in the order of their names, so that equal states are equal."""
    merged = {**days, **{name: max(on, days.get(name, on)) for name in names}}
    latest = sorted(merged, key=lambda name: (merged[name], name))[-REMEMBERED:]
    return {name: merged[name] for name in sorted(latest)}


def _recommend(state: CustomerState, category: str, context: Context) -> Change:
    if category not in state.bought or category not in state.browsed or category in state.dislikes:
        return Change(state)
    today = day_of(state, context.now, context)
    if not _may_be_shown(state, category, today, context):
        return Change(state)
    known = replace(state, recommended=remembered(state.recommended, (category,), today))
    return make_task(known, "recommendation", f"{category}|{today}", context, options=(category,))


def _may_be_shown(state: CustomerState, category: str, today: date, context: Context) -> bool:
    last = state.recommended.get(category)
    return last is None or today >= last + timedelta(days=context.policy.recommendation.every_days)
