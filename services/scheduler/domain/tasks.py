"""Tasks: how one is made, found, put back and closed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

from msgspec.structs import replace

from services.scheduler.domain.consents import channel_for
from services.scheduler.domain.contacts import contact_of
from services.scheduler.domain.deadlines import Deadline, deadline
from services.scheduler.domain.judging import give_back, is_judged, judge, planned, reaches
from services.scheduler.domain.rows import ComplaintCase, Task
from services.scheduler.domain.state import Change, CustomerState, counted, day_of, with_task, without_task
from shared.contracts.ids import named
from shared.contracts.scheduler import TaskCancelled, TaskCreated
from shared.engine.decision import Context, Fact

AFTER_THE_END = ("exit.decided", "complaint")
"""What is still to be done for a customer whom we have left: part properly, and answer complaints."""


def make_task(state: CustomerState, kind: str, key: str, context: Context, /, **more: Any) -> Change:
    """A task of this kind for this `key`, once; `because` and `due_on` may be given, else the catalogue says them.

    `since`, `days`: what the deadline is counted from, and how far, where that is not now and the catalogue's.

    One that comes again on the day on which its task was closed is another task. A kind that the policy has not is
    not made. What reaches the customer is judged on its day.
    """
    play = context.policy.tasks.play(kind)
    if play is None or any(task.kind == kind and task.key == key for task in state.tasks):
        return Change(state)
    state, before = counted(state, f"task|{kind}|{key}", day_of(state, context.now, context))
    key = f"{key}#{before}" if before else key
    purpose = more.pop("consent_purpose", None) or play.consent_purpose
    due_at = more.pop("due_at", None)
    due_on, since, days = more.pop("due_on", None), more.pop("since", context.now), more.pop("days", play.due_days)
    due = Deadline(due_on, due_at) if due_on else deadline(state, since, days, play.due_hours, context)
    task = Task(
        task_id=more.pop("task_id", None) or task_id(context.stream.id, kind, key),
        customer_id=context.stream.id,
        kind=kind,
        key=key,
        due_on=due.on,
        due_at=due.at,
        because=more.pop("because", play.cause),
        created_at=context.now,
        cause_id=context.cause.event_id,
        cause_type=context.cause.type,
        consent_purpose=purpose,
        channel=more.pop("channel", None) or (channel_for(state, purpose, context.policy) if play.contact else None),
        **more,
    )
    return Change(state) if _is_pointless(state, task, context) else _add(state, task, context)


def task_id(customer: UUID, kind: str, key: str) -> UUID:
    return named(customer, f"task|{kind}|{key}")


def asked_key(event_id: str) -> str:
    """The key of a task that people asked for."""
    return f"asked|{event_id}"


def by_hand(task: Task) -> bool:
    """Whether people asked for it."""
    return task.because == "request"


def asked_task(customer: UUID, kind: str, event_id: str) -> UUID:
    """The id of the task that this command makes."""
    return task_id(customer, kind, asked_key(event_id))


def make_case_task(
    state: CustomerState, kind: str, case: ComplaintCase, due_on: date, context: Context, step: str | None = None
) -> Change:
    """A task of a complaint's case, unless the same one is open; its id follows from the complaint's.

    Of a case that was opened again it is another one than before.
    """
    if find_task(state, kind, case.case_id, step) is not None:
        return Change(state)
    again = f"|{context.cause.event_id}" if case.complaint_id in state.reopened else ""
    key = f"{step or ''}|{due_on}{again}"
    return make_task(
        state, kind, f"{case.case_id}|{key}", context, task_id=named(case.case_id, f"{kind}|{key}"), due_on=due_on,
        because="complaint", caused_by_case=case.case_id, complaint_id=case.complaint_id, step=step,
    )  # fmt: skip


def find_task(state: CustomerState, kind: str, case_id: UUID, step: str | None = None) -> Task | None:
    """The open task of a case, or None."""
    return next((t for t in state.tasks if (t.kind, t.caused_by_case, t.step) == (kind, case_id, step)), None)


def open_of(state: CustomerState, kind: str, because: str | None = None) -> Task | None:
    """An open task of this kind, or None."""
    return next((t for t in state.tasks if t.kind == kind and because in (None, t.because)), None)


def put_off(state: CustomerState, task: Task, due_on: date, context: Context, /, **more: Any) -> Change:
    """On another day, as if nothing had been said of the days that went by."""
    back = give_back(state, task, context)
    later = replace(
        task,
        due_on=due_on,
        due_at=None,
        overdue_at=None,
        let_through_on=None,
        rung=0,
        escalated_to=None,
        worked_on=None,
        **more,
    )
    return Change(with_task(back.state, later), rows=(later, *planned(later, context)))


def cancel_tasks(state: CustomerState, reason: str, context: Context, which: Callable[[Task], bool]) -> Change:
    """Cancel the open tasks that have lost their point; `reason` is a code."""
    change = Change(state)
    for task in filter(which, state.tasks):
        change = change.then(cancel, task, reason, context)
    return change


def cancel(state: CustomerState, task: Task, reason: str, context: Context, words: str | None = None) -> Change:
    """Close it undone, and give its place in the cap back; `words` of a person stay here."""
    closed = replace(closing(task, context), status="cancelled", reason=words or reason)
    said = TaskCancelled(task_id=task.task_id, kind=task.kind, reason=reason)
    given_back = give_back(without_task(state, task), task, context)
    return Change(given_back.state, (Fact(said),), (closed, *given_back.rows))


def closing(task: Task, context: Context) -> Task:
    """As of now, by this cause."""
    return replace(
        task, closed_at=context.now, until=None, cause_id=context.cause.event_id, cause_type=context.cause.type
    )


def _is_pointless(state: CustomerState, task: Task, context: Context) -> bool:
    """For a customer whom we have left nothing is begun but what is judged, to be held back."""
    return state.exited and task.because not in AFTER_THE_END and not is_judged(task, context)


def _add(state: CustomerState, task: Task, context: Context) -> Change:
    said = TaskCreated(
        task_id=task.task_id,
        kind=task.kind,
        occasion=task.occasion,
        channel=task.channel,
        due_on=task.due_on,
        owner=task.owner or state.owner,
        options=task.options or None,
        caused_by_case=task.caused_by_case,
        step=task.step,
        service_type=task.service_type,
    )
    tasks = tuple(sorted((*state.tasks, task), key=lambda t: (t.kind, t.key)))
    contact = () if not reaches(task, context) else (contact_of(task, context),)
    made = Change(replace(state, tasks=tasks), (Fact(said),), (task, *contact))
    return made.then(judge, task, context)
