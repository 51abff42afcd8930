"""What people do with a case besides its steps: pause, resume, reassign, escalate, withdraw, open again."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from msgspec.structs import replace

from services.feedback.domain.case import Change, accept, closed_file, step_row, today
from services.feedback.domain.clocks import credited
from services.feedback.domain.closing import close
from services.feedback.domain.commands import CaseAction, ChangeCase
from services.feedback.domain.departures import Leaving
from services.feedback.domain.leaving import settle
from services.feedback.domain.refusals import CASE_CLOSED, NO_CASE
from services.feedback.domain.reopening import reopen
from services.feedback.domain.state import CustomerState, OpenCase
from services.feedback.domain.watching import escalated
from services.feedback.domain.winback import WinbackChange
from shared.engine.decision import Context, Decision, Event, Refused

PAUSED = Refused("case_paused", "the case is paused: resume it first", status=409)
NOT_PAUSED = Refused("case_not_paused", "the case is not paused", status=409)
IS_OPEN = Refused("case_open", "the case is open: there is nothing to open again", status=409)
OF_COMPLAINTS = Refused("not_found", "this is a win-back: besides its steps it is only reassigned", status=404)
OWNER = Refused("invalid_body", "say in `to` who takes the case")
REASON = Refused("reason_required", "say in `reason` why")

Handle = Callable[[OpenCase, ChangeCase, Context], Change | Refused]


def decide_change(state: CustomerState, _event: Event, data: ChangeCase, context: Context) -> Decision:
    """One action on one case."""
    if data.action in NEEDS_REASON and not (data.reason or "").strip():
        return REASON
    case = state.find(data.case_id)
    if data.action == CaseAction.REOPEN:
        return IS_OPEN if case is not None else reopen(state, data.case_id, context) or NO_CASE
    if case is None:
        return _reassign_winback(state, data) or _no_case(data, context)
    if data.action == CaseAction.WITHDRAW:
        return accept(state, close(Change(case), "withdrawn", today(state, context), context))
    handled = HANDLES[data.action](case, data, context)
    return handled if isinstance(handled, Refused) else accept(state, handled)


def _pause(case: OpenCase, _data: ChangeCase, context: Context) -> Change | Refused:
    if case.file.paused_at is not None:
        return PAUSED
    return Change(replace(case, file=replace(case.file, paused_at=context.now)))


def _resume(case: OpenCase, _data: ChangeCase, context: Context) -> Change | Refused:
    """The time for which it stood is credited to every clock, to the microsecond."""
    paused_at = case.file.paused_at
    if paused_at is None:
        return NOT_PAUSED
    clocks = tuple(credited(clock, paused_at, context.now) for clock in case.clocks)
    resumed = replace(case, clocks=clocks, file=replace(case.file, paused_at=None))
    return Change(resumed).write(*(step_row(resumed, step) for step in resumed.steps if step.status == "open"))


def _reassign(case: OpenCase, data: ChangeCase, _context: Context) -> Change | Refused:
    return Change(replace(case, file=replace(case.file, owner=data.to))) if data.to else OWNER


def _reassign_winback(state: CustomerState, data: ChangeCase) -> Decision | None:
    """The one thing that is done with a win-back besides its steps (WB-08)."""
    winback = state.departure.find(data.case_id)
    if winback is None:
        return None
    if data.action != CaseAction.REASSIGN:
        return OF_COMPLAINTS
    if not data.to:
        return OWNER
    change = WinbackChange(replace(winback, file=replace(winback.file, owner=data.to)))
    return settle(state, Leaving(state.departure, (), (change,)))


def _no_case(data: ChangeCase, context: Context) -> Refused:
    return NO_CASE if closed_file(context, data.case_id) is None else CASE_CLOSED


def _escalate(case: OpenCase, data: ChangeCase, context: Context) -> Change | Refused:
    file = escalated(case.file, context)
    return Change(replace(case, file=replace(file, escalated_to=data.to or file.escalated_to)))


NEEDS_REASON = (CaseAction.PAUSE, CaseAction.WITHDRAW, CaseAction.REOPEN)
HANDLES: Mapping[CaseAction, Handle] = {
    CaseAction.PAUSE: _pause,
    CaseAction.RESUME: _resume,
    CaseAction.REASSIGN: _reassign,
    CaseAction.ESCALATE: _escalate,
}
