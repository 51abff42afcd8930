"""Memberships and benefits: granted, used, expired, and what leaving forfeits (PR-26, LO-01…LO-03)."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace

from services.profile.domain.file import zone_of
from services.profile.domain.lifecycle import walked_of
from services.profile.domain.lots import (
    Lot,
    Notice,
    Right,
    Use,
    lost_on,
    spent,
    standing,
    with_lot,
    with_notice,
    with_use,
)
from services.profile.domain.state import CustomerState
from shared.clock import business_date, start_of_day
from shared.contracts import profile
from shared.contracts.dates import LATEST
from shared.contracts.upstream import BenefitRecorded, MembershipGranted
from shared.contracts.values import BenefitAction, BenefitBasis, BenefitStatus
from shared.engine.decision import Accepted, Context, Decision, Event, Fact, Refused, Superseded

DAY = timedelta(days=1)


class Membership(Struct, frozen=True):
    """From `from_on` to `to_on`, both inclusive; `granted_by` is the key of the event that said so."""

    membership_id: str
    customer_id: UUID
    granted_by: UUID
    granted_at: datetime
    from_on: date
    to_on: date


def decide_membership_granted(state: CustomerState, event: Event, context: Context) -> Decision:
    """For the policy's term; its benefits last as long where nothing else is said."""
    data = event.data
    if not isinstance(data, MembershipGranted):
        raise TypeError(f"{data.TYPE} grants no membership")
    known = context.rows.get(Membership, data.membership_id)
    if known is not None and known.granted_by != event.key:
        return Superseded("this membership was granted by another event")
    to_on = end_of(data.from_on, context.policy.membership.term) - DAY
    if to_on > LATEST:
        return Refused("invalid_data", f"This membership would end after {LATEST}: send the day on which it begins.")
    benefits = state.benefits
    for each in data.benefits:
        right = Right(each.kind, BenefitBasis.MEMBERSHIP, data.membership_id)
        lot = Lot(right, each.from_on or data.from_on, each.to_on or to_on, each.quota, event.time)
        benefits = with_lot(benefits, lot)
    row = Membership(data.membership_id, context.stream.id, event.key, event.time, data.from_on, to_on)
    fact = profile.MembershipGranted(
        membership_id=data.membership_id, from_on=data.from_on, to_on=to_on, benefits=data.benefits
    )
    return Accepted(replace(state, benefits=benefits), (Fact(fact, time=event.time),), (row,))


def decide_benefit_recorded(state: CustomerState, event: Event, context: Context) -> Decision:
    """Granted, used, or the loss of it shown beforehand."""
    data = event.data
    if not isinstance(data, BenefitRecorded):
        raise TypeError(f"{data.TYPE} records no benefit")
    right = Right(data.kind, data.basis, data.membership_id)
    match data.action:
        case BenefitAction.GRANTED:
            lot = Lot(right, data.from_on, data.to_on, data.quantity, event.time)
            return Accepted(replace(state, benefits=with_lot(state.benefits, lot)))
        case BenefitAction.NOTICE_SHOWN:
            return Accepted(replace(state, benefits=with_notice(state.benefits, Notice(right, event.time))))
        case BenefitAction.USED:
            on = business_date(event.time, zone_of(state, context.policy))
            return _used(state, Use(right, on, 1 if data.quantity is None else data.quantity), context)


def _used(state: CustomerState, use: Use, context: Context) -> Decision:
    """A use that comes before its grant waits for it; one that no lot can bear is refused."""
    after = replace(state, benefits=with_use(state.benefits, use))
    gone = _gone(state, context)
    mine = [(lot, day) for lot, day in zip(state.benefits.lots, gone, strict=True) if lot.is_of(use.right)]
    if context.again or (not mine and not _is_over(use, context)):
        return Accepted(after)
    if not any(lot.bears(use.on, day) for lot, day in mine):
        return Refused("benefit_expired", "On that day this benefit does not hold: tell the customer what does.")
    if spent(after.benefits, gone)[1] > spent(state.benefits, gone)[1]:
        return Refused("benefit_used_up", "Not so much is left of this benefit: see what is, or grant more first.")
    return Accepted(after)


def _gone(state: CustomerState, context: Context) -> list[date | None]:
    """Of each lot the day on which it was left behind: uses of later days do not count, whichever is heard first."""
    left = _departures(state, context)
    return [lost_on(lot, state.benefits.notices, left) for lot in state.benefits.lots]


def _departures(state: CustomerState, context: Context) -> list[tuple[datetime, date]]:
    """Every instant at which the customer left, and its day."""
    zone = zone_of(state, context.policy)
    return [(gone, business_date(gone, zone)) for gone in walked_of(state, context.policy).left_at]


def _is_over(use: Use, context: Context) -> bool:
    """The membership that it names is known, and does not hold on that day."""
    known = context.rows.get(Membership, use.right.membership_id)
    return known is not None and use.on is not None and not known.from_on <= use.on <= known.to_on


def entitled(decision: Accepted, at: datetime, context: Context) -> Accepted:
    """The decision, with what it and the day make of each benefit; what is different is said."""
    state: CustomerState = decision.state
    if not state.benefits.lots:
        return decision
    gone = _gone(state, context)
    used, _ = spent(state.benefits, gone)
    today = business_date(context.now, zone_of(state, context.policy))
    lots, facts = [], []
    for lot, taken, day in zip(state.benefits.lots, used, gone, strict=True):
        status, remaining = standing(lot, taken, today, day is not None)
        if (lot.status, lot.remaining) != (status, remaining):
            facts.append(Fact(_changed(lot, status, remaining), time=at))
        lots.append(replace(lot, status=status, remaining=remaining))
    benefits = replace(state.benefits, lots=tuple(lots))
    return replace(decision, state=replace(state, benefits=benefits), facts=(*decision.facts, *facts))


def _changed(lot: Lot, status: BenefitStatus, remaining: int | None) -> profile.BenefitChanged:
    return profile.BenefitChanged(kind=lot.right.kind, basis=lot.right.basis, status=status, remaining=remaining)


def next_expiry(state: CustomerState, context: Context) -> datetime | None:
    """The start of the first day on which an active benefit no longer holds."""
    ends = [lot.to_on for lot in state.benefits.lots if lot.status is BenefitStatus.ACTIVE and lot.to_on is not None]
    return start_of_day(min(ends) + DAY, zone_of(state, context.policy)) if ends else None


def end_of(start: date, term: str) -> date:
    """The first day after a term such as P1Y, P6M or P30D; where a month has no such day, the next month's first."""
    count, unit = int(term[1:-1]), term[-1]
    if unit == "D":
        return start + timedelta(days=count)
    months = start.year * 12 + start.month - 1 + (count * 12 if unit == "Y" else count)
    try:
        return start.replace(year=months // 12, month=months % 12 + 1)
    except ValueError:
        return date((months + 1) // 12, (months + 1) % 12 + 1, 1)
