"""The timeline: every touch between the customer and us, by occurrence (PR-10)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from msgspec.structs import replace

from services.profile.domain.handles import normal_handle
from services.profile.domain.ledgers import TimelineEntry
from shared.contracts import upstream
from shared.contracts.data import Data
from shared.contracts.ids import named
from shared.contracts.values import Stage
from shared.engine.decision import Context, Event

SPACE: Final = UUID("5d6fb2f8-5a1c-5e0f-9c55-3f1f1f6a7a10")
"""Namespace of ids that do not depend on the customer: rows keep them when files join."""

TOUCHES: Final[Mapping[type[Data], Stage | None]] = {
    upstream.OrderPlaced: Stage.IN_SALE,
    upstream.OrderDelivered: Stage.IN_SALE,
    upstream.OrderDelayed: Stage.IN_SALE,
    upstream.OrderRefunded: Stage.IN_SALE,
    upstream.OrderCancelled: Stage.IN_SALE,
    upstream.BrowseRecorded: Stage.PRE_SALE,
    upstream.InteractionRecorded: None,
    upstream.GrievanceResolved: Stage.AFTER_SALE,
    upstream.SatisfactionStated: Stage.AFTER_SALE,
    upstream.ComplaintReported: Stage.AFTER_SALE,
    upstream.ComplaintUpdated: Stage.AFTER_SALE,
    upstream.ComplaintWithdrawn: Stage.AFTER_SALE,
    upstream.FeedbackSubmitted: None,
    upstream.SurveyAnswered: None,
    upstream.SocialMentioned: None,
    upstream.ConsentChanged: None,
    upstream.LifeEventRecorded: None,
    upstream.ReferralRecorded: None,
    upstream.CommitmentMade: None,
    upstream.CommitmentFulfilled: None,
    upstream.MembershipGranted: None,
    upstream.BenefitRecorded: None,
    upstream.CustomerLeft: None,
}
"""What is entered, and the stage that goes without saying. Words about the file itself are its history instead."""
UNHANDLED: Final = (
    upstream.OrderPlaced,
    upstream.OrderDelivered,
    upstream.OrderDelayed,
    upstream.OrderRefunded,
    upstream.OrderCancelled,
    upstream.BrowseRecorded,
)
"""Machines tell these, in great numbers: no person inside an organisation is looked for."""
COLUMNS: Final = ("direction", "channel", "touchpoint", "agent", "contact_id", "sentiment")
ELSEWHERE: Final = {
    *COLUMNS,
    "stage",
    "note",
    "note_category",
    "text",
    "handle",
    "referred",
    "lines",
    "benefits",
    "goods_cost",
}
"""Fields that have a column, a table of their own, or are nobody's who reads a timeline."""


def touch(event: Event, context: Context) -> TimelineEntry:
    """The entry of an upstream event, with all it says but what is kept elsewhere; its text is the note."""
    data, said = event.data, vars(event.data)  # a model asked for a field that it has not takes long to say so
    told: dict[str, Any] = {name: value for name in COLUMNS if (value := said.get(name)) is not None}
    return replace(
        entry_of(event, context, data.TYPE.removeprefix("holdfast.").removesuffix(".v1")),
        stage=said.get("stage") or TOUCHES.get(type(data)),
        note=said.get("note") or said.get("text"),
        details=data.model_dump(mode="json", exclude=ELSEWHERE, exclude_defaults=True),
        handle=None if isinstance(data, UNHANDLED) else normal_handle(event.subject or ""),
        **told,
    )


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
    return named(SPACE, f"interaction|{interaction_id}")
