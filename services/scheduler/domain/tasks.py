"""Tasks: made by what others say, completed over HTTP or by the step they stand for, cancelled when pointless."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from uuid import UUID, uuid5

from msgspec import Struct
from msgspec.structs import replace

from services.scheduler.domain.commands import CompleteTask
from services.scheduler.domain.completion import Record, complete_followup, refreshed, words_refused
from services.scheduler.domain.contact import contacted, is_spoken
from services.scheduler.domain.rows import ComplaintCase, Task, TaskKind
from services.scheduler.domain.state import Answer, Change, CustomerState, day_of
from shared.contracts.scheduler import RefreshedNeed, TaskCancelled, TaskCompleted, TaskCreated
from shared.contracts.values import FollowupMode
from shared.engine.decision import Context, Event, Fact, Refused


class Done(Struct, frozen=True):
    """How a task or step ended."""

    outcome: str
    channel: str | None = None
    need: RefreshedNeed | None = None
    agent: str | None = None
    note: str | None = None


def create_task(
    state: CustomerState, kind: TaskKind, case: ComplaintCase, due_on: date, context: Context, step: str | None = None
) -> Change:
    """Make a task of a case, unless the same one is open."""
    if find_task(state, kind, case.case_id, step) is not None:
        return Change(state)
    task = Task(
        task_id=uuid5(case.case_id, f"{kind}|{step or ''}|{due_on}"),
        customer_id=context.stream.id,
        kind=kind,
        due_on=due_on,
        caused_by_case=case.case_id,
        complaint_id=case.complaint_id,
        created_at=context.now,
        cause_id=context.cause.event_id,
        cause_type=context.cause.type,
        step=step,
    )
    said = TaskCreated(
        task_id=task.task_id, kind=kind, due_on=due_on, owner=state.owner, caused_by_case=case.case_id, step=step
    )
    tasks = tuple(sorted((*state.tasks, task), key=lambda t: t.task_id))
    return Change(replace(state, tasks=tasks), (Fact(said),), (task,))


def find_task(state: CustomerState, kind: TaskKind, case_id: UUID, step: str | None = None) -> Task | None:
    """The open task of a case, or None."""
    return next((t for t in state.tasks if (t.kind, t.caused_by_case, t.step) == (kind, case_id, step)), None)


def decide_complete_task(state: CustomerState, _event: Event, asked: CompleteTask, context: Context) -> Answer:
    """POST /v1/tasks/{id}/complete; with a need it completes the open follow-up too."""
    task = next((t for t in state.tasks if t.task_id == asked.task_id), None)
    if task is None:
        return Refused("task_closed", "This task is completed or cancelled; there is nothing left to do.", 409)
    if task.kind == "case_step":
        detail = f"Complete step {task.step} of case {task.caused_by_case} instead; the task ends with it."
        return Refused("complete_the_step", detail, 409)
    need = refreshed(asked.need, context) if asked.need else None
    done = Done(asked.outcome, asked.channel, need, asked.agent, asked.note)
    return words_refused(done.channel, done.outcome, context.policy) or _complete_by_hand(state, task, done, context)


def _complete_by_hand(state: CustomerState, task: Task, done: Done, context: Context) -> Change:
    if done.channel is not None and is_spoken(done.channel, context.policy):
        state = contacted(state, day_of(state, context.now, context), done.outcome)
    return complete_task(state, task, done, context).then(lambda after: complete_followup_with(after, done, context))


def complete_task(state: CustomerState, task: Task, done: Done, context: Context) -> Change:
    """Close an open task with its outcome."""
    closed = replace(
        _closed(task, context),
        status="completed",
        channel=done.channel,
        outcome=done.outcome,
        need=done.need.model_dump(mode="json") if done.need else None,
        agent=done.agent,
        note=done.note,
    )
    said = TaskCompleted(
        task_id=task.task_id,
        kind=task.kind,
        channel=done.channel,
        outcome=done.outcome,
        need=done.need,
        agent=done.agent,
        caused_by_case=task.caused_by_case,
    )
    return Change(_without(state, task), (Fact(said),), (closed,))


def complete_followup_with(state: CustomerState, done: Done, context: Context) -> Change:
    """A need that a task or step brought refreshes the record: the open follow-up is completed by it."""
    if done.need is None:
        return Change(state)
    mode = FollowupMode.CONTACT if done.channel else FollowupMode.DESK_REVIEW
    return complete_followup(state, Record(mode, done.outcome, done.need, done.channel, done.agent), context)


def cancel_tasks(state: CustomerState, reason: str, context: Context, which: Callable[[Task], bool]) -> Change:
    """Cancel the open tasks that have lost their point; `reason` is a code."""
    change = Change(state)
    for task in filter(which, state.tasks):
        change = change.then(lambda after, task=task: _cancel(after, task, reason, context))  # type: ignore[misc]
    return change


def _cancel(state: CustomerState, task: Task, reason: str, context: Context) -> Change:
    closed = replace(_closed(task, context), status="cancelled", reason=reason)
    said = TaskCancelled(task_id=task.task_id, kind=task.kind, reason=reason)
    return Change(_without(state, task), (Fact(said),), (closed,))


def _closed(task: Task, context: Context) -> Task:
    return replace(task, closed_at=context.now, cause_id=context.cause.event_id, cause_type=context.cause.type)


def _without(state: CustomerState, task: Task) -> CustomerState:
    return replace(state, tasks=tuple(t for t in state.tasks if t.task_id != task.task_id))
