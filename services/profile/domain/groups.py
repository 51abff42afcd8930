"""What customers show of their liking by what they do, and the groups of those who behave alike (PR-18, PR-31)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from msgspec.structs import replace

from services.profile.domain.search import search_entry
from services.profile.domain.state import CustomerState, File, Signals
from shared.contracts.policy import Policy
from shared.contracts.policy_customers import Group
from shared.contracts.profile import CustomerUpdated
from shared.contracts.upstream import BrowseRecorded, OrderPlaced
from shared.engine.decision import Accepted, Context, Event, Fact

REMEMBERED = 50
"""Categories of each kind of which a file knows: those that were last, whatever the sequence they came in."""

Instants = dict[str, datetime]


def noticed(decision: Accepted, event: Event) -> Accepted:
    """The decision, with what an order or a look says of the customer's liking."""
    state: CustomerState = decision.state
    known, data = state.signals, event.data
    if not isinstance(data, OrderPlaced | BrowseRecorded):
        return decision
    if isinstance(data, BrowseRecorded):
        signals = replace(known, browsed=_remembered(known.browsed, (data.category,), event.time))
    else:
        ways = () if data.online is None else ("online" if data.online else "in_store",)
        signals = Signals(
            bought=_remembered(known.bought, (line.category for line in data.lines), event.time),
            browsed=known.browsed,
            buys=_remembered(known.buys, ways, event.time),
        )
    return decision if signals == known else replace(decision, state=replace(state, signals=signals))


def _remembered(known: Instants, names: Iterable[str], at: datetime) -> Instants:
    merged = {**known, **{name: max(at, known.get(name, at)) for name in names}}
    latest = sorted(merged, key=lambda name: (merged[name], name))[-REMEMBERED:]
    return {name: merged[name] for name in sorted(latest)}


def grouped(decision: Accepted, at: datetime, context: Context) -> Accepted:
    """The decision, with the groups that the customer is in by it; said where they are others."""
    state: CustomerState = decision.state
    groups = groups_of(state.file, state.signals, context.policy)
    if groups == state.groups:
        return decision
    after = replace(state, groups=groups)
    fact = Fact(CustomerUpdated(fields=("groups",), groups=groups), time=at)
    entry = search_entry(context.stream.id, after)
    return replace(decision, state=after, facts=(*decision.facts, fact), rows=(*decision.rows, entry))


def groups_of(file: File, signals: Signals, policy: Policy) -> tuple[str, ...]:
    """In the order of their names."""
    return tuple(name for name, group in sorted(policy.groups.items()) if _is_in(file, signals, group))


def _is_in(file: File, signals: Signals, group: Group) -> bool:
    likes = (*file.preferences, *file.interests, *file.tags)
    wanted = ((group.bought, signals.bought), (group.browsed, signals.browsed), (group.likes, likes))
    return all(not any_of or not set(any_of).isdisjoint(own) for any_of, own in wanted) and set(group.buys) <= {
        *signals.buys
    }
