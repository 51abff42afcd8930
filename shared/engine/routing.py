"""Routing for services whose events name the customer by id: the id, or what it was merged into."""

from __future__ import annotations

from uuid import UUID

from msgspec import Struct

from shared.contracts.profile import CustomerAbsorbed, CustomerMerged
from shared.engine.decision import Event, RowKey, Rows, StreamKey


class Alias(Struct, frozen=True):
    """`id` was absorbed: everything about it goes to `canonical`, the end of the chain."""

    id: UUID
    canonical: UUID


def customer_ids(event: Event) -> tuple[UUID, ...]:
    """The customers that the event names: its subject, and the other side of a merge."""
    if event.subject is None:
        return ()
    subject = UUID(event.subject)
    match event.data:
        case CustomerMerged(into=other) | CustomerAbsorbed(from_=other):
            return (subject, UUID(str(other)))
        case _:
            return (subject,)


def alias_keys(event: Event) -> tuple[RowKey, ...]:
    """The aliases that routing will ask for: every service's `names` starts with them."""
    return tuple(RowKey(Alias, id) for id in customer_ids(event))


def canonical_of(id: UUID, rows: Rows) -> UUID:
    """Follow aliases as they stand at this point of the fold."""
    seen = {id}
    while (alias := rows.get(Alias, id)) is not None and alias.canonical not in seen:
        id = alias.canonical
        seen.add(id)
    return id


def by_customer(event: Event, rows: Rows) -> StreamKey:
    """The stream of the customer that the event is about; for a merge, the customer that survives."""
    ids = customer_ids(event)
    if isinstance(event.data, CustomerMerged):
        return StreamKey("customer", canonical_of(ids[1], rows))
    return StreamKey("customer", canonical_of(ids[0], rows))


def only_its_customer(event: Event, rows: Rows) -> tuple[StreamKey, ...]:
    """Every stream that the event may touch."""
    return tuple(StreamKey("customer", canonical_of(id, rows)) for id in customer_ids(event))
