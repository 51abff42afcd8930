"""Whom a customer has recommended us to (PR-24, GR-22)."""

from __future__ import annotations

from msgspec.structs import replace

from services.grading.domain.learn import Learned
from services.grading.domain.rows import Referral
from services.grading.domain.state import CustomerState
from shared.contracts.profile import ReferralRecorded
from shared.engine.decision import Context, Event, Superseded


def learn_referral(
    state: CustomerState, data: ReferralRecorded, event: Event, context: Context
) -> Learned | Superseded:
    """Somebody new was sent to us; the same person counts once, for the first who sent them."""
    row = context.rows.get(Referral, data.referred_customer_id)
    if row is not None and row.counted_by != event.id:
        return Superseded("this referral is counted already")
    row = Referral(data.referred_customer_id, context.stream.id, event.id)
    return Learned(replace(state, referrals=state.referrals + 1), (row,))
