"""Complaint intake: what was reported and what was said since, joined by `complaint_id` in whatever order they come."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from msgspec.structs import replace

from services.profile.domain.admission import unknown_channel
from services.profile.domain.ledgers import Complaint, ComplaintChange
from services.profile.domain.state import CustomerState
from services.profile.domain.telling import fact_of
from shared.contracts import profile
from shared.contracts.upstream import ComplaintReported, ComplaintUpdated, ComplaintWithdrawn
from shared.engine.decision import Accepted, Context, Decision, Event, Fact, Superseded

CHANGEABLE: Final = ("fault", "severity", "correctable")
REPORTED: Final = (
    *CHANGEABLE,
    "commitment_breached",
    "staff_at_fault",
    "about",
    "order_id",
    "element",
    "touchpoint",
    "channel",
)


def decide_complaint_reported(state: CustomerState, event: Event, context: Context) -> Decision:
    """The complaint itself; its words stay here. What came before it is said now."""
    data = event.data
    if not isinstance(data, ComplaintReported):
        raise TypeError(f"{data.TYPE} reports no complaint")
    if refused := unknown_channel(data.channel, context.policy):
        return refused
    if _complaint(data, context).reported_by not in (None, event.key):
        return Superseded("this complaint was reported by another event")
    facts, complaint = reported(data, event, context)
    return Accepted(state, facts, (complaint,))


def reported(data: ComplaintReported, event: Event, context: Context) -> tuple[tuple[Fact, ...], Complaint]:
    """What is said of a complaint, and its row."""
    told: dict[str, Any] = {name: getattr(data, name) for name in REPORTED}
    complaint = replace(
        _complaint(data, context),
        customer_id=context.stream.id,
        reported_by=event.key,
        reported_at=event.time,
        text=data.text,
        **told,
    )
    received = profile.ComplaintReceived(complaint_id=data.complaint_id, **told)
    return (fact_of(complaint.customer_id, received, event.time, context), *_early(complaint, context)), complaint


def decide_complaint_updated(state: CustomerState, event: Event, context: Context) -> Decision:
    """The latest word on each field holds; a late one that says nothing new is only kept."""
    data = event.data
    if not isinstance(data, ComplaintUpdated):
        raise TypeError(f"{data.TYPE} updates no complaint")
    known = _complaint(data, context)
    change = ComplaintChange(event.key, event.time, event.id, data.fault, data.severity, data.correctable)
    others = (past for past in known.changes if past.event_key != event.key)
    complaint = replace(known, changes=tuple(sorted((*others, change), key=lambda past: (past.at, past.event_id))))
    given = [name for name in CHANGEABLE if getattr(change, name) is not None]
    facts = _changed(complaint, given, event.time, context)
    return Accepted(state, facts, (complaint,))


def decide_complaint_withdrawn(state: CustomerState, event: Event, context: Context) -> Decision:
    data = event.data
    if not isinstance(data, ComplaintWithdrawn):
        raise TypeError(f"{data.TYPE} withdraws no complaint")
    known = _complaint(data, context)
    if known.withdrawn_by not in (None, event.key):
        return Superseded("this complaint was withdrawn by another event")
    complaint = replace(known, withdrawn_by=event.key, withdrawn_at=event.time)
    return Accepted(state, _withdrawn(complaint, context), (complaint,))


def latest_words(complaint: Complaint) -> dict[str, Any]:
    """What holds of fault, severity and correctable after all changes, whichever of them are known."""
    words = {name: getattr(complaint, name) for name in CHANGEABLE}
    for change in complaint.changes:
        words |= {name: value for name in CHANGEABLE if (value := getattr(change, name)) is not None}
    return words


def _complaint(data: ComplaintReported | ComplaintUpdated | ComplaintWithdrawn, context: Context) -> Complaint:
    """A stub is whose it was told of last: a file that was taken in leaves its stubs to the one that lives on."""
    known = context.rows.get(Complaint, data.complaint_id)
    if known is not None and known.reported_by is not None:
        return known
    return replace(known or Complaint(data.complaint_id, context.stream.id), customer_id=context.stream.id)


def _early(complaint: Complaint, context: Context) -> tuple[Fact, ...]:
    if not complaint.changes:
        return _withdrawn(complaint, context)
    given = [name for name in CHANGEABLE if any(getattr(past, name) is not None for past in complaint.changes)]
    return (*_changed(complaint, given, complaint.changes[-1].at, context), *_withdrawn(complaint, context))


def _changed(complaint: Complaint, given: list[str], at: datetime, context: Context) -> tuple[Fact, ...]:
    if complaint.reported_by is None or not given:
        return ()
    words = latest_words(complaint)
    told = {name: words[name] for name in given}
    updated = profile.ComplaintUpdated(complaint_id=complaint.complaint_id, **told)
    return (fact_of(complaint.customer_id, updated, at, context),)


def _withdrawn(complaint: Complaint, context: Context) -> tuple[Fact, ...]:
    if complaint.reported_by is None or complaint.withdrawn_at is None:
        return ()
    data = profile.ComplaintWithdrawn(complaint_id=complaint.complaint_id)
    return (fact_of(complaint.customer_id, data, complaint.withdrawn_at, context),)
