"""Promises to a customer: made, kept, broken; joined by `commitment_id` in whatever order they come (PR-25, KA-07)."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace

from services.profile.domain.state import CustomerState
from services.profile.domain.telling import fact_of
from services.profile.domain.timeline import entry_of
from shared.contracts import profile
from shared.contracts.scheduler import CommitmentBreached
from shared.contracts.upstream import CommitmentFulfilled, CommitmentMade
from shared.engine.decision import Accepted, Context, Decision, Event, Fact, Superseded


class Commitment(Struct, frozen=True):
    """One promise; a stub until `made_by` is known. `…_by` is the key of the event that said so. `text` stays here."""

    commitment_id: str
    customer_id: UUID
    made_by: UUID | None = None
    made_at: datetime | None = None
    due_on: date | None = None
    text: str | None = None
    owner: str | None = None
    complaint_id: str | None = None
    fulfilled_by: UUID | None = None
    fulfilled_at: datetime | None = None
    breached_by: UUID | None = None
    breached_at: datetime | None = None


def decide_commitment_made(state: CustomerState, event: Event, context: Context) -> Decision:
    """The promise itself; that it was kept already is said now."""
    data = event.data
    if not isinstance(data, CommitmentMade):
        raise TypeError(f"{data.TYPE} makes no commitment")
    known = _commitment(data.commitment_id, context)
    if known.made_by not in (None, event.key):
        return Superseded("this commitment was made by another event")
    commitment = replace(
        known,
        customer_id=context.stream.id,
        made_by=event.key,
        made_at=event.time,
        due_on=data.due_on,
        text=data.text,
        owner=data.owner,
        complaint_id=data.complaint_id,
    )
    made = profile.CommitmentMade(
        commitment_id=data.commitment_id, owner=data.owner, due_on=data.due_on, complaint_id=data.complaint_id
    )
    facts = (fact_of(commitment.customer_id, made, event.time, context), *_fulfilled(commitment, context))
    return Accepted(state, facts, (commitment,))


def decide_commitment_fulfilled(state: CustomerState, event: Event, context: Context) -> Decision:
    """Kept, late or in time; nothing is said before it is known to have been made."""
    data = event.data
    if not isinstance(data, CommitmentFulfilled):
        raise TypeError(f"{data.TYPE} fulfils no commitment")
    known = _commitment(data.commitment_id, context)
    if known.fulfilled_by not in (None, event.key):
        return Superseded("this commitment was fulfilled by another event")
    commitment = replace(known, fulfilled_by=event.key, fulfilled_at=event.time)
    return Accepted(state, _fulfilled(commitment, context), (commitment,))


def decide_commitment_breached(state: CustomerState, event: Event, context: Context) -> Decision:
    """The scheduler saw the day pass (SC-21)."""
    data = event.data
    if not isinstance(data, CommitmentBreached):
        raise TypeError(f"{data.TYPE} breaches no commitment")
    known = context.rows.get(Commitment, data.commitment_id)
    if known is None or known.breached_by not in (None, event.key):
        return Superseded("no such commitment is open here")
    commitment = replace(known, breached_by=event.key, breached_at=event.time)
    told = {"commitment_id": data.commitment_id}
    return Accepted(state, rows=(commitment, replace(entry_of(event, context, "commitment.breached"), details=told)))


def _commitment(id: str, context: Context) -> Commitment:
    """A stub is whose it was told of last: a file that was taken in leaves its stubs to the one that lives on."""
    known = context.rows.get(Commitment, id)
    if known is not None and known.made_by is not None:
        return known
    return replace(known or Commitment(id, context.stream.id), customer_id=context.stream.id)


def _fulfilled(commitment: Commitment, context: Context) -> tuple[Fact, ...]:
    if commitment.made_by is None or commitment.fulfilled_at is None:
        return ()
    data = profile.CommitmentFulfilled(commitment_id=commitment.commitment_id)
    return (fact_of(commitment.customer_id, data, commitment.fulfilled_at, context),)
