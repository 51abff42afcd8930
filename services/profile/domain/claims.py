"""Whose a handle becomes when a file claims it (`architecture.md` "Identity")."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Literal
from uuid import UUID

from msgspec import Struct

from services.profile.domain.handles import kind_of_handle, normal_handle
from services.profile.domain.handover import Heard, combined, handed_over, heard
from services.profile.domain.holders import holder_at, since_at
from services.profile.domain.ids import FileIds
from services.profile.domain.ledgers import Handle, HandleWord, HandleWords
from shared.contracts.ids import derived
from shared.engine.decision import Context, Event, Regroup
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
    rows: tuple[Struct, ...] = ()
    """Handles that are new or other ones, what was said of each, and with whom the file shares what is not free."""
    regroup: Regroup | None = None


def claimed(ids: FileIds, own: str | None, others: Iterable[str], event: Event, context: Context) -> Claims:
    """The file claims its own handle (None: a person of its own is known by the others) and the others.

    A file without an identity of its own comes along with its handle. A handle of another identified file stays
    there, and the two are proposed to a person.
    """
    home = ids.home(normal_handle(event.subject or "") or "", event.time, context.rows, claims=own is not None)
    kind: Literal["claim", "contact"] = "contact" if own is None else "claim"
    names = dict.fromkeys(others if own is None else (own, *others))
    words = {handle: HandleWord(event.key, event.time, kind, home, is_own=handle == own) for handle in names}
    said = [heard(handle, word, ids, context) for handle, word in words.items()]
    if regroup := handed_over(said, context, event.time):
        return Claims(regroup=regroup)
    free = tuple(one.row.handle for one in said if _is_here(one.row, event, context))
    rows = [row for one in said for row in (*kept(one, context, one.row.handle in free), *shared(one, ids, context))]
    return Claims(free, tuple(rows))


def kept(one: Heard, context: Context, is_about_us: bool) -> Iterator[Struct]:
    """What was said, and the handle where that has made it another one."""
    before, known = context.rows.get(Handle, one.row.handle), context.rows.get(HandleWords, one.row.handle)
    if one.row != before or (known == one.words and is_about_us and not context.again):
        yield one.row
    if not context.again:
        yield one.words


def shared(one: Heard, ids: FileIds, context: Context) -> Iterator[Candidate | SharedHandle]:
    """Who claims what is another one's at that instant is proposed with that one."""
    if context.again:
        return
    handle = one.row.handle
    for word in one.words.words:
        if word.kind == "claim":
            held = holder_at(one.row, word.at)
            file = ids.of(handle, since_at(one.row, word.at), context.rows) if word.is_own else word.customer_id
            if canonical_of(file, context.rows) != canonical_of(held.customer_id, context.rows):
                pair = candidate_of(file, held.customer_id, kind_of_handle(handle), word.at)
                yield pair
                yield SharedHandle(pair.candidate_id, handle, file, word.at)


def candidate_of(one: UUID, other: UUID, reason: str, since: datetime) -> Candidate:
    """One for each pair and reason, whichever of the two claims."""
    first, second = sorted((one, other))
    return Candidate(derived("candidate", first.bytes, second.bytes, reason), first, second, reason, since)


def joined(losers: Iterable[UUID], event: Event, context: Context) -> Regroup | None:
    """This file takes these in, one after the other; None where there are none that are not here already."""
    here = context.stream.id
    files = dict.fromkeys(canonical_of(each, context.rows) for each in losers)
    parts = [merged(file, here, context.rows) for file in files if file != here]
    return combined(parts, event.time) if parts else None


def held(handle: str, context: Context) -> tuple[Handle, ...]:
    """The row of a handle that nobody has been known by."""
    return () if context.rows.get(Handle, handle) else (Handle(handle, context.stream.id),)


def _is_here(row: Handle, event: Event, context: Context) -> bool:
    return canonical_of(holder_at(row, event.time).customer_id, context.rows) == context.stream.id
