"""What time alone does: follow-ups and tasks fall due and overdue once, occasions come, promises break (SC-08)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta

from msgspec.structs import replace

from services.scheduler.domain.care import care, next_occasion
from services.scheduler.domain.commitments import breach
from services.scheduler.domain.escalating import escalate, next_rung_on
from services.scheduler.domain.judging import judge, judged_at
from services.scheduler.domain.routines import next_routine, run_routines
from services.scheduler.domain.rows import Followup, Task
from services.scheduler.domain.state import Change, CustomerState, day_of, with_task, without_task, zone_of
from services.scheduler.domain.tasks import cancel
from shared.clock import start_of_day
from shared.contracts.scheduler import FollowupDue, FollowupOverdue, TaskOverdue
from shared.engine.decision import Context, Fact

ONE_DAY = timedelta(days=1)
Rule = Callable[[CustomerState, Context], Change]


def next_wake(state: CustomerState, context: Context) -> datetime | None:
    """The next instant at which something falls due; not before the thing itself was made."""
    waits = [at for task in state.tasks for at in _task_waits(state, task, context)]
    waits += _followup_waits(state, context)
    zone, today = zone_of(state, context), day_of(state, context.now, context)
    waits += [max(start_of_day(promise.due_on + ONE_DAY, zone), context.now) for promise in state.commitments[:1]]
    for day in (next_occasion(state, today, context), next_routine(state)):
        if day is not None:
            waits.append(max(start_of_day(day, zone), context.now))
    return min(waits, default=None)


def _followup_waits(state: CustomerState, context: Context) -> list[datetime]:
    followup = state.open
    if followup is None:
        return []
    if followup.status == "overdue":
        return list(_rung_waits(state, followup, context))
    day = followup.due_on if followup.status == "scheduled" else followup.due_on + ONE_DAY
    return [max(start_of_day(day, zone_of(state, context)), followup.scheduled_at)]


def _rung_waits(state: CustomerState, work: Followup | Task, context: Context) -> Iterator[datetime]:
    """A ladder that was put up, or work that was let go, since then: at once."""
    if (day := next_rung_on(work, context.policy)) is not None:
        yield max(start_of_day(day, zone_of(state, context)), context.now)


def _task_waits(state: CustomerState, task: Task, context: Context) -> Iterator[datetime]:
    zone = zone_of(state, context)
    if task.overdue_at is None and task.status != "suppressed":
        yield max(start_of_day(task.due_on + ONE_DAY, zone), task.created_at)
    if (ends_on := _ends_on(task, context)) is not None:
        yield max(start_of_day(ends_on, zone), task.created_at)
    if (at := judged_at(state, task, context)) is not None:
        yield at
    yield from _rung_waits(state, task, context)


def _ends_on(task: Task, context: Context) -> date | None:
    """The first day on which it has lost its point."""
    play = context.policy.tasks.play(task.kind)
    if play is None or play.expire_days is None:
        return None
    return task.due_on + timedelta(days=play.expire_days + 1)


def overtaken(state: CustomerState, context: Context) -> Change:
    """What an input has made after the instant at which it falls due: it is said at once.

    At a day's 00:00 itself the wake-up says it, after all inputs of that instant; and that a promise is broken it alone
    says: that it was kept may be among them.
    """
    begins = start_of_day(day_of(state, context.now, context), zone_of(state, context))
    return Change(state) if context.now == begins else _fall_due(state, context, (care, run_routines))


def wake(state: CustomerState, context: Context) -> Change:
    """All that has fallen due by this instant."""
    return _fall_due(state, context, (breach, care, run_routines))


def _fall_due(state: CustomerState, context: Context, rules: tuple[Rule, ...]) -> Change:
    change = _wake_followup(state, context)
    for rule in rules:
        change = change.then(rule, context)
    for task in change.state.tasks:
        change = change.then(_wake_task, task, context)
    return change.then(escalate, context)


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
    today = day_of(state, context.now, context)
    ends_on = _ends_on(task, context)
    if ends_on is not None and today >= ends_on:
        return _expire(state, task, context)
    if _is_to_be_judged(state, task, context):
        return judge(state, task, context)
    late = (today - task.due_on).days
    if late <= 0 or task.overdue_at is not None or task.status == "suppressed":
        return Change(state)
    marked = replace(task, overdue_at=context.now)
    said = TaskOverdue(task_id=task.task_id, kind=task.kind, due_on=task.due_on, days=late)
    return Change(with_task(state, marked), (Fact(said),), (marked,))


def _is_to_be_judged(state: CustomerState, task: Task, context: Context) -> bool:
    at = judged_at(state, task, context)
    return at is not None and at <= context.now


def _expire(state: CustomerState, task: Task, context: Context) -> Change:
    """It has lost its point; what was held back until then stays held back, and is judged no more."""
    if task.status != "suppressed":
        return cancel(state, task, "expired", context)
    kept = replace(task, until=None)
    return Change(without_task(state, task), rows=(kept,))
