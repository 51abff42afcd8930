"""Whose a customer is, where a service keeps no owners: as the facts of its journal told it."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

import asyncpg

from shared.contracts import profile
from shared.engine.alias import canonical
from shared.engine.apply import Engine
from shared.engine.decision import StreamKey
from shared.engine.journal import past_of

TELLING = (profile.CustomerRegistered, profile.CustomerUpdated, profile.CustomerSnapshot)


async def is_owned(engine: Engine, connection: asyncpg.Connection, customer: UUID, agents: Collection[str]) -> bool:
    """Whether one of these agents looks after the customer, or after the one who took that file in."""
    key = StreamKey("customer", await canonical(connection, customer))
    past = await past_of(connection, engine.types, [key], [kind.TYPE for kind in TELLING])
    owner = None
    for row in past[key]:
        if row.event is not None and row.event.subject == str(key.id) and isinstance(row.event.data, TELLING):
            owner = row.event.data.owner or owner
    return owner in agents


def uuid_of(text: str) -> UUID | None:
    """None for what is no id: nothing has it."""
    try:
        return UUID(text)
    except ValueError:
        return None
