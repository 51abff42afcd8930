"""Finding the cause: whose fault it was, and what in the process (CP-04, WB-07)."""

from __future__ import annotations

from msgspec.structs import replace

from services.feedback.domain.case import Change, accept, closed_file, today
from services.feedback.domain.commands import FindCause
from services.feedback.domain.departures import Leaving
from services.feedback.domain.leaving import settle
from services.feedback.domain.refusals import NO_CASE
from services.feedback.domain.remediation import judge
from services.feedback.domain.rows import CaseFile, Cause
from services.feedback.domain.state import CustomerState, OpenCase, Word
from services.feedback.domain.winback import WinbackChange, WinbackFile, closed_winback
from services.feedback.domain.words import hear_about
from shared.engine.decision import Accepted, Context, Decision, Event, Refused

NO_FAULT = Refused("invalid_body", "`fault` is a complaint's: leave it out for a win-back")


def decide_cause(state: CustomerState, event: Event, data: FindCause, context: Context) -> Decision:
    """Write the finding into the file; a fault that becomes the company's starts the steps of a case that is open."""
    case = state.find(data.case_id) or _closed(context, data)
    if case is None:
        return _of_winback(state, data, context)
    word = Word(complaint_id=case.file.complaint_id, at=event.time, event_id=event.id, fault=data.fault)
    change = hear_about(Change(replace(case, file=replace(case.file, causes=_causes(case.file, data)))), word)
    if case.file.status != "open":
        return accept(state, change)
    return accept(state, judge(change, max(today(state, context), case.file.opened_on), context.policy))


def _closed(context: Context, data: FindCause) -> OpenCase | None:
    file = closed_file(context, data.case_id)
    return OpenCase(file=file) if file else None


def _of_winback(state: CustomerState, data: FindCause, context: Context) -> Decision:
    """Why the customer left, as it was found: of a win-back that is over, too."""
    winback = state.departure.find(data.case_id)
    file = winback.file if winback else closed_winback(context, data.case_id)
    if file is None:
        return NO_CASE
    if data.fault is not None:
        return NO_FAULT
    told = replace(file, causes=_causes(file, data))
    if winback is None:
        return Accepted(state, rows=(told,))
    return settle(state, Leaving(state.departure, (), (WinbackChange(replace(winback, file=told)),)))


def _causes(file: CaseFile | WinbackFile, data: FindCause) -> tuple[Cause, ...]:
    if data.causes is None:
        return file.causes
    return tuple(Cause(**each.model_dump()) for each in data.causes)
