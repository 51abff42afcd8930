"""Every word on a field of the file, by when it was said: who, which event, when, before and after."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec import Struct

from services.profile.domain.state import File
from shared.contracts.ids import named
from shared.contracts.upstream import CustomerFields
from shared.engine.decision import Context, Event


class FieldWord(Struct, frozen=True):
    """What one event said a field is."""

    word_id: UUID
    customer_id: UUID
    field: str
    value: Any
    at: datetime
    event_id: str
    recorded_at: datetime
    source: str
    cause_type: str


def field_words(data: CustomerFields, event: Event, context: Context) -> tuple[FieldWord, ...]:
    """One for each field that the event gives; what stood before it depends on what else was said, whenever it came."""
    told = data.model_dump(mode="json", include=set(File.__struct_fields__), exclude_none=True)
    return tuple(
        FieldWord(
            named(event.key, field),
            context.stream.id,
            field,
            value,
            event.time,
            event.id,
            context.now,
            event.source,
            event.type,
        )
        for field, value in told.items()
    )
