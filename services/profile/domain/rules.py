"""All that the engine knows of profile: whose an event is, what it names, and which rules decide."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final
from uuid import UUID

from services.profile.domain.benefits import Membership
from services.profile.domain.cases import ComplaintCase
from services.profile.domain.commands import AnnounceCustomer, BeReferred, ChangeLifecycle
from services.profile.domain.commitments import Commitment
from services.profile.domain.contacts import ContactHandle
from services.profile.domain.decide import UPSTREAM, announce, decide, redecide
from services.profile.domain.erasure import EraseCustomer, forgetful, generation_of, tombstones
from services.profile.domain.handles import customer_id, normal_handle
from services.profile.domain.launches import LaunchState
from services.profile.domain.ledgers import Complaint, Handle, Order, TimelineEntry
from services.profile.domain.mentions import MentionState
from services.profile.domain.state import CustomerState
from services.profile.domain.timeline import interaction_entry_id
from services.profile.domain.wake import next_wake
from shared.contracts import feedback, scheduler, upstream
from shared.contracts.data import Data
from shared.contracts.ids import derived
from shared.contracts.values import FeedbackKind
from shared.engine.decision import Event, RowKey, Rows, Rules, StreamKey
from shared.engine.routing import alias_keys, by_customer, only_its_customer

COMMANDS: Final = (AnnounceCustomer, BeReferred, ChangeLifecycle, EraseCustomer)


def rules(secret: bytes) -> Rules:
    """The rules of one deployment; `secret` keys the ids of its customers and never changes."""

    def owner(handle: str, rows: Rows) -> UUID:
        row = rows.get(Handle, handle)
        return row.customer_id if row else customer_id(secret, handle, generation_of(handle, rows, secret))

    def candidates(event: Event, rows: Rows) -> Iterable[StreamKey]:
        if of_nobody := nobody(event, rows):
            return (of_nobody,)
        if not is_upstream(event):
            return only_its_customer(event, rows)
        owners = {owner(handle, rows) for handle in handles(event)} | set(joined(event, rows))
        return tuple(StreamKey("customer", customer) for customer in owners)

    def route(event: Event, rows: Rows) -> StreamKey:
        if of_nobody := nobody(event, rows):
            return of_nobody
        if not is_upstream(event):
            return by_customer(event, rows)
        return StreamKey("customer", owner(handles(event)[0], rows))

    return Rules(
        service="profile",
        states={"customer": CustomerState, "launch": LaunchState, "mention": MentionState},
        commands=COMMANDS,
        decide=forgetful(decide, called, secret),
        next_wake=next_wake,
        names=lambda event: (*names(event), *tombstones(called(event), secret)),
        candidates=candidates,
        route=route,
        announce=announce,
        redecide=redecide,
        outbound="holdfast.profile.v1",
    )


def is_upstream(event: Event) -> bool:
    """Whether the event names its customer by a handle; all others name one of our ids."""
    return type(event.data) in UPSTREAM


def called(event: Event) -> list[str]:
    """The handles by which it names its customer; none in what names one of our ids, or nobody."""
    if isinstance(event.data, upstream.SocialMentioned) and event.data.handle:
        return [normal_handle(event.data.handle) or event.data.handle]
    return handles(event) if is_upstream(event) else []


def handles(event: Event) -> list[str]:
    """The handles that an upstream event names, normal, its subject first; text that is none stands as it came.

    Raises ValueError without a subject: the decoder has made a dead letter of such an event.
    """
    if event.subject is None:
        raise ValueError("no subject")
    return [normal_handle(text) or text for text in (event.subject, *_others(event.data))]


def _others(data: Data) -> Iterable[str]:
    match data:
        case upstream.CustomerFields(handles=handles) | upstream.ContactStated(handles=handles):
            return handles or ()
        case upstream.ReferralRecorded(referred=handle):
            return (handle,)
        case _:
            return ()


def nobody(event: Event, rows: Rows) -> StreamKey | None:
    """The stream of an event without a subject: a launch's product, a mention's customer if one is known, else itself.

    None for all other events.
    """
    match event.data:
        case upstream.ProductLaunched(product=product):
            return StreamKey("launch", derived("product", product))
        case upstream.SocialMentioned(handle=handle):
            row = rows.get(Handle, normal_handle(handle)) if handle else None
            return StreamKey("customer", row.customer_id) if row else StreamKey("mention", event.key)
        case _:
            return None


def names(event: Event) -> Iterator[RowKey]:
    """The rows that deciding about this event may ask for."""
    if not is_upstream(event):
        yield from _names_of_ours(event)
        return
    yield from (RowKey(Handle, handle) for handle in handles(event))
    if isinstance(event.data, upstream.ContactStated | upstream.InteractionRecorded):
        yield from (RowKey(ContactHandle, handle) for handle in handles(event))
    if key := thing(event):
        yield key
    if isinstance(event.data, upstream.InteractionRecorded) and event.data.interaction_id is not None:
        yield RowKey(TimelineEntry, interaction_entry_id(event.data.interaction_id))


def _names_of_ours(event: Event) -> Iterator[RowKey]:
    match event.data:
        case upstream.SocialMentioned(handle=str(handle)):
            yield RowKey(Handle, normal_handle(handle) or handle)
        case scheduler.CommitmentBreached(commitment_id=commitment_id):
            yield RowKey(Commitment, commitment_id)
        case (
            feedback.ComplaintOpened(case_id=case_id)
            | feedback.ComplaintResolved(case_id=case_id)
            | feedback.ComplaintReopened(case_id=case_id)
        ):
            yield RowKey(ComplaintCase, case_id)
    yield from alias_keys(event)


def thing(event: Event) -> RowKey | None:
    """The order, the complaint, the commitment or the membership that the event is about."""
    match event.data:
        case (
            upstream.OrderPlaced()
            | upstream.OrderDelivered()
            | upstream.OrderDelayed()
            | upstream.OrderRefunded()
            | upstream.OrderCancelled()
        ):
            return RowKey(Order, event.data.order_id)
        case upstream.ComplaintReported() | upstream.ComplaintUpdated() | upstream.ComplaintWithdrawn():
            return RowKey(Complaint, event.data.complaint_id)
        case upstream.FeedbackSubmitted(kind=FeedbackKind.COMPLAINT):
            return RowKey(Complaint, str(event.key))
        case upstream.CommitmentMade() | upstream.CommitmentFulfilled():
            return RowKey(Commitment, event.data.commitment_id)
        case upstream.MembershipGranted() | upstream.BenefitRecorded(membership_id=str()):
            return RowKey(Membership, event.data.membership_id)
        case _:
            return None


def joined(event: Event, rows: Rows) -> Iterator[UUID]:
    """Whose that thing is: another customer's row is changed under that customer's lock too."""
    key = thing(event)
    row = rows.get(key.table, key.key) if key else None
    if isinstance(row, Order | Complaint | Commitment | Membership):
        yield row.customer_id
