"""Whose a handle becomes when a file claims it (`architecture.md` "Identity")."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal
from uuid import UUID

from msgspec import Struct

from services.profile.domain.handles import normal_handle
from services.profile.domain.handover import Heard, combined, heard
from services.profile.domain.holders import file_at
from services.profile.domain.ids import FileIds
from services.profile.domain.ledgers import Handle, HandleWord
from shared.engine.decision import Context, Event, Regroup
from shared.engine.identity import merged
from shared.engine.routing import canonical_of


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
    under = normal_handle(event.subject or "") or ""
    home = ids.home(under, event.time, context.rows)
    kind: Literal["claim", "contact"] = "contact" if own is None else "claim"
    names = dict.fromkeys(others if own is None else (own, *others))
    words = [HandleWord(handle, event.key, event.time, kind, home, under, is_own=handle == under) for handle in names]
    found = heard(words, ids, context)
    if found.regroup:
        return Claims(regroup=found.regroup)
    free = tuple(handle for handle in names if _is_here(found.rows[handle], event, context))
    return Claims(free, told(found, context, free))


def told(found: Heard, context: Context, ours: Iterable[str]) -> tuple[Struct, ...]:
    """What is kept of it; where that has moved files already, also the handles that are ours in consequence."""
    known = () if found.is_news or context.again else tuple(found.rows[handle] for handle in ours)
    return (*known, *found.changed)


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
    return canonical_of(file_at(row, event.time), context.rows) == context.stream.id
