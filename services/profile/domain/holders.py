"""Whose a handle was at an instant: a released one leads to another file from then on (recycled phone numbers)."""

from __future__ import annotations

from datetime import datetime
from typing import Final
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace

from services.profile.domain.handles import normal_handle
from services.profile.domain.ledgers import Handle, Holder
from shared.engine.decision import Context, Event
from shared.engine.routing import canonical_of, home_of

EPOCH: Final = datetime.fromisoformat("1970-01-01T00:00:00+00:00")


class Held(Struct, frozen=True):
    """A handle's holder from one release to the next; `place` counts the releases before."""

    customer_id: UUID
    claimed: bool
    place: int


def holder_at(row: Handle, at: datetime) -> Held:
    """What happened at the very instant of a release is the next holder's."""
    for place, holder in enumerate(row.past):
        if at < holder.until:
            return Held(holder.customer_id, holder.claimed, place)
    return Held(row.customer_id, row.claimed, len(row.past))


def came_to(event: Event, context: Context) -> UUID | None:
    """The file that the event came to, where the one that it is folded into has taken that in; else None."""
    handle = normal_handle(event.subject or "")
    if handle is None:
        home = home_of(event, context.rows)
    else:
        row = context.rows.get(Handle, handle)
        home = holder_at(row, event.time).customer_id if row else context.stream.id
    return home if home != context.stream.id else None


def claimed_at(row: Handle, at: datetime) -> Handle:
    """The row once its holder at this instant has claimed it."""
    place = holder_at(row, at).place
    if place == len(row.past):
        first = min(row.claimed_since or row.since, at) if row.claimed else at
        return replace(row, claimed=True, since=min(row.since, at), claimed_since=first)
    holder = replace(row.past[place], claimed=True)
    return replace(row, past=(*row.past[:place], holder, *row.past[place + 1 :]))


def released_at(row: Handle, at: datetime, then: UUID) -> Handle:
    """The row once its holder at this instant has let it go; `then`: the file that it leads to from then on."""
    held = holder_at(row, at)
    gone = Holder(held.customer_id, held.claimed, at)
    before, after = row.past[: held.place], row.past[held.place :]
    if not after:
        return replace(row, customer_id=then, claimed=False, since=at, past=(*before, gone), claimed_since=None)
    return replace(row, past=(*before, gone, Holder(then, claimed=False, until=after[0].until), *after[1:]))


def is_released(row: Handle | None, at: datetime) -> bool:
    """Somebody let it go at this very instant."""
    return row is not None and any(holder.until == at for holder in row.past)


def generation_from(at: datetime) -> int:
    """Tells the files of a handle apart by the release that they begin with, whatever order releases come in."""
    since = at - EPOCH
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds


def is_free(row: Handle | None, at: datetime, context: Context) -> bool:
    """Nobody's, this customer's, or of a file that an event opened and nobody has claimed or joined since."""
    if row is None:
        return True
    held = holder_at(row, at)
    canonical = canonical_of(held.customer_id, context.rows)
    return canonical == context.stream.id or not (held.claimed or canonical != held.customer_id)
