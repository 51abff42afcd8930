"""What the other services say of a customer or a case, as far as cases depend on it."""

from __future__ import annotations

from msgspec.structs import replace

from services.feedback.domain.case import Change, accept, closed_file, today
from services.feedback.domain.consents import hear_again
from services.feedback.domain.departures import allow, value_again
from services.feedback.domain.known import seen
from services.feedback.domain.leaving import settle
from services.feedback.domain.remediation import judge
from services.feedback.domain.rows import CaseFile
from services.feedback.domain.state import CustomerState, OpenCase
from shared.contracts.grading import TierAssigned
from shared.contracts.profile import CustomerRegistered, CustomerSnapshot, CustomerUpdated
from shared.contracts.scheduler import TaskCompleted
from shared.engine.decision import Accepted, Context, Decision, Event, Superseded

ACKNOWLEDGE = "acknowledge"


def decide_registered(state: CustomerState, _event: Event, data: CustomerRegistered, context: Context) -> Accepted:
    """A file that another was joined to has been known since the earlier day."""
    since = min(filter(None, (state.registered_on, data.registered_on)))
    return seen(Accepted(replace(state, time_zone=data.time_zone or state.time_zone, registered_on=since)), context)


def decide_snapshot(state: CustomerState, event: Event, data: CustomerSnapshot, context: Context) -> Decision:
    """What a registration and statements about consent would say; what is known is not heard twice."""
    known = decide_registered(state, event, data, context)
    state = replace(known.state, consents=hear_again(known.state.consents, event, data.consents))
    told = settle(state, allow(state.departure, state.consents, context.policy))
    return replace(told, facts=(*known.facts, *told.facts), rows=(*known.rows, *told.rows))


def decide_updated(state: CustomerState, _event: Event, data: CustomerUpdated, _context: Context) -> Decision:
    """Days that are fixed already stay; what is counted from now on is counted in the new zone."""
    return Accepted(replace(state, time_zone=data.time_zone) if "time_zone" in data.fields else state)


def decide_tier(state: CustomerState, _event: Event, data: TierAssigned, context: Context) -> Decision:
    """A customer who becomes a key account brings the supervisor into the open cases (CP-08)."""
    state = replace(state, tier=data.tier)
    day = today(state, context)
    changes = (Change(replace(case, file=replace(case.file, tier=data.tier))) for case in state.cases)
    judged = accept(state, *(judge(change, max(day, change.file.opened_on), context.policy) for change in changes))
    left = settle(judged.state, value_again(state.departure, data.tier))
    return seen(replace(left, facts=judged.facts, rows=(*judged.rows, *left.rows)), context)


def decide_task(state: CustomerState, event: Event, data: TaskCompleted, context: Context) -> Decision:
    """The acknowledgement was given (CP-03); the first one counts. Other tasks change no case."""
    if data.kind != ACKNOWLEDGE or data.caused_by_case is None:
        return Accepted(state)
    case = state.find(data.caused_by_case)
    file = case.file if case else closed_file(context, data.caused_by_case)
    if file is None or file.acknowledged_at is not None:
        return Superseded("no case waits for this acknowledgement")
    return accept(state, Change(_acknowledged(case or OpenCase(file=file), file, event)))


def _acknowledged(case: OpenCase, file: CaseFile, event: Event) -> OpenCase:
    return replace(case, file=replace(file, acknowledged_at=event.time))
