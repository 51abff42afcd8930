"""Two files that may be one customer: proposed by what they share, joined or kept apart by a person."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar, Literal
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace
from pydantic import ConfigDict

from services.profile.domain.claims import joined
from services.profile.domain.state import CustomerState
from shared.contracts.data import Command, Handle, Name, Value
from shared.engine.decision import Accepted, Context, Decision, Event, Refused


class Verdict(Struct, frozen=True):
    """What a person said about a candidate; the first word counts."""

    candidate_id: UUID
    status: Literal["accepted", "rejected"]
    decided_by: UUID
    decided_at: datetime
    because: str | None = None


class OfCandidate(Command):
    """Which pair, as the route found it: the subject's file and the other one."""

    candidate_id: UUID
    other: UUID
    shared: Name
    """The kind of handle that both claim."""
    handle: Handle | None
    """One of the other file's: ids are keyed by the secret of a deployment, handles are the same in all."""


class AcceptCandidate(OfCandidate):
    """POST /v1/candidates/{id}/accept: the two are one customer."""

    TYPE: ClassVar[str] = "holdfast.profile.command.accept_candidate.v1"


class Rejection(Value):
    """The body of POST /v1/candidates/{id}/reject. `reason`: a code, nothing about a person."""

    model_config = ConfigDict(extra="forbid")

    reason: Name | None = None


class RejectCandidate(Rejection, OfCandidate):
    """They are two, whatever they share of this kind."""

    TYPE: ClassVar[str] = "holdfast.profile.command.reject_candidate.v1"


def decide_accept_candidate(state: CustomerState, event: Event, context: Context) -> Decision:
    """The subject's file takes the other one in, as where upstream says that they are one."""
    data = event.data
    if not isinstance(data, AcceptCandidate):
        raise TypeError(f"{data.TYPE} accepts no candidate")
    if decided := _decided_before(state, data, event, context):
        return decided
    regroup = joined((data.other,), event, context)
    if regroup is None:
        return Accepted(state) if context.rows.get(Verdict, data.candidate_id) else _one_already()
    verdict = Verdict(data.candidate_id, "accepted", event.key, context.now)
    return Accepted(state, regroup=replace(regroup, rows=(verdict, *regroup.rows)))


def decide_reject_candidate(state: CustomerState, event: Event, context: Context) -> Decision:
    """They stay two, and are not proposed for this again."""
    data = event.data
    if not isinstance(data, RejectCandidate):
        raise TypeError(f"{data.TYPE} rejects no candidate")
    if decided := _decided_before(state, data, event, context):
        return decided
    return Accepted(state, rows=(Verdict(data.candidate_id, "rejected", event.key, context.now, data.reason),))


def _one_already() -> Refused:
    return Refused("already_merged", "These two are one customer already: there is nothing left to decide.", 409)


def _decided_before(state: CustomerState, data: OfCandidate, event: Event, context: Context) -> Decision | None:
    """The first word counts; folded again it changes nothing: the files are dealt out already."""
    if context.again:
        return Accepted(state)
    known = context.rows.get(Verdict, data.candidate_id)
    if known is None or known.decided_by == event.key:
        return None
    return Refused(
        "already_decided",
        f"This candidate was {known.status} before: split the customer, or send customers.merged, to say otherwise.",
        409,
    )
