"""Two files that are one customer, a merge that was none, a handle that is somebody else's now."""

from __future__ import annotations

from uuid import UUID

from msgspec.structs import replace

from services.profile.domain.claims import joined, kept, shared
from services.profile.domain.commands import SplitFile
from services.profile.domain.handles import normal_handle
from services.profile.domain.handover import handed_over, heard
from services.profile.domain.holders import TICK, holder_at
from services.profile.domain.ids import FileIds
from services.profile.domain.ledgers import Handle, HandleWord
from services.profile.domain.state import CustomerState
from shared.contracts.upstream import CustomersMerged, HandleReleased
from shared.engine.decision import Accepted, Context, Decision, Event, Refused, Rows
from shared.engine.identity import split
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
    rows = tuple(
        Handle(name, ids.of(name, None, context.rows))
        for name in names
        if name and context.rows.get(Handle, name) is None
    )
    homes = [ids.home(name, event.time, context.rows) for name in names if name]
    regroup = joined(homes, event, context)
    if regroup is None:
        return Accepted(state, rows=rows)
    return Accepted(state, regroup=replace(regroup, rows=(*rows, *regroup.rows)))


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
    word = HandleWord(event.key, event.time, "release", who, is_own=subject == handle, opens=opens)
    one = heard(handle, word, ids, context)
    if regroup := handed_over((one,), context, event.time):
        return Accepted(state, regroup=regroup)
    return Accepted(state, rows=(*kept(one, context, is_about_us=True), *shared(one, ids, context)))


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
