"""A complaint and its one case: received, told more about, withdrawn (CP-03, CP-04, CP-12)."""

from __future__ import annotations

from msgspec.structs import replace

from services.feedback.domain.case import Change, accept, closed_file, today, zone_of
from services.feedback.domain.clocks import acknowledge_due
from services.feedback.domain.closing import answered, close, to_be_asked
from services.feedback.domain.deadlines import versioned
from services.feedback.domain.purchases import is_guaranteed
from services.feedback.domain.remediation import judge
from services.feedback.domain.repeats import mark_repeat, remember
from services.feedback.domain.rows import CaseFile, case_id_of
from services.feedback.domain.state import CustomerState, OpenCase, Word
from services.feedback.domain.watching import clocked
from services.feedback.domain.words import hear_about, heard_of, hold
from shared.clock import business_date
from shared.contracts.feedback import ComplaintOpened
from shared.contracts.profile import ComplaintReceived, ComplaintUpdated, ComplaintWithdrawn
from shared.engine.decision import Accepted, Context, Decision, Event, Refused, Superseded


def decide_received(state: CustomerState, event: Event, data: ComplaintReceived, context: Context) -> Decision:
    """Open the case and start its steps; then hear what arrived before the complaint did, as if it came now."""
    if _is_known(state, data.complaint_id, context):
        return Superseded(f"complaint {data.complaint_id} has its case already")
    file = _file(state, event, data, context)
    window = context.policy.remediation.supervisor_when.repeat_days
    state = remember(state, file, window, today(state, context))
    case = OpenCase(file=file, guaranteed=is_guaranteed(file, context))
    change = _open(mark_repeat(case, state.past, window), context)
    older = tuple(_repeated(state, window, context))
    words, state = heard_of(state, file.complaint_id)
    for word in words:
        change = _listen(state, change, word, context)
    return accept(to_be_asked(state, change, today(state, context)), change, *older)


def decide_told(
    state: CustomerState, event: Event, data: ComplaintUpdated | ComplaintWithdrawn, context: Context
) -> Decision:
    """Judge the open case again; keep the word for a complaint that is still to come; correct a closed case's file."""
    word = _word(event, data)
    case = state.find(case_id_of(data.complaint_id))
    if case is None and (file := closed_file(context, case_id_of(data.complaint_id))) is not None:
        case = OpenCase(file=file)
    if case is None:
        return Accepted(hold(state, word))
    return accept(state, _listen(state, Change(case), word, context))


def _is_known(state: CustomerState, complaint_id: str, context: Context) -> bool:
    """Whether the complaint has its case. The event that opened it comes by again when two files are joined."""
    case_id = case_id_of(complaint_id)
    row = context.rows.get(CaseFile, case_id)
    return state.find(case_id) is not None or (row is not None and row.cause_id != context.cause.event_id)


def _file(state: CustomerState, event: Event, data: ComplaintReceived, context: Context) -> CaseFile:
    opened_on = business_date(event.time, zone_of(state, context))
    file = CaseFile(
        case_id=case_id_of(data.complaint_id),
        complaint_id=data.complaint_id,
        customer_id=context.stream.id,
        fault=data.fault,
        severity=data.severity,
        correctable=data.correctable,
        commitment_breached=data.commitment_breached,
        staff_at_fault=data.staff_at_fault,
        opened_at=event.time,
        opened_on=opened_on,
        acknowledge_by_on=acknowledge_due(opened_on, context.policy),
        tier=state.tier,
        cause_id=context.cause.event_id,
        cause_type=context.cause.type,
        about=data.about,
        order_id=data.order_id,
        element=data.element,
        touchpoint=data.touchpoint,
        channel=data.channel,
    )
    return versioned(file, context)


def _open(case: OpenCase, context: Context) -> Change:
    file = case.file
    opened = ComplaintOpened(
        case_id=file.case_id,
        complaint_id=file.complaint_id,
        fault=file.fault,
        severity=file.severity,
        opened_on=file.opened_on,
        acknowledge_by_on=file.acknowledge_by_on,
    )
    return judge(Change(case).say(opened), file.opened_on, context.policy)


def _repeated(state: CustomerState, window_days: int, context: Context) -> list[Change]:
    """The open cases that turn out to repeat a complaint which arrived after them."""
    day = today(state, context)
    changes = []
    for case in state.cases:
        marked = mark_repeat(case, state.past, window_days)
        if marked != case:
            changes.append(judge(Change(marked), max(day, case.file.opened_on), context.policy))
    return changes


def _word(event: Event, data: ComplaintUpdated | ComplaintWithdrawn) -> Word:
    if isinstance(data, ComplaintWithdrawn):
        return Word(complaint_id=data.complaint_id, at=event.time, event_id=event.id, withdrawn=True)
    return Word(
        complaint_id=data.complaint_id,
        at=event.time,
        event_id=event.id,
        fault=data.fault,
        severity=data.severity,
        correctable=data.correctable,
    )


def _listen(state: CustomerState, change: Change, word: Word, context: Context) -> Change:
    """What a word makes of a case; of a closed one it corrects the file alone: no step starts, nothing opens again."""
    if change.file.status != "open":
        return hear_about(change, word)
    heard = hear_about(replace(change, case=clocked(change.case, context)), word)
    heard = replace(heard, case=replace(heard.case, file=versioned(heard.file, context)))
    day = today(state, context)
    if word.withdrawn:
        return close(heard, "withdrawn", day, context)
    if word.satisfied is not None:
        asked = replace(heard, case=replace(heard.case, file=replace(heard.file, answer_channel=word.channel)))
        told = answered(asked, word.satisfied, day, context)
        return asked if isinstance(told, Refused) else told
    return judge(heard, max(day, change.file.opened_on), context.policy)
