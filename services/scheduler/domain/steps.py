"""The steps of a case as tasks: made with its remediation, completed by its steps."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from services.scheduler.domain.complaints import find_case
from services.scheduler.domain.contact import contacted
from services.scheduler.domain.state import Answer, Change, CustomerState, day_of
from services.scheduler.domain.tasks import Done, complete_followup_with, complete_task, create_task, find_task
from shared.contracts.feedback import RemediationStarted, RemediationStepAdded, RemediationStepCompleted
from shared.contracts.values import Step, StepResult
from shared.engine.decision import Context, Event

OUTCOMES = {StepResult.DONE: "reviewed", StepResult.DECLINED: "declined", StepResult.REJECTED: "declined"}
"""The outcome of a step's task where nobody gave one."""


def decide_started(state: CustomerState, _event: Event, said: RemediationStarted, context: Context) -> Answer:
    """One task per step."""
    change = Change(state)
    for step in said.steps:
        added = _add(change.state, said.case_id, step.step, step.due_on, context)
        change = change.then(lambda _state, added=added: added)  # type: ignore[misc]
    return change


def decide_step_added(state: CustomerState, _event: Event, said: RemediationStepAdded, context: Context) -> Answer:
    """One more step, one more task."""
    return _add(state, said.case_id, said.step, said.due_on, context)


def decide_step_completed(
    state: CustomerState, event: Event, said: RemediationStepCompleted, context: Context
) -> Answer:
    """The step's task ends with it; with outcome and need the open follow-up does, too."""
    if said.channel is not None:
        state = contacted(state, day_of(state, event.time, context), said.outcome)
    done = Done(said.outcome or OUTCOMES[said.result], said.channel, said.need, said.agent)
    task = find_task(state, "case_step", said.case_id, said.step)
    change = Change(state) if task is None else complete_task(state, task, done, context)
    if said.outcome is None:
        return change
    return change.then(lambda after: complete_followup_with(after, done, context))


def _add(state: CustomerState, case_id: UUID, step: Step, due_on: date, context: Context) -> Change:
    case = find_case(state, case_id)
    return Change(state) if case is None else create_task(state, "case_step", case, due_on, context, step)
