"""When time alone changes a customer's letter, urgency or flag (GR-13): by the functions that grade, nothing else."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import NamedTuple

from services.grading.domain.alerts import next_alert_on
from services.grading.domain.grades import deal_windows, haste, haste_windows, letter, overdue_on, target_of
from services.grading.domain.reviews import next_review_on
from services.grading.domain.silence import rhythm_of
from services.grading.domain.state import CustomerState
from services.grading.domain.tiers import long_standing_on
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
    graded = (on for on in turning_days(state, day, context.policy) if view(state, on, context.policy) != today)
    days = [on for on in (next(graded, None), next_standing_on(state, day, context.policy)) if on is not None]
    return start_of_day(min(days), zone_of(state, context)) if days else None


def next_standing_on(state: CustomerState, day: date, policy: Policy) -> date | None:
    """The next day on which silence, a profit that time takes away, or a customer's age says something new."""
    days = [long_standing_on(state, policy), next_review_on(state, day, policy)]
    days += [o.until_on + timedelta(days=1) for o in state.overrides if o.until_on is not None]
    if policy.churn.method == "frequency" and not state.gone and (rhythm := rhythm_of(state.books, policy)):
        days.append(next_alert_on(rhythm, state.alerts, day))
    return min((on for on in days if on is not None and on > day), default=None)


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
