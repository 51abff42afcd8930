"""Two files that are one customer, a merge that was none, a handle that is somebody else's now."""

from __future__ import annotations

from uuid import UUID

from services.profile.domain.commands import SplitFile
from services.profile.domain.handles import normal_handle
from services.profile.domain.handover import heard, is_known
from services.profile.domain.holders import TICK, file_at, holder_at
from services.profile.domain.ids import FileIds
from services.profile.domain.ledgers import FileWord, Handle, HandleWord
from services.profile.domain.state import CustomerState
from shared.contracts.upstream import CustomersMerged, HandleReleased
from shared.engine.decision import Accepted, Context, Decision, Event, Refused, Rows
from shared.engine.routing import canonical_of


def survivor(event: Event, rows: Rows, ids: FileIds) -> UUID:
    """The file of the two that takes the other in: the subject's, unless only the other one is identified."""
    if not isinstance(event.data, CustomersMerged):
        raise TypeError(f"{event.type} joins no files")
    own, other = normal_handle(event.subject or "") or "", normal_handle(event.data.other) or ""
    winner = other if _is_claimed(other, event, rows) and not _is_claimed(own, event, rows) else own
    return canonical_of(ids.home(winner, event.time, rows), rows)


def _is_claimed(handle: str, event: Event, rows: Rows) -> bool:
    row = rows.get(Handle, handle)
    return row is not None and holder_at(row, event.time).claimed_at is not None


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
    own, other = (name or "" for name in names)
    word = FileWord(other, event.key, event.time, "merge", ids.home(own, event.time, context.rows), own)
    return _heard(state, word, ids, context)


def decide_handle_released(ids: FileIds, state: CustomerState, event: Event, context: Context) -> Decision:
    """From its time on the handle leads to a new file, or to who claims it then; until then it was this customer's.

    It stays with another one who has claimed it before; a file that has nothing but the handle comes along.
    """
    data = event.data
    if not isinstance(data, HandleReleased):
        raise TypeError(f"{data.TYPE} releases no handle")
    handle = normal_handle(data.handle)
    if handle is None:
        return Refused("invalid_data", "`handle` is no handle: send <kind>:<value>, e.g. phone:+8613800000000.")
    if context.again:
        return Accepted(state)
    subject = normal_handle(event.subject or "") or ""
    who, opens = ids.home(subject, event.time - TICK, context.rows), ids.of(handle, event.time, context.rows)
    word = HandleWord(handle, event.key, event.time, "release", who, subject, subject == handle, opens)
    return _heard(state, word, ids, context)


def _heard(state: CustomerState, word: HandleWord, ids: FileIds, context: Context) -> Accepted:
    found = heard((word,), ids, context)
    return Accepted(state, rows=() if found.regroup else found.changed, regroup=found.regroup)


def decide_split_file(ids: FileIds, state: CustomerState, event: Event, context: Context) -> Decision:
    """What came under the other's handles is the other's again; a file that never was another one cannot be split."""
    data = event.data
    if not isinstance(data, SplitFile):
        raise TypeError(f"{data.TYPE} splits no file")
    if context.again:
        return Accepted(state)
    here, handle = context.stream.id, normal_handle(data.other) or ""
    row = context.rows.get(Handle, handle)
    named = file_at(row, context.now) if row else here
    loser = UUID(event.subject or "") if named == here else named
    word = FileWord(handle, event.key, event.time, "split", loser)
    if is_known(word, context.rows):
        return Accepted(state)
    if loser == here or canonical_of(loser, context.rows) != here:
        return Refused("not_merged", "This customer has not taken that file in: give a handle of one that it has.", 409)
    return _heard(state, word, ids, context)
