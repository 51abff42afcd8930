"""What serving a customer costs (GR-18), and that our own faults are not on their account (K-13)."""

from __future__ import annotations

from datetime import date

from msgspec.structs import replace

from services.grading.domain.books import Amounts, Line
from services.grading.domain.learn import Learned
from services.grading.domain.postings import post, told_before
from services.grading.domain.rows import Complaint, Spent
from services.grading.domain.state import CustomerState
from shared.clock import business_date
from shared.contracts.policy import Policy
from shared.contracts.profile import CostAllocated, InteractionRecorded
from shared.contracts.values import Fault
from shared.engine.decision import Context, Event
from shared.money import convert, to_minor


def learn_cost(state: CustomerState, data: CostAllocated, event: Event, context: Context) -> Learned:
    """Minutes, an amount, or both."""
    currency = data.currency or context.policy.currency.reporting
    amount = convert(data.amount, currency, context.policy.currency) if data.amount else None
    return _spend(state, data.complaint_id, event, context, (amount or 0, data.minutes or 0))


def learn_interaction(state: CustomerState, data: InteractionRecorded, event: Event, context: Context) -> Learned:
    """The minutes that it took, and what a contact on its channel costs."""
    return _spend(state, data.complaint_id, event, context, (_contact(data.channel, context.policy), data.minutes or 0))


def lines_of_fault(before: Complaint, after: Complaint) -> tuple[Line, ...]:
    """What was spent on a complaint changes sides with the fault."""
    if is_ours(before) == is_ours(after):
        return ()
    ours = is_ours(after)
    return tuple(
        Line(spent.on, _amounts(spent, ours=ours).plus(_amounts(spent, ours=not ours), -1)) for spent in after.spent
    )


def is_ours(complaint: Complaint) -> bool:
    """The fault that was found counts before the one that was reported."""
    return (complaint.found or complaint.fault) is Fault.COMPANY


def _spend(
    state: CustomerState, complaint_id: str | None, event: Event, context: Context, what: tuple[int, int]
) -> Learned:
    cost, minutes = what
    if not cost and not minutes:
        return Learned(state)
    zone = state.time_zone or context.policy.calendar.time_zone
    spent = Spent(business_date(event.time, zone), cost, minutes)
    if complaint_id is None:
        return Learned(*post(state, event, context, (Line(spent.on, _amounts(spent, ours=False)),)))
    row = context.rows.get(Complaint, complaint_id) or Complaint(complaint_id, context.stream.id)
    state, rows = post(state, event, context, (Line(spent.on, _amounts(spent, ours=is_ours(row))),))
    if not told_before(event, context):
        row = replace(row, spent=_added(row.spent, spent))
    return Learned(state, (replace(row, customer_id=context.stream.id), *rows))


def _added(spent: tuple[Spent, ...], more: Spent) -> tuple[Spent, ...]:
    by_day: dict[date, Spent] = {one.on: one for one in spent}
    known = by_day.get(more.on, Spent(more.on))
    by_day[more.on] = Spent(more.on, known.cost + more.cost, known.minutes + more.minutes)
    return tuple(by_day[on] for on in sorted(by_day))


def _amounts(spent: Spent, *, ours: bool) -> Amounts:
    if ours:
        return Amounts(excused_cost=spent.cost, excused_minutes=spent.minutes)
    return Amounts(cost=spent.cost, minutes=spent.minutes)


def _contact(channel: str, policy: Policy) -> int:
    known = policy.channels.get(channel)
    return to_minor(known.cost, policy.currency.reporting) if known else 0
