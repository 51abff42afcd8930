"""The customer's own word of satisfaction, which comes as a fact (CP-16)."""

from __future__ import annotations

from msgspec.structs import replace

from services.feedback.domain.case import Change, accept, closed_file
from services.feedback.domain.closing import decide_resolve
from services.feedback.domain.commands import ResolveCase
from services.feedback.domain.reopening import reopen
from services.feedback.domain.rows import case_id_of
from services.feedback.domain.state import CustomerState, Word
from services.feedback.domain.words import hold
from shared.contracts.profile import SatisfactionStated
from shared.engine.decision import Accepted, Context, Decision, Event, Superseded

NOTHING_WAITS = Superseded("no case waits for this word")


def decide_stated(state: CustomerState, event: Event, data: SatisfactionStated, context: Context) -> Decision:
    """It closes what is done, keeps open what is not, and opens again what was closed as if it were satisfied."""
    case = state.find(case_id_of(data.complaint_id))
    if case is None:
        return _after_the_end(state, event, data, context)
    word = ResolveCase(case_id=case.file.case_id, customer_satisfied=data.satisfied, channel=data.channel)
    decided = decide_resolve(state, event, word, context)
    if isinstance(decided, Accepted):
        return decided
    return accept(state, Change(replace(case, file=replace(case.file, answer_channel=data.channel))))


def _after_the_end(state: CustomerState, event: Event, data: SatisfactionStated, context: Context) -> Decision:
    """A complaint that was taken back stays so; a word from before the end was overtaken by it.

    One about a complaint that is still to come waits for it.
    """
    file = closed_file(context, case_id_of(data.complaint_id))
    if file is None:
        said = Word(data.complaint_id, event.time, event.id, satisfied=data.satisfied, channel=data.channel)
        return Accepted(hold(_without_answer(state, data.complaint_id), said))
    if data.satisfied or file.closed_because != "satisfied":
        return NOTHING_WAITS
    if file.closed_at is not None and event.time <= file.closed_at:
        return NOTHING_WAITS
    return reopen(state, file.case_id, context) or NOTHING_WAITS


def _without_answer(state: CustomerState, complaint_id: str) -> CustomerState:
    """The last answer counts."""
    kept = (each for each in state.early if each.complaint_id != complaint_id or each.satisfied is None)
    return replace(state, early=tuple(kept))
