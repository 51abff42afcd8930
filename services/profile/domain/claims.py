"""Whose a handle becomes when an identified file claims it (`architecture.md` "Identity")."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace

from services.profile.domain.ledgers import Handle
from shared.contracts.profile import CustomerAbsorbed, CustomerMerged
from shared.engine.decision import Context, Event, Fact, StreamKey


class Claims(Struct, frozen=True):
    """What follows from the claims of one event."""

    rows: tuple[Handle, ...] = ()
    absorbs: tuple[StreamKey, ...] = ()
    facts: tuple[Fact, ...] = ()


def claimed(own: str, others: Iterable[str], event: Event, context: Context) -> Claims:
    """The file takes its own handle and every free one; a file without an identity of its own comes along.

    A handle of another identified file stays there.
    """
    free = []
    for handle in dict.fromkeys((own, *others)):
        row = context.rows.get(Handle, handle)
        if handle == own or row is None or row.customer_id == context.stream.id or not row.claimed:
            free.append((handle, row))
    losers = {row.customer_id: None for handle, row in free if row and handle != own}
    losers.pop(context.stream.id, None)
    return Claims(
        rows=tuple(_taken(handle, row, event, context) for handle, row in free if not _is_settled(row, context)),
        absorbs=tuple(StreamKey("customer", loser) for loser in losers),
        facts=tuple(fact for loser in losers for fact in _joined(loser, event, context)),
    )


def held(handle: str, event: Event, context: Context) -> tuple[Handle, ...]:
    """The row that makes the event's own handle this customer's, where it is not yet so."""
    row = context.rows.get(Handle, handle)
    if row is None:
        return (Handle(handle, context.stream.id, claimed=False, since=event.time),)
    return (replace(row, customer_id=context.stream.id),) if row.customer_id != context.stream.id else ()


def _is_settled(row: Handle | None, context: Context) -> bool:
    return row is not None and row.claimed and row.customer_id == context.stream.id


def _taken(handle: str, row: Handle | None, event: Event, context: Context) -> Handle:
    since = min(row.since, event.time) if row else event.time
    return Handle(handle, context.stream.id, claimed=True, since=since)


def _joined(loser: UUID, event: Event, context: Context) -> tuple[Fact, Fact]:
    return (
        Fact(CustomerMerged(into=context.stream.id), time=event.time, subject=loser),
        Fact(CustomerAbsorbed(from_=loser), time=event.time),
    )
