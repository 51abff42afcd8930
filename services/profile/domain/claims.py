"""Whose a handle becomes when a file claims it (`architecture.md` "Identity")."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace

from services.profile.domain.handles import kind_of_handle
from services.profile.domain.holders import came_to, claimed_at, holder_at, is_free
from services.profile.domain.ledgers import Handle, HandleClaim
from shared.contracts.ids import derived
from shared.engine.decision import Context, Event, Fact, Regroup
from shared.engine.identity import merged
from shared.engine.routing import canonical_of


class Candidate(Struct, frozen=True):
    """Two identified files, in the order of their ids, that may be one customer: both claim a handle."""

    candidate_id: UUID
    customer_id: UUID
    other_customer_id: UUID
    reason: str
    """The kind of that handle, never the handle."""
    since: datetime


class SharedHandle(Struct, frozen=True):
    """Why: this file claimed at that instant what the other one of the pair had."""

    candidate_id: UUID
    handle: str
    customer_id: UUID
    at: datetime


class Claims(Struct, frozen=True):
    """What follows from the claims of one event."""

    free: tuple[str, ...] = ()
    """The handles that lead to this file now."""
    rows: tuple[Handle, ...] = ()
    candidates: tuple[Candidate | SharedHandle, ...] = ()
    """With whom the file shares what is not free, and which handles these are."""
    kept: tuple[HandleClaim, ...] = ()
    """Claims of what was somebody's already: a release before them may be heard of later."""
    regroup: Regroup | None = None


def claimed(own: str | None, others: Iterable[str], event: Event, context: Context) -> Claims:
    """The file takes its own handle (None: leaves that as it is) and every free one.

    A file without an identity of its own comes along.

    A handle of another identified file stays there, and the two are proposed to a person.

    Folded again, a claim takes nothing that it does not hold.
    """
    home = came_to(event, context) or context.stream.id
    names = others if own is None else (own, *others)
    known = {handle: context.rows.get(Handle, handle) for handle in dict.fromkeys(names)}
    free = {handle: row for handle, row in known.items() if handle == own or is_free(row, event.time, context)}
    if context.again:
        free = {handle: row for handle, row in free.items() if _is_here(row, event, context)}
    losers = [row for row in free.values() if row and not _is_here(row, event, context)]
    taken = {handle: _taken(handle, row, home, event) for handle, row in free.items()}
    return Claims(
        free=tuple(free),
        rows=tuple(row for handle, row in taken.items() if _is_news(row, free[handle], context)),
        candidates=() if context.again else tuple(_shared(known.keys() - free.keys(), home, event, context)),
        kept=() if context.again else tuple(_kept(known.keys() - {own}, home, event, context)),
        regroup=joined((holder_at(row, event.time).customer_id for row in losers), event, context),
    )


def _shared(handles: Iterable[str], home: UUID, event: Event, context: Context) -> Iterator[Candidate | SharedHandle]:
    for handle in handles:
        if row := context.rows.get(Handle, handle):
            held = holder_at(row, event.time)
            if held.customer_id != home:
                pair = candidate_of(home, held.customer_id, kind_of_handle(handle), max(event.time, row.since))
                yield pair
                yield SharedHandle(pair.candidate_id, handle, home, event.time)


def _kept(handles: Iterable[str], home: UUID, event: Event, context: Context) -> Iterator[HandleClaim]:
    """The last one of each handle; the claim by which a file has it is in the handle's own row."""
    for handle in handles:
        row, known = context.rows.get(Handle, handle), context.rows.get(HandleClaim, handle)
        at = _claim_to_keep(row, event, context) if row else None
        if at is not None and (known is None or known.at < at):
            yield HandleClaim(handle, home, at)


def _claim_to_keep(row: Handle, event: Event, context: Context) -> datetime | None:
    """Of this file's own handle the row says since when it was known at all."""
    if not holder_at(row, event.time).claimed:
        return event.time if event.time > row.since else None
    if _is_here(row, event, context):
        return max(event.time, row.since) if event.time != row.since else None
    return event.time


def candidate_of(one: UUID, other: UUID, reason: str, since: datetime) -> Candidate:
    """One for each pair and reason, whichever of the two claims."""
    first, second = sorted((one, other))
    return Candidate(derived("candidate", first.bytes, second.bytes, reason), first, second, reason, since)


def joined(losers: Iterable[UUID], event: Event, context: Context) -> Regroup | None:
    """This file takes these in, one after the other; None where there are none that are not here already."""
    parts = []
    here = context.stream.id
    for loser in dict.fromkeys(canonical_of(each, context.rows) for each in losers):
        if loser != here:
            part, words = merged(loser, here, context.rows)
            parts.append(replace(part, facts=tuple(replace(word, time=event.time) for word in words)))
    if not parts:
        return None
    rows_of = {row: None for part in parts for row in part.rows}
    streams = {stream: None for part in parts for stream in part.streams}
    facts: tuple[Fact, ...] = tuple(fact for part in parts for fact in part.facts)
    return Regroup(tuple(streams), tuple(rows_of), facts)


def held(handle: str, context: Context, event: Event) -> tuple[Handle, ...]:
    """The row of a handle that nobody has been known by."""
    if context.rows.get(Handle, handle) is not None:
        return ()
    return (Handle(handle, context.stream.id, claimed=False, since=event.time),)


def _is_here(row: Handle | None, event: Event, context: Context) -> bool:
    if row is None:
        return True
    return canonical_of(holder_at(row, event.time).customer_id, context.rows) == context.stream.id


def _is_news(row: Handle, before: Handle | None, context: Context) -> bool:
    return row != before and (before is None or not context.again)


def _taken(handle: str, row: Handle | None, home: UUID, event: Event) -> Handle:
    return claimed_at(row, event.time) if row else Handle(handle, home, claimed=True, since=event.time)
