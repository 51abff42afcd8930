"""Work that stays undone goes up the policy's ladder, rung by rung, until somebody works on it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from msgspec.structs import replace

from services.scheduler.domain.rows import Followup, Task
from services.scheduler.domain.state import Change, CustomerState, day_of, with_task
from shared.contracts.policy import Policy
from shared.contracts.policy_playbooks import Rung
from shared.contracts.scheduler import FollowupEscalated, TaskEscalated
from shared.engine.decision import Context, Fact

Ladder = tuple[Rung, ...]
Work = Followup | Task


def ladder_of(work: Work, policy: Policy) -> Ladder:
    """The rungs that this overdue work goes up; none while it is not overdue, or held back."""
    if isinstance(work, Followup):
        return policy.escalation.followups if work.status == "overdue" else ()
    if work.overdue_at is None or work.status == "suppressed":
        return ()
    play = policy.tasks.play(work.kind)
    return policy.escalation.tasks if play is None or play.escalation is None else play.escalation


def next_rung_on(work: Work, policy: Policy) -> date | None:
    """The day on which it goes one rung up."""
    ladder = ladder_of(work, policy)[work.rung :]
    return _since(work) + timedelta(days=ladder[0].after_days) if ladder else None


def escalate(state: CustomerState, context: Context) -> Change:
    """Whatever has waited too long by this instant; rungs that were missed are one step."""
    today = day_of(state, context.now, context)
    change = Change(state)
    for work in _open(state):
        if (up := _up(work, today, context.policy)) is not None:
            change = change.then(_put, up, _said(up, today))
    return change


def all_attended(state: CustomerState, on: date, context: Context) -> Change:
    """Somebody got in touch with the customer on this day, about whatever it was."""
    today = day_of(state, context.now, context)
    change = Change(state)
    for work in _open(state):
        if (begun := attended(work, on, today, context.policy)) is not work:
            change = change.then(_put, begun)
    return change


def attended(work: Any, on: date, today: date, policy: Policy) -> Any:
    """Somebody worked on it on this day: it begins its ladder anew, and what is said of the days since stays said."""
    ladder = ladder_of(work, policy)
    if not ladder or on <= _since(work):
        return work
    rung = min(work.rung, _reached(ladder, on, today))
    return replace(work, worked_on=on, rung=rung, escalated_to=ladder[rung - 1].to if rung else None)


def _open(state: CustomerState) -> tuple[Work, ...]:
    return state.tasks if state.open is None else (state.open, *state.tasks)


def _put(state: CustomerState, work: Work, *facts: Fact) -> Change:
    after = replace(state, open=work) if isinstance(work, Followup) else with_task(state, work)
    return Change(after, facts, (work,))


def _up(work: Work, today: date, policy: Policy) -> Work | None:
    if not (ladder := ladder_of(work, policy)):
        return None
    reached = _reached(ladder, _since(work), today)
    return replace(work, rung=reached, escalated_to=ladder[reached - 1].to) if reached > work.rung else None


def _reached(ladder: Ladder, since: date, today: date) -> int:
    return sum(since + timedelta(days=rung.after_days) <= today for rung in ladder)


def _since(work: Work) -> date:
    return max(work.due_on, work.worked_on or work.due_on)


def _said(work: Work, today: date) -> Fact:
    days, to = (today - work.due_on).days, work.escalated_to or ""
    if isinstance(work, Followup):
        return Fact(FollowupEscalated(followup_id=work.followup_id, due_on=work.due_on, days=days, to=to))
    return Fact(TaskEscalated(task_id=work.task_id, kind=work.kind, due_on=work.due_on, days=days, to=to))
