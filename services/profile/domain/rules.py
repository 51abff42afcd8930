"""All that the engine knows of profile: whose an event is, what it names, and which rules decide."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Final

from services.profile.domain.candidates import AcceptCandidate, OfCandidate, RejectCandidate, Verdict
from services.profile.domain.cases import ComplaintCase
from services.profile.domain.commands import AnnounceCustomer, BeReferred, ChangeLifecycle, GiveOrderUp, SplitFile
from services.profile.domain.commitments import Commitment
from services.profile.domain.contacts import ContactHandle, decide_contact_stated
from services.profile.domain.decide import Rule, announce, decide, redecide
from services.profile.domain.erasure import EraseCustomer, forgetful, tombstones
from services.profile.domain.file import decide_told
from services.profile.domain.handles import normal_handle
from services.profile.domain.identity import decide_customers_merged, decide_handle_released, decide_split_file
from services.profile.domain.ids import FileIds
from services.profile.domain.launches import LaunchState
from services.profile.domain.ledgers import Handle, TimelineEntry
from services.profile.domain.mentions import MentionState
from services.profile.domain.region import meant_in, spelling
from services.profile.domain.state import CustomerState
from services.profile.domain.timeline import interaction_entry_id
from services.profile.domain.wake import next_wake
from services.profile.domain.whose import (
    Whose,
    all_words,
    brought,
    called,
    gone_on_about,
    handles,
    is_upstream,
    thing,
    words,
)
from shared.contracts import feedback, scheduler, upstream
from shared.contracts.data import Data
from shared.engine.decision import Event, RowKey, Rules
from shared.engine.routing import Alias, alias_keys

COMMANDS: Final = (
    AcceptCandidate,
    AnnounceCustomer,
    BeReferred,
    ChangeLifecycle,
    EraseCustomer,
    GiveOrderUp,
    RejectCandidate,
    SplitFile,
)


OF_CONTACTS: Final = frozenset((upstream.ContactStated, upstream.InteractionRecorded))
"""Events of which it counts who inside an organisation is known by their handles."""


def rules(secret: bytes, region: str | None = None) -> Rules:
    """The rules of one deployment; `secret` keys the ids of its customers and never changes.

    `region`: the country whose telephone numbers come without it; it is part of what a handle is, and stays too.
    """
    ids, meant = FileIds(secret), meant_in(region)
    whose = Whose(ids)
    keyed: dict[type[Data], Rule] = {
        upstream.CustomerRegistered: partial(decide_told, ids),
        upstream.CustomerUpdated: partial(decide_told, ids),
        upstream.ContactStated: partial(decide_contact_stated, ids),
        upstream.CustomersMerged: partial(decide_customers_merged, ids),
        upstream.HandleReleased: partial(decide_handle_released, ids),
        SplitFile: partial(decide_split_file, ids),
    }
    decided = forgetful(partial(decide, keyed=keyed), called, secret)
    return Rules(
        service="profile",
        states={"customer": CustomerState, "launch": LaunchState, "mention": MentionState},
        commands=COMMANDS,
        decide=lambda state, event, context: decided(state, meant(event), context),
        next_wake=next_wake,
        names=lambda event: (*names(event := meant(event)), *tombstones(called(event), secret)),
        candidates=lambda event, rows: whose.candidates(meant(event), rows),
        route=lambda event, rows: whose.route(meant(event), rows),
        announce=announce,
        redecide=redecide,
        home=lambda event, rows: whose.home(meant(event), rows),
        spelling=partial(spelling, region),
        brings=brought,
        about=gone_on_about,
        outbound="holdfast.profile.v1",
    )


def names(event: Event) -> Iterator[RowKey]:
    """The rows that deciding about this event may ask for."""
    if not is_upstream(event):
        yield from _names_of_ours(event)
        return
    yield from (RowKey(Handle, handle) for handle in handles(event))
    yield from words(event)
    if type(event.data) in OF_CONTACTS:
        yield from (RowKey(ContactHandle, handle) for handle in handles(event))
    if key := thing(event):
        yield key
    if type(event.data) is upstream.InteractionRecorded and event.data.interaction_id is not None:
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
        case OfCandidate(candidate_id=candidate_id, other=other):
            yield RowKey(Verdict, candidate_id)
            yield RowKey(Alias, other)
        case SplitFile(other=handle):
            yield RowKey(Handle, normal_handle(handle) or handle)
            yield all_words(normal_handle(handle) or handle)
    yield from alias_keys(event)
