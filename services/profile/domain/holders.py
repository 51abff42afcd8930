"""Whose a handle was at an instant, as it is known by now (recycled phone numbers)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from services.profile.domain.handles import normal_handle
from services.profile.domain.ledgers import Handle, HandleWords, Holder
from shared.engine.decision import Context, Event, Rows
from shared.engine.routing import canonical_of, home_of

TICK: Final = timedelta(microseconds=1)


def holder_at(row: Handle, at: datetime) -> Holder:
    """What happened at the very instant of a release is the next holder's."""
    return next(held for held in holders(row) if held.until is None or at < held.until)


def file_at(row: Handle, at: datetime) -> UUID:
    """To which file it led."""
    return holder_at(row, at).customer_id if row.past else row.customer_id


def holders(row: Handle) -> tuple[Holder, ...]:
    """All of them, the oldest first."""
    return (*row.past, Holder(row.customer_id, row.claimed_at))


def is_free(row: Handle) -> bool:
    """Whether nobody has claimed it, nor let it go."""
    return row.claimed_at is None and not row.past


def is_settled(row: Handle, at: datetime, rows: Rows) -> bool:
    """Whether a claim of this instant changes nothing: it is somebody's by an earlier one, and was never let go.

    Of a file that another one has taken in it is asked who claimed it.
    """
    if row.past or row.claimed_at is None or row.claimed_at >= at:
        return False
    return canonical_of(row.customer_id, rows) == row.customer_id


def files_of(words: HandleWords) -> Iterator[UUID]:
    """All that it may lead to, but those that handles opened first."""
    for word in words.words:
        yield from (id for id in (word.customer_id, word.opens, word.other_id) if id is not None)
    if words.row is not None:
        yield from (held.customer_id for held in holders(words.row))


def came_to(event: Event, context: Context) -> UUID | None:
    """The file that the event came to, where the one that it is folded into has taken that in; else None."""
    handle = normal_handle(event.subject or "")
    if handle is None:
        home = home_of(event, context.rows)
    else:
        row = context.rows.get(Handle, handle)
        home = file_at(row, event.time) if row else context.stream.id
    return home if home != context.stream.id else None
