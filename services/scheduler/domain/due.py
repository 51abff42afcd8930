"""When the next follow-up is due: the formula (SC-01 to SC-05, SC-08, CP-14, CN-09)."""

from __future__ import annotations

from datetime import date, timedelta

from msgspec import Struct

from services.scheduler.domain.memory import Standing
from services.scheduler.domain.state import CustomerState, day_of
from shared.contracts.policy import Policy
from shared.contracts.values import DueBecause, Grade
from shared.engine.decision import Context
from shared.working_days import earlier_working_day


class Bound(Struct, frozen=True):
    """One latest day for the next follow-up, and what asks for it."""

    on: date
    because: DueBecause


class Due(Struct, frozen=True):
    """The answer of the formula."""

    standing: Standing
    because: tuple[DueBecause, ...]


def due_of(state: CustomerState, before: Standing | None, *, time_alone: bool, context: Context) -> Due | None:
    """When the next follow-up is due, or None while the registration or the grade is unknown.

    `before` is the schedule that stood until now in this cycle. It keeps its due date while the inner minimum is the
    same, unless another calendar has freed that day; where time alone is the cause it is never put off.
    """
    anchor = state.anchor_on
    if anchor is None or state.grade is None:
        return None
    bounds = _bounds(state, anchor, state.grade, context.policy)
    inner = min(bound.on for bound in bounds)
    because = tuple(bound.because for bound in bounds if bound.on == inner)
    today = day_of(state, context.now, context)
    if before is not None and before.inner == inner:
        standing = _moved(before, anchor, context.policy) if before.due_on > today else before
    else:
        standing = _moved(Standing(inner, max(today, inner)), anchor, context.policy)
        if before is not None and time_alone and before.due_on < standing.due_on:
            standing = Standing(inner, before.due_on, before.moved)
    return Due(standing, (*because, DueBecause.CALENDAR) if standing.moved else because)


def _moved(standing: Standing, anchor: date, policy: Policy) -> Standing:
    due_on = earlier_working_day(standing.due_on, anchor, policy.calendar)
    return standing if due_on == standing.due_on else Standing(standing.inner, due_on, moved=True)


def _bounds(state: CustomerState, anchor: date, grade: Grade, policy: Policy) -> list[Bound]:
    bounds = [Bound(anchor + timedelta(days=policy.cadence.days[grade]), DueBecause.GRADE)]
    floor = policy.tier.floor_days.get(state.tier)
    if floor is not None:
        bounds.append(Bound((state.contact_on or anchor) + timedelta(days=floor), DueBecause.TIER_FLOOR))
    if state.cases:
        opened = min(max(case.opened_on, anchor) for case in state.cases)
        bounds.append(Bound(opened + timedelta(days=policy.complaint.urgent_days), DueBecause.COMPLAINT))
    return bounds
