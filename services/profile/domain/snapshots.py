"""All that others may know of one customer, said again for readers that begin or lost everything."""

from __future__ import annotations

from services.profile.domain.file import registration
from services.profile.domain.needs import need_changed
from services.profile.domain.state import CustomerState
from shared.contracts.policy import Policy
from shared.contracts.profile import ConsentChanged, CustomerSnapshot
from shared.engine.decision import Accepted, Context, Decision, Event, Fact


def decide_announced(state: CustomerState, _event: Event, context: Context) -> Decision:
    """Nothing has changed, so whoever knows it all learns nothing."""
    return Accepted(state, (Fact(snapshot_of(state, context.policy)),))


def snapshot_of(state: CustomerState, policy: Policy) -> CustomerSnapshot:
    """Raises ValueError before anything happened."""
    consents = tuple(
        ConsentChanged(channel=word.channel, purpose=word.purpose, granted=word.granted, stated_at=word.told.at)
        for word in state.consents
    )
    return CustomerSnapshot(
        **dict(registration(state, policy)),
        lifecycle=state.lifecycle.stage,
        consents=consents,
        need=need_changed(state.need) if state.need else None,
        need_event_id=state.need.cause.event_id if state.need else None,
    )
