"""Finding the cause: whose fault it was, and what in the process (CP-04, WB-07)."""

from __future__ import annotations

from msgspec.structs import replace

from services.feedback.domain.case import Change, accept, closed_file, today
from services.feedback.domain.commands import CauseFound, FindCause
from services.feedback.domain.refusals import NO_CASE
from services.feedback.domain.remediation import judge
from services.feedback.domain.rows import CaseFile, Cause
from services.feedback.domain.state import CustomerState, OpenCase, Word
from services.feedback.domain.words import hear_about
from shared.engine.decision import Context, Decision, Event


def decide_cause(state: CustomerState, event: Event, data: FindCause, context: Context) -> Decision:
    """Write the finding into the file; a fault that becomes the company's starts the steps of a case that is open."""
    case = state.find(data.case_id) or _closed(context, data)
    if case is None:
        return NO_CASE
    word = Word(complaint_id=case.file.complaint_id, at=event.time, event_id=event.id, fault=data.fault)
    change = hear_about(Change(replace(case, file=_with_causes(case.file, data.causes))), word)
    if case.file.status != "open":
        return accept(state, change)
    return accept(state, judge(change, max(today(state, context), case.file.opened_on), context.policy))


def _closed(context: Context, data: FindCause) -> OpenCase | None:
    file = closed_file(context, data.case_id)
    return OpenCase(file=file) if file else None


def _with_causes(file: CaseFile, causes: tuple[CauseFound, ...] | None) -> CaseFile:
    if causes is None:
        return file
    return replace(file, causes=tuple(Cause(**each.model_dump()) for each in causes))
