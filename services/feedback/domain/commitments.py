"""Promises made to a customer about a complaint: a broken one brings R7 into its case (T69, CP-11)."""

from __future__ import annotations

from msgspec.structs import replace

from services.feedback.domain.case import Change, accept, today
from services.feedback.domain.remediation import judge
from services.feedback.domain.rows import case_id_of
from services.feedback.domain.state import Commitment, CustomerState, OpenCase, Word
from services.feedback.domain.words import hold
from shared.contracts.profile import CommitmentFulfilled, CommitmentMade
from shared.contracts.scheduler import CommitmentBreached
from shared.engine.decision import Accepted, Context, Decision, Event

MOST = 100
"""Broken promises whose making is waited for."""


def decide_made(state: CustomerState, event: Event, data: CommitmentMade, context: Context) -> Decision:
    """Remembered as long as it may be broken; it may be broken already, by the word of another topic."""
    mine = Commitment(data.commitment_id, data.complaint_id)
    others = _others(state, data.commitment_id)
    if data.commitment_id not in state.broken:
        return Accepted(replace(state, commitments=(*others, mine)))
    broken = tuple(each for each in state.broken if each != data.commitment_id)
    return _break(replace(state, commitments=others, broken=broken), mine, event, context)


def decide_fulfilled(state: CustomerState, _event: Event, data: CommitmentFulfilled, _context: Context) -> Decision:
    return Accepted(replace(state, commitments=_others(state, data.commitment_id)))


def decide_breached(state: CustomerState, event: Event, data: CommitmentBreached, context: Context) -> Decision:
    """The case it belongs to asks for R7, as soon as it is open."""
    broken = next((each for each in state.commitments if each.commitment_id == data.commitment_id), None)
    if broken is None:
        waiting = (*(each for each in state.broken if each != data.commitment_id), data.commitment_id)
        return Accepted(replace(state, broken=waiting[-MOST:]))
    return _break(replace(state, commitments=_others(state, data.commitment_id)), broken, event, context)


def _break(state: CustomerState, broken: Commitment, event: Event, context: Context) -> Decision:
    if broken.complaint_id is None:
        return Accepted(state)
    case = state.find(case_id_of(broken.complaint_id))
    if case is None:
        return Accepted(hold(state, Word(broken.complaint_id, event.time, event.id, breached=True)))
    day = max(today(state, context), case.file.opened_on)
    return accept(state, judge(Change(_breached(case)), day, context.policy))


def _breached(case: OpenCase) -> OpenCase:
    return replace(case, file=replace(case.file, commitment_breached=True))


def _others(state: CustomerState, commitment_id: str) -> tuple[Commitment, ...]:
    return tuple(each for each in state.commitments if each.commitment_id != commitment_id)
