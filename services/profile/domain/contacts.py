"""Persons inside an organisation: who they are, and which handles lead to the organisation with them (PR-07, PR-29)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from msgspec import Struct

from services.profile.domain.claims import claimed
from services.profile.domain.handles import normal_handle
from services.profile.domain.ids import FileIds
from services.profile.domain.state import CustomerState, Stamp
from shared.contracts.profile import CustomerUpdated
from shared.contracts.upstream import ContactStated
from shared.contracts.values import ContactRole
from shared.engine.decision import Accepted, Context, Decision, Event, Fact, Refused


class ContactWord(Struct, frozen=True):
    """What one event said about a person: the newest word on each field holds."""

    event_key: UUID
    customer_id: UUID
    contact_id: str
    at: datetime
    event_id: str
    recorded_at: datetime
    role: ContactRole
    department: str | None = None
    handles: tuple[str, ...] | None = None


class ContactHandle(Struct, frozen=True):
    """Which person of the customer answers under a handle."""

    handle: str
    customer_id: UUID
    contact_id: str
    at: datetime
    event_id: str


def decide_contact_stated(ids: FileIds, state: CustomerState, event: Event, context: Context) -> Decision:
    """The person is kept as told, and every handle that no other customer has claimed leads here from now on."""
    data = event.data
    if not isinstance(data, ContactStated):
        raise TypeError(f"{data.TYPE} states no contact")
    told = None if data.handles is None else tuple(normal_handle(handle) for handle in data.handles)
    if told is not None and None in told:
        return Refused("invalid_data", "One of `handles` is no handle: send <kind>:<value>, e.g. phone:+8613800000000.")
    handles = None if told is None else tuple(handle for handle in told if handle)
    word = ContactWord(
        event.key,
        context.stream.id,
        data.contact_id,
        event.time,
        event.id,
        context.now,
        data.role,
        data.department,
        handles,
    )
    claims = claimed(ids, None, handles or (), event, context)
    led = (row for handle in claims.free for row in _led_here(handle, data.contact_id, event, context))
    return Accepted(
        state,
        facts=(Fact(CustomerUpdated(fields=("contacts",)), time=event.time),),
        rows=(word, *claims.rows, *led),
        regroup=claims.regroup,
    )


def contact_of(handle: str, context: Context) -> str | None:
    """The person of this customer who is known by the handle."""
    row = context.rows.get(ContactHandle, handle)
    return row.contact_id if row and row.customer_id == context.stream.id else None


def _led_here(handle: str, contact_id: str, event: Event, context: Context) -> tuple[ContactHandle, ...]:
    known = context.rows.get(ContactHandle, handle)
    is_ours = known is not None and known.customer_id == context.stream.id
    if known and is_ours and Stamp(known.at, known.event_id) > Stamp(event.time, event.id):
        return ()
    return (ContactHandle(handle, context.stream.id, contact_id, event.time, event.id),)
