"""The deadlines of win-backs: each open step that still binds is warned of and breached once, as those of cases are."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from msgspec.structs import replace

from services.feedback.domain.case import zone_of
from services.feedback.domain.clocks import Clock, ends_at, warns_at
from services.feedback.domain.state import CustomerState
from services.feedback.domain.winback import Told, Winback, WinbackStepRow, binding, due_of
from shared.contracts.data import Data
from shared.contracts.feedback import CaseBreached, CaseMoved, CaseWarned
from shared.engine.decision import Accepted, Context, Fact


def watch_winbacks(decided: Accepted, context: Context) -> Accepted:
    """What they say at this instant."""
    state: CustomerState = decided.state
    facts: list[Data] = []
    winbacks = []
    for winback in state.departure.winbacks:
        due = [told for told, at in _waiting(winback, state, context) if at <= context.now]
        breached = {each.step for each in due if each.what == "breached"}
        facts += [_said(winback, told) for told in due if told.what == "breached" or told.step not in breached]
        winbacks.append(replace(winback, told=(*winback.told, *due)))
    departure = replace(state.departure, winbacks=tuple(winbacks))
    return replace(
        decided,
        state=replace(state, departure=departure),
        facts=(*decided.facts, *(Fact(fact) for fact in facts)),
    )


def keep_winbacks(decided: Accepted, context: Context) -> Accepted:
    """The decision with the days of this policy for the steps that bind; another day is warned of again."""
    state: CustomerState = decided.state
    rows: list[WinbackStepRow] = []
    winbacks = []
    for winback in state.departure.winbacks:
        days = ((step, due_of(step.step, winback.file, context.policy)) for step in binding(winback))
        moved = {step.step: replace(step, due_on=due_on) for step, due_on in days if due_on != step.due_on}
        steps = tuple(moved.get(step.step, step) for step in winback.steps)
        told = tuple(each for each in winback.told if each.what == "breached" or each.step not in moved)
        winbacks.append(replace(winback, steps=steps, told=told))
        rows += moved.values()
    if not rows:
        return decided
    departure = replace(state.departure, winbacks=tuple(winbacks))
    facts = (CaseMoved(case_id=row.case_id, step=row.step, due_on=row.due_on) for row in rows)
    return replace(
        decided,
        state=replace(state, departure=departure),
        facts=(*decided.facts, *(Fact(fact) for fact in facts)),
        rows=(*decided.rows, *rows),
    )


def next_winback_instant(state: CustomerState, context: Context) -> datetime | None:
    """When a step has something to say."""
    waiting = (at for winback in state.departure.winbacks for _, at in _waiting(winback, state, context))
    return min(waiting, default=None)


def _waiting(winback: Winback, state: CustomerState, context: Context) -> Iterator[tuple[Told, datetime]]:
    zone, warn_days = zone_of(state, context), context.policy.complaint.warn_days
    for step in binding(winback):
        clock = Clock(step.step, step.due_on, started_at=winback.file.opened_at)
        warning, breach = Told(step.step, "warned"), Told(step.step, "breached")
        if breach not in winback.told:
            yield breach, ends_at(clock, zone)
            at = warns_at(clock, zone, warn_days)
            if at is not None and warning not in winback.told:
                yield warning, at


def _said(winback: Winback, told: Told) -> Data:
    step = winback.find(told.step)
    assert step is not None  # noqa: S101 - it waited
    said = CaseBreached if told.what == "breached" else CaseWarned
    return said(case_id=winback.file.case_id, step=told.step, due_on=step.due_on)
