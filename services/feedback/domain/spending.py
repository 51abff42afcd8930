"""What is spent on customers, and what they bring without being asked: rows to count (WB-08, KP-05)."""

from __future__ import annotations

from msgspec.structs import replace

from services.feedback.domain.case import zone_of
from services.feedback.domain.signals import Signal, SignalKind, signal_id_of
from services.feedback.domain.state import CustomerState
from shared.clock import business_date
from shared.contracts.profile import CostAllocated, ReferralRecorded
from shared.engine.decision import Accepted, Context, Decision, Event


def decide_cost(state: CustomerState, event: Event, data: CostAllocated, context: Context) -> Decision:
    """Minutes, an amount in the reporting currency, or both; of a complaint's case where it names one."""
    row = _row(SignalKind.COST, state, event, context)
    spent = replace(row, minutes=data.minutes, amount=data.amount, complaint_id=data.complaint_id)
    return Accepted(state, rows=(spent,))


def decide_referral(state: CustomerState, event: Event, _data: ReferralRecorded, context: Context) -> Decision:
    """Somebody came because of this customer."""
    return Accepted(state, rows=(_row(SignalKind.REFERRAL, state, event, context),))


def _row(kind: SignalKind, state: CustomerState, event: Event, context: Context) -> Signal:
    """Neither has an id of its own: the fact that says it is its id, also when it is folded again."""
    return Signal(
        signal_id=signal_id_of(kind, event.id),
        kind=kind,
        customer_id=context.stream.id,
        at=event.time,
        on_day=business_date(event.time, zone_of(state, context)),
    )
