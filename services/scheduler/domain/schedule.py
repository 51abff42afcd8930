"""The open follow-up: exactly one, in the journal of the grade, switched at once (SC-06, SC-08)."""

from __future__ import annotations

from uuid import UUID

from msgspec.structs import replace

from services.scheduler.domain.due import Due, due_of
from services.scheduler.domain.memory import Made, Plan, Standing
from services.scheduler.domain.rows import Followup
from services.scheduler.domain.state import Change, CustomerState, day_of
from services.scheduler.domain.wake import said_of
from shared.contracts.ids import named
from shared.contracts.scheduler import FollowupScheduled, FollowupSuperseded
from shared.contracts.values import Grade, Journal
from shared.engine.decision import Context, Fact

JOURNALS = {
    Grade.A: Journal.DAILY,
    Grade.B: Journal.WEEKLY,
    Grade.C: Journal.HALF_MONTHLY,
    Grade.D: Journal.MONTHLY,
    Grade.E: Journal.YEARLY,
}


def reschedule(state: CustomerState, reason: str, *, time_alone: bool, context: Context) -> Change:
    """Put the open follow-up where it belongs now; says nothing when its journal and due date stay.

    `reason` is the code that `followup.superseded` gives.
    """
    if state.exited:
        return _end(state, reason, context)
    before = _before(state.plan, context)
    due = due_of(state, before, time_alone=time_alone, context=context)
    if due is None or state.grade is None:
        return Change(state)
    planned = replace(state, plan=Plan(due.standing, context.now, before))
    old = state.open
    if old is not None and (old.journal, old.due_on) == (JOURNALS[state.grade], due.standing.due_on):
        return _refresh(planned, old, due)
    new, made = _followup(state, state.grade, due, context)
    planned = replace(planned, made=made)
    return _schedule(planned, new) if old is None else _supersede(planned, old, new, reason, context)


def _end(state: CustomerState, reason: str, context: Context) -> Change:
    """Of a customer whom we have left, or who was erased, nothing is followed up."""
    if state.open is None:
        return Change(state)
    closed = replace(
        state.open,
        status="superseded",
        closed_at=context.now,
        cause_id=context.cause.event_id,
        cause_type=context.cause.type,
    )
    said = FollowupSuperseded(followup_id=closed.followup_id, because=reason)
    return Change(replace(state, open=None, plan=None), (Fact(said),), (closed,))


def announce(before: CustomerState, after: CustomerState, context: Context) -> tuple[Fact, ...]:
    """What a merge or a split made of the open follow-up; one of a file that was taken in has gone with it."""
    old, new = before.open, after.open
    if old == new or (old and new and old.followup_id == new.followup_id):
        return ()
    gone = (Fact(FollowupSuperseded(followup_id=old.followup_id, because="merge")),) if old else ()
    return (*gone, *(_schedule(after, new).facts + said_of(new, day_of(after, context.now, context)) if new else ()))


def remains(before: CustomerState, after: CustomerState, context: Context) -> tuple[Followup, ...]:
    """A follow-up that was open until files became one, or two, stands for the one that took its place."""
    old, new = before.open, after.open
    if old is None or (new and old.followup_id == new.followup_id):
        return ()
    return (_closed(old, new.followup_id if new else None, context),)


def _before(plan: Plan | None, context: Context) -> Standing | None:
    if plan is None:
        return None
    return plan.before if plan.at == context.now else plan.now


def _schedule(state: CustomerState, followup: Followup) -> Change:
    said = FollowupScheduled(
        followup_id=followup.followup_id, journal=followup.journal, due_on=followup.due_on, because=followup.because
    )
    return Change(replace(state, open=followup), (Fact(said),), (followup,))


def _refresh(state: CustomerState, followup: Followup, due: Due) -> Change:
    if followup.because == due.because:
        return Change(state)
    followup = replace(followup, because=due.because)
    return Change(replace(state, open=followup), rows=(followup,))


def _supersede(state: CustomerState, old: Followup, new: Followup, reason: str, context: Context) -> Change:
    closed = _closed(old, new.followup_id, context)
    said = FollowupSuperseded(followup_id=old.followup_id, because=reason)
    return Change(state, (Fact(said),), (closed,)).then(_schedule, new)


def _closed(old: Followup, new: UUID | None, context: Context) -> Followup:
    return replace(
        old,
        status="superseded",
        superseded_by=new,
        closed_at=context.now,
        cause_id=context.cause.event_id,
        cause_type=context.cause.type,
    )


def _followup(state: CustomerState, grade: Grade, due: Due, context: Context) -> tuple[Followup, Made]:
    """The follow-up that the formula asks for.

    Its id comes from what it is, not from what caused it: the inputs of one instant end in one id in any order.
    """
    today = day_of(state, context.now, context)
    journal, due_on = JOURNALS[grade], due.standing.due_on
    identity = f"{state.cycle}|{journal}|{due_on}"
    times = state.made.times if state.made.on == today else {}
    count = times.get(identity, 0)
    followup = Followup(
        followup_id=named(context.stream.id, f"followup|{identity}|{today}|{count}"),
        customer_id=context.stream.id,
        cycle=state.cycle,
        journal=journal,
        grade=grade,
        due_on=due_on,
        because=due.because,
        scheduled_at=context.now,
        cause_id=context.cause.event_id,
        cause_type=context.cause.type,
    )
    return followup, Made(today, {**times, identity: count + 1})
