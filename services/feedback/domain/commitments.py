"""Promises made to a customer about a complaint: a broken one brings R7 into its case (T69, CP-11)."""

from __future__ import annotations

from msgspec.structs import replace

from services.feedback.domain.case import Change, accept, closed_file, today
from services.feedback.domain.remediation import judge
from services.feedback.domain.rows import case_id_of
from services.feedback.domain.state import Commitment, CustomerState, OpenCase
from shared.contracts.profile import CommitmentFulfilled, CommitmentMade
from shared.contracts.scheduler import CommitmentBreached
from shared.engine.decision import Accepted, Context, Decision, Event, Superseded


def decide_made(state: CustomerState, _event: Event, data: CommitmentMade, _context: Context) -> Decision:
    """Remembered as long as it may be broken."""
    if data.complaint_id is None:
        return Superseded("the promise is about no complaint")
    mine = Commitment(data.commitment_id, data.complaint_id)
    return Accepted(replace(state, commitments=(*_others(state, data.commitment_id), mine)))


def decide_fulfilled(state: CustomerState, _event: Event, data: CommitmentFulfilled, _context: Context) -> Decision:
    return Accepted(replace(state, commitments=_others(state, data.commitment_id)))


def decide_breached(state: CustomerState, _event: Event, data: CommitmentBreached, context: Context) -> Decision:
    """The case it belongs to asks for R7; a closed one keeps it in its file."""
    broken = next((each for each in state.commitments if each.commitment_id == data.commitment_id), None)
    if broken is None:
        return Superseded("the promise is about no complaint")
    state = replace(state, commitments=_others(state, data.commitment_id))
    case_id = case_id_of(broken.complaint_id)
    case = state.find(case_id)
    if case is None:
        file = closed_file(context, case_id)
        return Accepted(state) if file is None else accept(state, Change(_breached(OpenCase(file=file))))
    day = max(today(state, context), case.file.opened_on)
    return accept(state, judge(Change(_breached(case)), day, context.policy))


def _breached(case: OpenCase) -> OpenCase:
    return replace(case, file=replace(case.file, commitment_breached=True))


def _others(state: CustomerState, commitment_id: str) -> tuple[Commitment, ...]:
    return tuple(each for each in state.commitments if each.commitment_id != commitment_id)
