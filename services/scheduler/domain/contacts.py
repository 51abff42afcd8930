"""The contact ledger: one row for each contact, planned, made or held back, over all channels."""

from __future__ import annotations

from uuid import UUID

from services.scheduler.domain.rows import Contact, Task
from services.scheduler.domain.state import place_of
from shared.contracts.ids import named
from shared.contracts.profile import InteractionRecorded
from shared.contracts.values import ConsentPurpose, Direction
from shared.engine.decision import Context, Event

STATUSES = {"completed": "made", "cancelled": "given_back", "suppressed": "suppressed"}


def contact_of(task: Task, context: Context) -> Contact:
    """A task's contact as it stands."""
    return Contact(
        contact_id=named(task.task_id, "contact"),
        customer_id=context.stream.id,
        at=task.closed_at or context.now,
        direction=Direction.OUTBOUND,
        channel=task.channel,
        consent_purpose=task.consent_purpose,
        status=STATUSES.get(task.status, "planned"),  # type: ignore[arg-type]
        cause_id=context.cause.event_id,
        cause_type=context.cause.type,
        rule=task.rule,
        until=task.until,
        task_id=task.task_id,
        place_on=None if task.status == "cancelled" else task.let_through_on,
        place=place_of(task) if task.let_through_on else None,
    )


def spoken(event: Event, said: InteractionRecorded, context: Context) -> Contact:
    """What profile recorded, in either direction."""
    id = named(context.stream.id, f"interaction|{said.interaction_id}")
    counts = said.direction is Direction.OUTBOUND and said.consent_purpose is not ConsentPurpose.SERVICE
    return Contact(
        contact_id=id,
        customer_id=context.stream.id,
        at=event.time,
        direction=said.direction,
        channel=said.channel,
        consent_purpose=said.consent_purpose,
        status="made",
        cause_id=context.cause.event_id,
        cause_type=context.cause.type,
        place_on=None,
        place=said.interaction_id if counts else None,
    )


def made(id: UUID, channel: str | None, context: Context, purpose: ConsentPurpose = ConsentPurpose.SERVICE) -> Contact:
    """A follow-up or a case's step over a channel."""
    return Contact(
        contact_id=named(id, "contact"),
        customer_id=context.stream.id,
        at=context.now,
        direction=Direction.OUTBOUND,
        channel=channel,
        consent_purpose=purpose,
        status="made",
        cause_id=context.cause.event_id,
        cause_type=context.cause.type,
    )
