"""The timeline: every touch between the customer and us, by occurrence (PR-10)."""

from __future__ import annotations

from typing import Final
from uuid import UUID, uuid5

from services.profile.domain.ledgers import TimelineEntry
from shared.engine.decision import Context, Event

SPACE: Final = UUID("5d6fb2f8-5a1c-5e0f-9c55-3f1f1f6a7a10")
"""Namespace of ids that do not depend on the customer: rows keep them when files join."""


def entry_of(event: Event, context: Context, type_: str) -> TimelineEntry:
    """The bare entry of this event; rules fill in what they know."""
    return TimelineEntry(
        entry_id=event.key,
        customer_id=context.stream.id,
        event_key=event.key,
        at=event.time,
        recorded_at=context.now,
        type=type_,
        cause_id=context.cause.event_id,
        cause_type=context.cause.type,
    )


def interaction_entry_id(interaction_id: str) -> UUID:
    """The same for every event that names this interaction, so that it is entered once."""
    return uuid5(SPACE, f"interaction|{interaction_id}")
