"""Mentions on social networks: of a customer whose handle we know, else of nobody (FB-20, KA-03)."""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from services.profile.domain.admission import too_early
from services.profile.domain.state import CustomerState
from services.profile.domain.timeline import touch
from shared.contracts import profile
from shared.contracts.upstream import SocialMentioned
from shared.engine.decision import Accepted, Context, Decision, Event, Fact


class MentionState(Struct, frozen=True):
    """Mentions by nobody whom we know are a stream of their handle's, in which nothing else happens; one without a
    handle is a stream of its own."""


def decide_social_mentioned(state: CustomerState | MentionState, event: Event, context: Context) -> Decision:
    """Counted where nobody is known by the handle; a mention opens no file."""
    data = event.data
    if not isinstance(data, SocialMentioned):
        raise TypeError(f"{data.TYPE} mentions nothing")
    if refused := too_early(event, context):
        return refused
    told: dict[str, Any] = {
        "mention_id": str(event.key),
        "sentiment": data.sentiment,
        "element": data.element,
        "network": data.network,
        "kind": data.kind,
    }
    if isinstance(state, MentionState):
        unmatched = Fact(profile.MentionUnmatched(**told), time=event.time, about_customer=False)
        return Accepted(state, (unmatched,))
    matched = Fact(profile.MentionMatched(**told), time=event.time)
    return Accepted(state, (matched,), (touch(event, context),))
