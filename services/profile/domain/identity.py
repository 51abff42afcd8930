"""Two files that are one customer, a merge that was none, a handle that is somebody else's now."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import Final
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace

from services.profile.domain.claims import joined
from services.profile.domain.commands import SplitFile
from services.profile.domain.erasure import generation_of
from services.profile.domain.handles import customer_id, normal_handle
from services.profile.domain.holders import (
    came_to,
    claimed_at,
    generation_from,
    holder_at,
    is_free,
    is_released,
    released_at,
)
from services.profile.domain.ledgers import Handle, HandleClaim, Holder
from services.profile.domain.state import CustomerState
from shared.contracts.profile import CustomerSplit
from shared.contracts.upstream import CustomersMerged, HandleReleased
from shared.engine.decision import (
    Accepted,
    Context,
    Decision,
    Event,
    Fact,
    Moved,
    Refused,
    Regroup,
    Rows,
    StreamKey,
    Superseded,
)
from shared.engine.identity import merged, split
from shared.engine.routing import canonical_of

MOST_CAUSES: Final = 200
"""Events that one fact names."""


class FileIds(Struct, frozen=True):
    """The ids of the files that handles open, under the secret of a deployment."""

    secret: bytes

    def first(self, handle: str, rows: Rows) -> UUID:
        """Of the file that an unknown handle opens; another one after each person who was erased under it."""
        return customer_id(self.secret, handle, generation_of(handle, rows, self.secret))

    def after(self, handle: str, released_at: datetime) -> UUID:
        """Of the file that it leads to from a release on."""
        return customer_id(self.secret, handle, generation_from(released_at))


def home_of_handle(handle: str, at: datetime, rows: Rows, ids: FileIds) -> UUID:
    """The file that something came to under this handle at this instant."""
    row = rows.get(Handle, handle)
    return holder_at(row, at).customer_id if row else ids.first(handle, rows)


def survivor(event: Event, rows: Rows, ids: FileIds) -> UUID:
    """The file of the two that takes the other in: the subject's, unless only the other one is identified."""
    if not isinstance(event.data, CustomersMerged):
        raise TypeError(f"{event.type} joins no files")
    own, other = normal_handle(event.subject or "") or "", normal_handle(event.data.other) or ""
    winner = other if _is_claimed(other, event, rows) and not _is_claimed(own, event, rows) else own
    return canonical_of(home_of_handle(winner, event.time, rows, ids), rows)


def _is_claimed(handle: str, event: Event, rows: Rows) -> bool:
    row = rows.get(Handle, handle)
    return row is not None and holder_at(row, event.time).claimed


def decide_customers_merged(ids: FileIds, state: CustomerState, event: Event, context: Context) -> Decision:
    """Both become one customer, also where both are identified: somebody who knows has said so."""
    data = event.data
    if not isinstance(data, CustomersMerged):
        raise TypeError(f"{data.TYPE} joins no files")
    names = (normal_handle(event.subject or ""), normal_handle(data.other))
    if None in names:
        return Refused("invalid_data", "`other` is no handle: send <kind>:<value>, for example shop:42.")
    if context.again:
        return Accepted(state)
    rows = tuple(
        Handle(name, ids.first(name, context.rows), claimed=False, since=event.time)
        for name in names
        if name and context.rows.get(Handle, name) is None
    )
    homes = [home_of_handle(name, event.time, context.rows, ids) for name in names if name]
    regroup = joined(homes, event, context)
    if regroup is None:
        return Accepted(state, rows=rows)
    return Accepted(state, regroup=replace(regroup, rows=(*rows, *regroup.rows)))


def decide_handle_released(ids: FileIds, state: CustomerState, event: Event, context: Context) -> Decision:
    """From its time on the handle leads to a new file, whatever has come for it already, or to who claimed it since.

    Until then it was this customer's: a file that has nothing but the handle comes along.
    """
    data = event.data
    if not isinstance(data, HandleReleased):
        raise TypeError(f"{data.TYPE} releases no handle")
    handle = normal_handle(data.handle)
    if handle is None:
        return Refused("invalid_data", "`handle` is no handle: send <kind>:<value>, e.g. phone:+8613800000000.")
    row = context.rows.get(Handle, handle)
    if context.again or is_released(row, event.time):
        return Accepted(state, rows=(row,) if row and not context.again else ())
    then = ids.after(handle, event.time)
    if row is None:
        return Accepted(state, rows=(released_at(_had(handle, ids, event, context), event.time, then),))
    if _is_later(row, handle, event):
        return _had_before(state, row, event, context)
    before = holder_at(row, event.time).customer_id
    if not is_free(row, event.time, context) and canonical_of(before, context.rows) != context.stream.id:
        return Superseded("this handle is another customer's")
    here, new = (StreamKey("customer", id) for id in (context.stream.id, then))
    taken_in = joined((before,), event, context) or Regroup((here,))
    row, heir = _handed_on(released_at(row, event.time, then), event, context)
    if heir is not None:
        part, words = merged(then, heir, context.rows)
        facts = tuple(replace(word, time=event.time) for word in words)
        taken_in = _both(taken_in, replace(part, facts=facts))
        new = StreamKey("customer", heir)
    told = partial(_told, here, then, new, event.time)
    streams = tuple(dict.fromkeys((*taken_in.streams, new)))
    return Accepted(state, regroup=replace(taken_in, streams=streams, rows=(*taken_in.rows, row), told=told))


def _handed_on(row: Handle, event: Event, context: Context) -> tuple[Handle, UUID | None]:
    """The released handle, with whom it belongs to now: None, or who claimed it before the release was heard of."""
    claim = context.rows.get(HandleClaim, row.handle)
    until = next((holder.until for holder in row.past if holder.until > event.time), None)
    if claim is None or claim.at < event.time or (until is not None and until <= claim.at):
        return row, None
    return claimed_at(row, claim.at), canonical_of(claim.customer_id, context.rows)


def _both(one: Regroup, other: Regroup) -> Regroup:
    return Regroup((*one.streams, *other.streams), (*one.rows, *other.rows), (*one.facts, *other.facts))


def _is_later(row: Handle, handle: str, event: Event) -> bool:
    """Who has the handle claimed it after this release: until then it was somebody else's, and he has said so."""
    is_last = all(holder.until <= event.time for holder in row.past)
    since = row.claimed_since or row.since
    return is_last and row.claimed and since > event.time and handle != normal_handle(event.subject or "")


def _had_before(state: CustomerState, row: Handle, event: Event, context: Context) -> Accepted:
    """What came under the handle before the release is this customer's; who has it keeps it from then on."""
    home, here = came_to(event, context) or context.stream.id, context.stream
    row = replace(row, past=(*row.past, Holder(home, claimed=True, until=event.time)))
    there = StreamKey("customer", canonical_of(row.customer_id, context.rows))
    if there == here:
        return Accepted(state, rows=(row,))
    told = partial(_told, there, home, here, event.time)
    return Accepted(state, regroup=Regroup((here, there), (row,), told=told))


def _had(handle: str, ids: FileIds, event: Event, context: Context) -> Handle:
    """A handle of which nothing was known but that this customer had it."""
    if handle == normal_handle(event.subject or ""):
        return Handle(handle, ids.first(handle, context.rows), claimed=False, since=event.time)
    return Handle(handle, came_to(event, context) or context.stream.id, claimed=True, since=event.time)


def _told(before: StreamKey, then: UUID, now: StreamKey, at: datetime, moved: Moved) -> tuple[Fact, ...]:
    """Readers are told by which events, where some had come for the new file already, whose is `now`."""
    events = moved.get(now, []) if now != before else []
    words = [
        CustomerSplit(from_=before.id, into=then, causes=tuple(event.id for event in chunk))
        for chunk in (events[n : n + MOST_CAUSES] for n in range(0, len(events), MOST_CAUSES))
    ]
    return tuple(Fact(word, time=at, subject=id) for word in words for id in (before.id, then))


def decide_split_file(state: CustomerState, event: Event, context: Context) -> Decision:
    """What came under the other's handles is the other's again; a file that never was another one cannot be split."""
    data = event.data
    if not isinstance(data, SplitFile):
        raise TypeError(f"{data.TYPE} splits no file")
    if context.again:
        return Accepted(state)
    row = context.rows.get(Handle, normal_handle(data.other) or "")
    loser = holder_at(row, context.now).customer_id if row else context.stream.id
    return _split(state, UUID(event.subject or "") if loser == context.stream.id else loser, event, context)


def _split(state: CustomerState, loser: UUID, event: Event, context: Context) -> Decision:
    if loser == context.stream.id or canonical_of(loser, context.rows) != context.stream.id:
        return Refused("not_merged", "This customer has not taken that file in: give a handle of one that it has.", 409)
    regroup, words = split(loser, context.rows)
    facts = tuple(replace(word, time=event.time) for word in words)
    return Accepted(state, regroup=replace(regroup, facts=facts))
