"""The steps of a case as tasks: made with its plan, completed by its steps."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from services.scheduler.domain.complaints import find_case
from services.scheduler.domain.contact import contacted
from services.scheduler.domain.contacts import made
from services.scheduler.domain.escalating import all_attended
from services.scheduler.domain.finishing import Done, complete_followup_with, complete_task
from services.scheduler.domain.state import Answer, Change, CustomerState, day_of
from services.scheduler.domain.tasks import cancel_tasks, find_task, make_case_task, make_task, put_off
from shared.contracts.feedback import (
    CaseMoved,
    RemediationStarted,
    RemediationStepAdded,
    RemediationStepCompleted,
    WinbackStarted,
    WinbackStepBlocked,
    WinbackStepCompleted,
)
from shared.contracts.ids import named
from shared.contracts.values import Step, StepResult
from shared.engine.decision import Context, Event, Superseded

OUTCOMES = {StepResult.DONE: "reviewed", StepResult.DECLINED: "declined", StepResult.REJECTED: "declined"}
"""The outcome of a step's task where nobody gave one."""


def decide_started(
    state: CustomerState, _event: Event, said: RemediationStarted | WinbackStarted, context: Context
) -> Answer:
    """One task per step."""
    change = Change(state)
    for step in said.steps:
        if isinstance(said, WinbackStarted):
            channels = getattr(step, "channels", None) or ()
            added = _add_winback(change.state, said.case_id, step.step, step.due_on, channels, context)
        else:
            added = _add(change.state, said.case_id, Step(step.step), step.due_on, context)
        change = change.then(lambda _state, added=added: added)  # type: ignore[misc]
    return change


def decide_step_added(state: CustomerState, _event: Event, said: RemediationStepAdded, context: Context) -> Answer:
    """One more step, one more task."""
    return _add(state, said.case_id, said.step, said.due_on, context)


def decide_moved(state: CustomerState, _event: Event, said: CaseMoved, context: Context) -> Answer:
    """What is owed falls on another day; of a case that was opened again it may have no task any more, and gets one."""
    kind, step = ("acknowledge", None) if said.step == "acknowledge" else ("case_step", said.step)
    task = find_task(state, kind, said.case_id, step)
    if task is not None:
        return Change(state) if task.due_on == said.due_on else put_off(state, task, said.due_on, context)
    case = find_case(state, said.case_id)
    if case is None or case.complaint_id not in state.reopened:
        return Superseded("nobody has this to do")
    return make_case_task(state, kind, case, said.due_on, context, step)


def decide_step_blocked(state: CustomerState, _event: Event, said: WinbackStepBlocked, context: Context) -> Answer:
    """A step that nobody may do: a person decides how to go on."""
    return make_task(
        state, "decision", f"{said.case_id}|{said.step}", context, because="winback", caused_by_case=said.case_id,
        step=said.step, purpose=said.because,
    )  # fmt: skip


def decide_step_completed(
    state: CustomerState, event: Event, said: RemediationStepCompleted | WinbackStepCompleted, context: Context
) -> Answer:
    """The step's task ends with it; with outcome and need the open follow-up does, too."""
    if said.channel is not None:
        state = contacted(state, day_of(state, event.time, context), said.outcome)
    done = Done(said.outcome or OUTCOMES[said.result], said.channel, said.need, said.agent)
    change = _end(state, said, done, context).then(
        cancel_tasks,
        "step_done",
        context,
        lambda t: t.kind == "decision" and (t.caused_by_case, t.step) == (said.case_id, said.step),
    )
    if said.outcome is None:
        return change
    return change.then(complete_followup_with, done, context)


def _end(
    state: CustomerState, said: RemediationStepCompleted | WinbackStepCompleted, done: Done, context: Context
) -> Change:
    """The step's task; a step that never was one, or is done again, is a contact all the same."""
    task = find_task(state, "case_step", said.case_id, said.step)
    if task is not None:
        return complete_task(state, task, done, context)
    if said.channel is None:
        return Change(state)
    contact = made(named(said.case_id, f"{said.step}|{context.now}"), said.channel, context)
    return Change(state, rows=(contact,)).then(all_attended, day_of(state, context.now, context), context)


def _add(state: CustomerState, case_id: UUID, step: Step, due_on: date, context: Context) -> Change:
    case = find_case(state, case_id)
    return Change(state) if case is None else make_case_task(state, "case_step", case, due_on, context, step)


def _add_winback(
    state: CustomerState, case_id: UUID, step: str, due_on: date, channels: tuple[str, ...], context: Context
) -> Change:
    """`channels`: the only ones it may be done over."""
    key = f"{step}|{due_on}"
    return make_task(
        state, "case_step", f"{case_id}|{key}", context, task_id=named(case_id, f"case_step|{key}"), due_on=due_on,
        because="winback", caused_by_case=case_id, step=step, options=channels,
        channel=channels[0] if len(channels) == 1 else None,
    )  # fmt: skip
