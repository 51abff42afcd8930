"""Tasks completed: over HTTP, or by the step they stand for."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from services.scheduler.domain.commands import CompleteTask
from services.scheduler.domain.completion import Record, complete_followup, refreshed, words_refused
from services.scheduler.domain.contact import contacted, is_spoken
from services.scheduler.domain.contacts import contact_of
from services.scheduler.domain.escalating import all_attended
from services.scheduler.domain.judging import hold_place, reaches, rule_on, waits_for_judgement
from services.scheduler.domain.rows import Task
from services.scheduler.domain.state import Answer, Change, CustomerState, day_of, place_of, without_task
from services.scheduler.domain.tasks import closing
from shared.contracts.scheduler import RefreshedNeed, TaskCompleted
from shared.contracts.values import FollowupMode, SuppressedBy
from shared.engine.decision import Context, Event, Fact, Refused


class Done(Struct, frozen=True):
    """How a task or step ended."""

    outcome: str
    channel: str | None = None
    need: RefreshedNeed | None = None
    agent: str | None = None
    note: str | None = None


def decide_complete_task(state: CustomerState, _event: Event, asked: CompleteTask, context: Context) -> Answer:
    """POST /v1/tasks/{id}/complete; with a need it completes the open follow-up too."""
    task = meant(state, asked.task_id, context)
    if task is None:
        return Refused("task_closed", "This task is completed or cancelled; there is nothing left to do.", 409)
    if refused := _not_now(task):
        return refused
    need = refreshed(asked.need, context) if asked.need else None
    done = Done(asked.outcome, asked.channel, need, asked.agent, asked.note)
    if refused := words_refused(done.channel, done.outcome, context.policy):
        return refused
    if done.channel is None or not waits_for_judgement(task, context):
        return _complete_by_hand(state, task, done, context)
    return _complete_early(state, replace(task, channel=done.channel), done, context)


def _complete_early(state: CustomerState, task: Task, done: Done, context: Context) -> Answer:
    """A contact that is made before its day is judged as it is made, and holds its place from then on."""
    today = day_of(state, context.now, context)
    ruling = rule_on(state, task, today, context)
    if ruling is not None and not context.again:
        return _held_back(ruling.rule, ruling.until)
    known = hold_place(state, place_of(task), today, today)
    return _complete_by_hand(known, replace(task, let_through_on=today), done, context)


def meant(state: CustomerState, task_id: object, context: Context) -> Task | None:
    """The open task of this id; in a file that took another in, the one that stands for it."""
    known = context.rows.get(Task, task_id)
    for task in state.tasks:
        if task.task_id == task_id or (context.again and known and (task.kind, task.key) == (known.kind, known.key)):
            return task
    return None


def is_blank(reason: str, context: Context) -> bool:
    """Nothing is said. What was taken before somebody asked for more is taken again."""
    return not reason.strip() and not context.again


def complete_task(state: CustomerState, task: Task, done: Done, context: Context) -> Change:
    """Close an open task with its outcome."""
    closed = replace(
        closing(task, context),
        status="completed",
        rule=None,
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
    reached = done.channel is not None or task.let_through_on is not None
    contact = contact_of(closed if reached else replace(closed, status="cancelled"), context)
    rows = (closed, contact) if reached or reaches(task, context) else (closed,)
    change = Change(without_task(state, task), (Fact(said),), rows)
    return change if done.channel is None else change.then(all_attended, day_of(state, context.now, context), context)


def complete_followup_with(state: CustomerState, done: Done, context: Context) -> Change:
    """A need that a task or step brought refreshes the record: the open follow-up is completed by it."""
    if done.need is None:
        return Change(state)
    mode = FollowupMode.CONTACT if done.channel else FollowupMode.DESK_REVIEW
    return complete_followup(state, Record(mode, done.outcome, done.need, done.channel, done.agent), context)


def _not_now(task: Task) -> Refused | None:
    if task.kind == "case_step":
        detail = f"Complete step {task.step} of case {task.caused_by_case} instead; the task ends with it."
        return Refused("complete_the_step", detail, 409)
    if task.status == "awaiting_approval":
        return Refused("approval_missing", "Have it approved first: POST /v1/tasks/{id}/approve.", 409)
    return _held_back(task.rule, task.until) if task.status == "suppressed" else None


def _held_back(rule: SuppressedBy | None, until: datetime | None) -> Refused:
    when = f" until {until.isoformat()}" if until else ""
    return Refused("task_closed", f"This contact is held back by {rule}{when}; do not make it.", 409)


def _complete_by_hand(state: CustomerState, task: Task, done: Done, context: Context) -> Change:
    if done.channel is not None and is_spoken(done.channel, context.policy):
        state = contacted(state, day_of(state, context.now, context), done.outcome)
    return complete_task(state, task, done, context).then(complete_followup_with, done, context)
