"""Needs: every version is kept, the newest statement holds until an order spends it (PR-16, K-08)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from msgspec.structs import asdict, replace

from services.profile.domain.admission import unknown_currency
from services.profile.domain.holders import TICK, came_to
from services.profile.domain.ledgers import NeedEntry
from services.profile.domain.state import CustomerState, NeedSnapshot, NeedVersion, SourceVersion, Spending
from services.profile.domain.timeline import SPACE
from shared.contracts.ids import named
from shared.contracts.policy import Policy
from shared.contracts.profile import NeedChanged
from shared.contracts.upstream import NeedStated
from shared.contracts.values import Demand, Need, NeedSource
from shared.engine.decision import Accepted, Context, Decision, Event, Fact, Refused, Superseded
from shared.money import convert


def decide_need_stated(state: CustomerState, event: Event, context: Context) -> Decision:
    """A need from upstream. Its own version, compared per source, goes before its time (T26)."""
    data = event.data
    if not isinstance(data, NeedStated):
        raise TypeError(f"{data.TYPE} states no need")
    seen = state.versions.get(event.source)
    if data.version is not None and seen is not None and data.version < seen.version:
        return Superseded(f"version {seen.version} of this need came before version {data.version}")
    stated_at = _place(event.time, data.version, seen)
    if data.version is not None:
        newest = SourceVersion(data.version, max(stated_at, seen.stated_at if seen else stated_at))
        state = replace(state, versions={**state.versions, event.source: newest})
    return state_need(state, data, stated_at, event, context)


def _place(at: datetime, version: int | None, seen: SourceVersion | None) -> datetime:
    """A higher version of one source comes after its lower ones, even if its time says otherwise."""
    if version is None or seen is None or version == seen.version:
        return at
    return max(at, seen.stated_at + TICK)


def state_need(
    state: CustomerState, need: Need, stated_at: datetime, event: Event, context: Context
) -> Accepted | Refused:
    """A new version of the need by what a person said, upstream or in a follow-up."""
    snapshot = snapshot_of(need, context.policy)
    if snapshot is None:
        return unknown_currency(need.currency or "")
    source = NeedSource.STATED if isinstance(need, NeedStated) else NeedSource.FOLLOWUP
    home = came_to(event, context)
    version = NeedVersion(stated_at, context.cause, source, snapshot, version=state.needs + 1, home=home)
    if source is NeedSource.FOLLOWUP and state.stated is not None and _is_told(state.stated, version):
        return Accepted(_told_last(state, state.stated, version))
    added = _add(state, version, event.key, context, need.version if isinstance(need, NeedStated) else None)
    if state.stated is None or state.stated.position < version.position:
        added = replace(added, state=replace(added.state, stated=version))
    return settled(added, context)


def _is_told(stated: NeedVersion, again: NeedVersion) -> bool:
    """A step that completes a follow-up too tells its need twice."""
    return (stated.stated_at, stated.snapshot) == (again.stated_at, again.snapshot)


def _told_last(state: CustomerState, stated: NeedVersion, again: NeedVersion) -> CustomerState:
    """The later of its two places counts: another need of that instant is before or after it, whichever came first."""
    last = replace(stated, cause=max(stated, again, key=lambda version: version.position).cause)
    need = state.need
    if need is not None and _is_restored(need, stated):
        need = replace(need, cause=last.cause)
    return replace(state, stated=last, need=need)


def snapshot_of(need: Need, policy: Policy) -> NeedSnapshot | None:
    """The need with its amounts in the reporting currency; None where no rate leads there."""
    told = {name: getattr(need, name) for name in NeedSnapshot.__struct_fields__}
    if need.currency is not None:
        for name in ("expected_amount", "potential_volume"):
            if told[name] is not None:
                told[name] = convert(told[name], need.currency, policy.currency)
                if told[name] is None:
                    return None
        told["currency"] = policy.currency.reporting
    return NeedSnapshot(**told)


def settled(decision: Accepted, context: Context) -> Accepted:
    """The need in force after what was decided: the newest statement, or latent where an order was placed after it."""
    state: CustomerState = decision.state
    spending = _last_spending(state)
    stated = state.stated
    if spending is not None and (stated is None or stated.stated_at < spending.at):
        return _joined(decision, _inferred(state, spending, context))
    if stated is None or state.need is None or state.need.stated_at <= stated.stated_at:
        return replace(decision, state=replace(state, need=stated))
    if _is_restored(state.need, stated):
        return decision
    return _joined(decision, _restored(state, stated, context))


def need_facts(before: CustomerState, after: CustomerState, context: Context) -> tuple[Fact, ...]:
    """What is to be said again when a file was folded anew: the need in force, if it is another one."""
    if after.need is None or (
        before.need is not None and replace(before.need, version=0) == replace(after.need, version=0)
    ):
        return ()
    return (_changed(after.need, context),)


def _last_spending(state: CustomerState) -> Spending | None:
    orders = (*((state.last_order,) if state.last_order else ()), *state.unplaced.values())
    return max(orders, key=lambda order: order.position, default=None)


def _is_inferred(need: NeedVersion | None, stated: NeedVersion | None) -> bool:
    """An order has spent this statement already."""
    return (
        need is not None
        and need.source is NeedSource.INFERRED
        and (stated is None or need.stated_at > stated.stated_at)
    )


def _is_restored(need: NeedVersion, stated: NeedVersion) -> bool:
    """It is this very statement, said again at a later place."""
    return (need.source, need.cause) == (stated.source, stated.cause)


def _inferred(state: CustomerState, spending: Spending, context: Context) -> Accepted:
    """Latent since the order, unless an order has spent the statement already."""
    if _is_inferred(state.need, state.stated):
        return Accepted(state)
    version = _latent(spending, state.needs + 1)
    if state.need is not None and state.need.stated_at >= version.stated_at:  # it was restored: readers have it there
        version = replace(version, stated_at=state.need.stated_at + TICK)
    added = _add(state, version, _inferred_id(version), context)
    return replace(added, state=replace(added.state, need=version))


def _latent(spending: Spending, version: int) -> NeedVersion:
    latent = NeedSnapshot(demand=Demand.LATENT)
    return NeedVersion(
        spending.at, spending.cause, NeedSource.INFERRED, latent, version, spending.order_id, spending.home
    )


def _inferred_id(need: NeedVersion) -> UUID:
    """An order may spend two needs: one by its delivery, that came before it, one itself."""
    return named(SPACE, f"inferred|{need.order_id}|{need.cause.type}")


def placed_after_all(state: CustomerState, placed: Spending, context: Context) -> tuple[NeedEntry, ...]:
    """What was inferred from a delivery is read as its order's once that is known; readers need not hear it again."""
    need = state.need
    if need is None or need.order_id != placed.order_id or placed.order_id not in state.unplaced:
        return ()
    return (_entry(_latent(placed, need.version), _inferred_id(need), context),)


def _restored(state: CustomerState, stated: NeedVersion, context: Context) -> Accepted:
    """What readers hold as the last has turned out to be none: this statement is said again, at the last place."""
    wrong = state.need.stated_at if state.need else stated.stated_at
    version = replace(stated, stated_at=wrong + TICK, version=state.needs + 1)
    added = _add(state, version, named(SPACE, f"restored|{context.cause.event_id}"), context)
    return replace(added, state=replace(added.state, need=version))


def _add(
    state: CustomerState, need: NeedVersion, need_id: UUID, context: Context, upstream_version: int | None = None
) -> Accepted:
    row = _entry(need, need_id, context, upstream_version)
    counted = replace(state, needs=max(state.needs, need.version))
    return Accepted(counted, facts=(_changed(need, context),), rows=(row,))


def _entry(need: NeedVersion, need_id: UUID, context: Context, upstream_version: int | None = None) -> NeedEntry:
    return NeedEntry(
        need_id=need_id,
        customer_id=context.stream.id,
        version=need.version,
        upstream_version=upstream_version,
        source=need.source,
        stated_at=need.stated_at,
        recorded_at=context.now,
        need=need.snapshot,
        cause_id=need.cause.event_id,
        cause_type=need.cause.type,
    )


def need_changed(need: NeedVersion) -> NeedChanged:
    """The version as others hear it."""
    told = asdict(need.snapshot)
    return NeedChanged(stated_at=need.stated_at, version=need.version, source=need.source, **told)


def _changed(need: NeedVersion, context: Context) -> Fact:
    return Fact(need_changed(need), time=need.stated_at, home=need.home or context.stream.id)


def _joined(first: Accepted, then: Accepted) -> Accepted:
    return replace(first, state=then.state, facts=(*first.facts, *then.facts), rows=(*first.rows, *then.rows))
