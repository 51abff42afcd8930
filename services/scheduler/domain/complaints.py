"""A complaint's case: it pulls the follow-up in and makes tasks (CP-03, CP-12, CP-14)."""

from __future__ import annotations

from uuid import UUID

from msgspec.structs import replace

from services.scheduler.domain.deadlines import counted
from services.scheduler.domain.rows import ComplaintCase
from services.scheduler.domain.state import Answer, Change, CustomerState
from services.scheduler.domain.tasks import cancel_tasks, make_case_task
from shared.contracts.feedback import ComplaintFaultFound, ComplaintOpened, ComplaintReopened, ComplaintResolved
from shared.contracts.profile import ComplaintWithdrawn
from shared.contracts.values import Fault
from shared.engine.decision import Context, Event, Superseded

NOT_OURS = (Fault.CUSTOMER, Fault.THIRD_PARTY)
"""Faults that are known not to be the company's: its people assist (CP-12)."""


def decide_opened(state: CustomerState, _event: Event, said: ComplaintOpened, context: Context) -> Answer:
    """A case: to be acknowledged whatever the fault, and assisted when the fault is known to be another's."""
    known = context.rows.get(ComplaintCase, said.case_id)
    is_over = known is not None and known.status == "closed" and not context.again
    if find_case(state, said.case_id) is not None or is_over:
        return Superseded("this case is known")
    case = ComplaintCase(said.case_id, context.stream.id, said.complaint_id, said.opened_on, said.fault)
    if said.complaint_id in state.withdrawn:
        return Change(state, rows=(replace(case, status="closed"),))
    opened = Change(_with(state, case), rows=(case,)).then(
        make_case_task, "acknowledge", case, said.acknowledge_by_on, context
    )
    if said.fault not in NOT_OURS:
        return opened
    return opened.then(make_case_task, "assist", case, said.acknowledge_by_on, context)


def decide_fault_found(state: CustomerState, event: Event, said: ComplaintFaultFound, context: Context) -> Answer:
    """The fault is known better now: assist while it is another's."""
    case = find_case(state, said.case_id)
    if case is None:
        return Superseded("this case is not open")
    case = replace(case, fault=said.fault)
    found = Change(_with(state, case), rows=(case,))
    if said.fault in NOT_OURS:
        due_on = counted(state, event.time, context.policy.complaint.acknowledge_days, context)
        return found.then(make_case_task, "assist", case, due_on, context)
    return found.then(
        cancel_tasks, "fault_found", context, lambda task: task.kind == "assist" and task.caused_by_case == case.case_id
    )


def decide_resolved(state: CustomerState, _event: Event, said: ComplaintResolved, context: Context) -> Answer:
    """The customer is satisfied: nothing is left to help with, but an acknowledgement stays owed (CP-03)."""
    return _close(state, find_case(state, said.case_id)).then(
        cancel_tasks,
        "complaint_resolved",
        context,
        lambda task: task.caused_by_case == said.case_id and task.kind != "acknowledge",
    )


def decide_reopened(state: CustomerState, _event: Event, said: ComplaintReopened, context: Context) -> Answer:
    """The case pulls the follow-up in again, from the day it was first opened; what is owed comes as `case.moved`."""
    case = context.rows.get(ComplaintCase, said.case_id)
    if case is None:
        return Superseded("there is no such case to open again")
    case = replace(case, status="open")
    withdrawn = tuple(id for id in state.withdrawn if id != case.complaint_id)
    reopened = tuple(sorted({*state.reopened, case.complaint_id}))
    return Change(_with(replace(state, withdrawn=withdrawn, reopened=reopened), case), rows=(case,))


def decide_withdrawn(state: CustomerState, _event: Event, said: ComplaintWithdrawn, context: Context) -> Answer:
    """The customer takes it back: nothing that it caused has a point any more, whenever its case is heard of.

    A case that was opened again has an end of its own, which feedback says.
    """
    if said.complaint_id in (*state.withdrawn, *state.reopened):
        return Superseded("this complaint is withdrawn already")
    noted = replace(state, withdrawn=tuple(sorted((*state.withdrawn, said.complaint_id))))
    case = next((c for c in state.cases if c.complaint_id == said.complaint_id), None)
    return _close(noted, case).then(
        cancel_tasks, "complaint_withdrawn", context, lambda task: task.complaint_id == said.complaint_id
    )


def find_case(state: CustomerState, case_id: UUID) -> ComplaintCase | None:
    """The open case, or None."""
    return next((case for case in state.cases if case.case_id == case_id), None)


def _close(state: CustomerState, case: ComplaintCase | None) -> Change:
    if case is None:
        return Change(state)
    return Change(_without(state, case), rows=(replace(case, status="closed"),))


def _with(state: CustomerState, case: ComplaintCase) -> CustomerState:
    cases = (*_without(state, case).cases, case)
    return replace(state, cases=tuple(sorted(cases, key=lambda c: c.case_id)))


def _without(state: CustomerState, case: ComplaintCase) -> CustomerState:
    return replace(state, cases=tuple(c for c in state.cases if c.case_id != case.case_id))
