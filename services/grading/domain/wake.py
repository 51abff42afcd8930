"""When time alone changes a customer's letter, urgency or flag (GR-13): by the functions that grade, nothing else."""

from __future__ import annotations

from datetime import date, datetime
from typing import NamedTuple

from services.grading.domain.grades import deal_windows, haste, haste_windows, letter, overdue_on, target_of
from services.grading.domain.state import CustomerState
from shared.clock import business_date, start_of_day
from shared.contracts.policy import Policy
from shared.contracts.values import Grade, GradeFlag, Urgency
from shared.engine.decision import Context


class NextLetter(NamedTuple):
    """What the letter becomes if nothing happens, and on which day."""

    grade: Grade
    on: date


class View(NamedTuple):
    """All that depends on the day."""

    grade: Grade
    flag: GradeFlag | None
    urgency: Urgency


def next_wake(state: CustomerState, context: Context) -> datetime | None:
    """The start of the customer's next day on which something is different; None when time changes nothing more.

    At once where a grade has not been told yet: a wake-up comes after all that was recorded up to its instant.
    """
    if not state.registered:
        return None
    if state.unsaid_since is not None:
        return state.unsaid_since
    day = day_of(state, context)
    today = view(state, day, context.policy)
    for later in turning_days(state, day, context.policy):
        if view(state, later, context.policy) != today:
            return start_of_day(later, zone_of(state, context))
    return None


def next_letter(state: CustomerState, day: date, policy: Policy) -> NextLetter | None:
    """The next other letter after this day; None when time alone brings none."""
    today = letter(state.need, day, policy).grade
    for later in turning_days(state, day, policy):
        if (grade := letter(state.need, later, policy).grade) is not today:
            return NextLetter(grade, later)
    return None


def view(state: CustomerState, day: date, policy: Policy) -> View:
    """What the customer is on a day, as far as the day matters."""
    found = letter(state.need, day, policy)
    return View(found.grade, found.flag, haste(state, day, policy).urgency)


def turning_days(state: CustomerState, after: date, policy: Policy) -> list[date]:
    """Ascending: each day after `after` on which a window opens or the expected close has passed."""
    days = set[date]()
    if (target := target_of(state.need)) is not None:
        days.update(haste_windows(target, policy))
    if state.need is not None and (close := state.need.expected_close_on) is not None:
        days.update(deal_windows(close, policy))
        days.add(overdue_on(close))
    return sorted(day for day in days if day > after)


def day_of(state: CustomerState, context: Context) -> date:
    """The customer's business date now."""
    return business_date(context.now, zone_of(state, context))


def zone_of(state: CustomerState, context: Context) -> str:
    """The customer's own zone, else the deployment's."""
    return state.time_zone or context.policy.calendar.time_zone
