"""Mentions by nobody whom we know: counted per element, and no customer is touched (FB-20)."""

from __future__ import annotations

from services.feedback.domain.voice import MentionState, mention
from shared.clock import business_date
from shared.contracts.profile import MentionUnmatched
from shared.engine.decision import Accepted, Context, Decision, Event, Superseded


def decide_stranger(state: MentionState, event: Event, data: MentionUnmatched, context: Context) -> Decision:
    """Counted once."""
    if state.heard:
        return Superseded(f"mention {data.mention_id} is known already")
    on = business_date(event.time, context.policy.calendar.time_zone)
    return Accepted(MentionState(heard=True), rows=(mention(event, data, on, None),))
