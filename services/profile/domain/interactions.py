"""Interactions: every contact, either way, on any channel (PR-10, PR-28)."""

from __future__ import annotations

from msgspec.structs import replace

from services.profile.domain.admission import unknown_channel
from services.profile.domain.contacts import contact_of
from services.profile.domain.handles import normal_handle
from services.profile.domain.ledgers import TimelineEntry
from services.profile.domain.state import CustomerState
from services.profile.domain.timeline import interaction_entry_id, touch
from shared.contracts import profile
from shared.contracts.policy import Policy
from shared.contracts.upstream import InteractionRecorded
from shared.contracts.values import Sentiment
from shared.engine.decision import Accepted, Context, Decision, Event, Fact, Refused, Superseded


def decide_interaction_recorded(state: CustomerState, event: Event, context: Context) -> Decision:
    """One entry of the timeline. Its note stays here; a note about internal politics is not taken at all (CN-03)."""
    data = event.data
    if not isinstance(data, InteractionRecorded):
        raise TypeError(f"{data.TYPE} records no interaction")
    if refused := _refused(data, context.policy):
        return refused
    entry = _entry(data, event, context)
    known = context.rows.get(TimelineEntry, entry.entry_id) if data.interaction_id is not None else None
    if known is not None and known.event_key != event.key:
        return Superseded("this interaction was recorded by another event")
    return Accepted(state, (Fact(_said(data, event, context), time=event.time),), (entry,))


def _refused(data: InteractionRecorded, policy: Policy) -> Refused | None:
    category, rules = data.note_category, policy.privacy
    if category is not None and (category in rules.refused_note_categories or category not in rules.note_categories):
        return Refused(
            "note_category_refused",
            "privacy.note_categories of the policy does not list this category: send the interaction without its note.",
        )
    return unknown_channel(data.channel, policy)


def _entry(data: InteractionRecorded, event: Event, context: Context) -> TimelineEntry:
    entry = touch(event, context)
    id = interaction_entry_id(data.interaction_id) if data.interaction_id is not None else event.key
    human = {"human": _is_human(data, context.policy)}
    return replace(entry, entry_id=id, details=entry.details | human)


def _is_human(data: InteractionRecorded, policy: Policy) -> bool:
    """A call or a visit is between people unless it is said not to be (PR-32)."""
    return data.human if data.human is not None else policy.channels[data.channel].capability in {"call", "visit"}


def _said(data: InteractionRecorded, event: Event, context: Context) -> profile.InteractionRecorded:
    return profile.InteractionRecorded(
        interaction_id=data.interaction_id or event.id,
        channel=data.channel,
        direction=data.direction,
        touchpoint=data.touchpoint,
        stage=data.stage,
        agent=data.agent,
        minutes=data.minutes,
        sentiment=data.sentiment,
        human=_is_human(data, context.policy),
        grievance=data.grievance if data.grievance is not None else data.sentiment is Sentiment.NEGATIVE,
        question=data.question,
        objection=data.objection is not None,
        consent_purpose=data.consent_purpose,
        contact_id=data.contact_id or contact_of(normal_handle(event.subject or "") or "", context),
        complaint_id=data.complaint_id,
    )
