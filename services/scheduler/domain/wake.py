"""What time alone does: a follow-up falls due, then overdue, once each; a task becomes overdue once (SC-08)."""

from __future__ import annotations

from datetime import datetime, timedelta

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


def wake(state: CustomerState, context: Context) -> Change:
    """All that falls due at this instant."""
    change = _wake_followup(state, context)
    for task in _not_said(state):
        change = change.then(lambda after, task=task: _wake_task(after, task, context))  # type: ignore[misc]
    return change


def _wake_followup(state: CustomerState, context: Context) -> Change:
    followup = state.open
    if followup is None or followup.status == "overdue":
        return Change(state)
    late = (day_of(state, context.now, context) - followup.due_on).days
    if late > 0:
        said = FollowupOverdue(followup_id=followup.followup_id, due_on=followup.due_on, days=late)
        return _marked(state, replace(followup, status="overdue"), Fact(said))
    if late == 0 and followup.status == "scheduled":
        due = FollowupDue(followup_id=followup.followup_id, due_on=followup.due_on)
        return _marked(state, replace(followup, status="due"), Fact(due))
    return Change(state)


def _marked(state: CustomerState, followup: Followup, fact: Fact) -> Change:
    return Change(replace(state, open=followup), (fact,), (followup,))


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
