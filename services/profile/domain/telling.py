"""Whom a fact about a thing is told of, whoever's handle its event carried; and what one file tells another."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from msgspec.structs import replace

from shared.contracts.data import Command, Data
from shared.contracts.ids import derived
from shared.engine.decision import Context, Event, Fact

SOURCE = "holdfast/profile"


def fact_of(customer_id: UUID, data: Data, at: datetime, context: Context) -> Fact:
    return Fact(data, time=at, subject=customer_id if customer_id != context.stream.id else None)


def told_to(subject: str, said: Command, because: Event) -> Event:
    """What follows for the file that `subject` names; of the time of its cause."""
    key = derived(said.TYPE, because.key.bytes)
    return replace(
        because,
        key=key,
        id=str(key),
        source=SOURCE,
        type=said.TYPE,
        subject=subject,
        data=said,
        causationid=because.id,
        home=None,
    )
