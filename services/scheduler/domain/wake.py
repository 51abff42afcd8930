"""What time alone does: a follow-up falls due, then overdue, once each; a task becomes overdue once (SC-08)."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from msgspec.structs import replace

from services.scheduler.domain.rows import Followup, Task
from services.scheduler.domain.state import Change, CustomerState, day_of, zone_of
from shared.clock import start_of_day
from shared.contracts.scheduler import FollowupDue, FollowupOverdue, TaskOverdue
from shared.engine.decision import Context, Fact

ONE_DAY = timedelta(days=1)


def next_wake(state: CustomerState, context: Context) -> datetime | None:
    """The next instant at which something falls due; not before the thing itself was made."""
    zone = zone_of(state, context)
    waits = [max(start_of_day(task.due_on + ONE_DAY, zone), task.created_at) for task in _not_said(state)]
    followup = state.open
    if followup is not None and followup.status != "overdue":
        day = followup.due_on if followup.status == "scheduled" else followup.due_on + ONE_DAY
        waits.append(max(start_of_day(day, zone), followup.scheduled_at))
    return min(waits, default=None)


def overtaken(state: CustomerState, context: Context) -> Change:
    """What an input has made after the instant at which it falls due: it is said at once.

    At a day's 00:00 itself the wake-up says it, after all inputs of that instant.
    """
    begins = start_of_day(day_of(state, context.now, context), zone_of(state, context))
    return Change(state) if context.now == begins else wake(state, context)


def wake(state: CustomerState, context: Context) -> Change:
    """All that has fallen due by this instant."""
    change = _wake_followup(state, context)
    for task in _not_said(state):
        change = change.then(lambda after, task=task: _wake_task(after, task, context))  # type: ignore[misc]
    return change


def _wake_followup(state: CustomerState, context: Context) -> Change:
    followup = state.open
    if followup is None or followup.status == "overdue":
        return Change(state)
    today = day_of(state, context.now, context)
    if today < followup.due_on or (today == followup.due_on and followup.status == "due"):
        return Change(state)
    marked = replace(followup, status="due" if today == followup.due_on else "overdue")
    return Change(replace(state, open=marked), said_of(marked, today), (marked,))


def said_of(followup: Followup, today: date) -> tuple[Fact, ...]:
    """What is said of an open follow-up that stands like this: nothing before its day has come."""
    id, due_on = followup.followup_id, followup.due_on
    match followup.status:
        case "due":
            return (Fact(FollowupDue(followup_id=id, due_on=due_on)),)
        case "overdue":
            days = (today - due_on).days
            return (Fact(FollowupOverdue(followup_id=id, journal=followup.journal, due_on=due_on, days=days)),)
        case _:
            return ()


def _wake_task(state: CustomerState, task: Task, context: Context) -> Change:
    late = (day_of(state, context.now, context) - task.due_on).days
    if late <= 0:
        return Change(state)
    marked = replace(task, overdue_at=context.now)
    tasks = tuple(marked if t.task_id == task.task_id else t for t in state.tasks)
    said = TaskOverdue(task_id=task.task_id, kind=task.kind, due_on=task.due_on, days=late)
    return Change(replace(state, tasks=tasks), (Fact(said),), (marked,))


def _not_said(state: CustomerState) -> list[Task]:
    return [task for task in state.tasks if task.overdue_at is None]
