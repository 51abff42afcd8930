"""Who referred whom: told of the one who refers, said once the other's file is known or opened by it (PR-24)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from msgspec import Struct

from services.profile.domain.commands import BeReferred
from services.profile.domain.state import CustomerState
from services.profile.domain.telling import told_to
from shared.contracts import profile
from shared.contracts.upstream import ReferralRecorded
from shared.engine.decision import Accepted, Context, Decision, Event, Fact, Superseded


class Referral(Struct, frozen=True):
    """`customer_id` brought `referred_customer_id`; one row for each event that says so, called by its key."""

    referral_id: UUID
    customer_id: UUID
    referred_customer_id: UUID
    at: datetime


def decide_referral_recorded(state: CustomerState, event: Event, context: Context) -> Decision:
    """The other file hears of it, and says it: only there is it known which file that is."""
    data = event.data
    if not isinstance(data, ReferralRecorded):
        raise TypeError(f"{data.TYPE} records no referral")
    return Accepted(state, tells=(told_to(data.referred, BeReferred(by=context.stream.id), event),))


def decide_be_referred(state: CustomerState, event: Event, context: Context) -> Decision:
    """Opens a file that nobody has heard of; nobody brings himself."""
    data = event.data
    if not isinstance(data, BeReferred):
        raise TypeError(f"{data.TYPE} refers nobody")
    if data.by == context.stream.id:
        return Superseded("the one who refers and the one referred are the same customer")
    row = Referral(event.key, data.by, context.stream.id, event.time)
    fact = profile.ReferralRecorded(referred_customer_id=context.stream.id)
    return Accepted(state, (Fact(fact, time=event.time, subject=data.by),), (row,))
