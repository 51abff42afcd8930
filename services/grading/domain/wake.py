"""When time alone changes a customer's letter, urgency or flag (GR-13): by the functions that grade, nothing else."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple

from services.grading.domain.alerts import next_alert_on
from services.grading.domain.grades import Letter, by_close, by_target, overdue_on, target_of
from services.grading.domain.reviews import next_review_on
from services.grading.domain.silence import rhythm_of
from services.grading.domain.state import CustomerState, NeedInForce
from services.grading.domain.tiers import long_standing_on
from services.grading.domain.windows import MonthMode, openings
from shared.clock import business_date, start_of_day
from shared.contracts.policy import Policy
from shared.contracts.values import Demand, Grade
from shared.engine.decision import Context


class NextLetter(NamedTuple):
    """What the letter becomes if nothing happens, and on which day."""

    grade: Grade
    on: date


def next_wake(state: CustomerState, context: Context) -> datetime | None:
    """The start of the customer's next day on which something is different; None when time changes nothing more.

    At once where a grade has not been told yet: a wake-up comes after all that was recorded up to its instant.
    """
    if not state.registered:
        return None
    if state.unsaid_since is not None:
        return state.unsaid_since
    day, policy = day_of(state, context), context.policy
    turns = (next_axis_on(state, day, policy), next_standing_on(state, day, policy))
    days = [on for on in turns if on is not None]
    return start_of_day(min(days), zone_of(state, context)) if days else None


def next_axis_on(state: CustomerState, day: date, policy: Policy) -> date | None:
    """The next day on which the letter, its flag or the urgency is another one."""
    close, target = close_of(state.need), None if state.open_cases else target_of(state.need)
    turns = (
        _letter_turns_on(close, day, policy.grading.window_days, policy.grading.month_mode) if close else None,
        _haste_turns_on(target, day, policy.urgency.days) if target else None,
    )
    return min((on for on in turns if on is not None), default=None)


def next_standing_on(state: CustomerState, day: date, policy: Policy) -> date | None:
    """The next day on which silence, a profit that time takes away, or a customer's age says something new."""
    days = [long_standing_on(state, policy), next_review_on(state, day, policy)]
    days += [o.until_on + timedelta(days=1) for o in state.overrides if o.until_on is not None]
    if policy.churn.method == "frequency" and not state.gone and (rhythm := rhythm_of(state.books, policy)):
        days.append(next_alert_on(rhythm, state.alerts, day))
    return min((on for on in days if on is not None and on > day), default=None)


def next_letter(state: CustomerState, day: date, policy: Policy) -> NextLetter | None:
    """The next other letter after this day; None when time alone brings none."""
    if (close := close_of(state.need)) is None:
        return None
    windows, mode = policy.grading.window_days, policy.grading.month_mode
    today = by_close(close, day, windows, mode)[0].grade
    for later in closing_days(close, day, windows, mode):
        if (grade := by_close(close, later, windows, mode)[0].grade) is not today:
            return NextLetter(grade, later)
    return None


def close_of(need: NeedInForce | None) -> date | None:
    """The expected close by which the letter goes; None where it goes by something else."""
    if need is None or need.demand is not Demand.TARGET or not need.deal_possible:
        return None
    return need.expected_close_on


def closing_days(close: date, after: date, windows: tuple[int, ...], mode: MonthMode) -> list[date]:
    """Ascending: each day after `after` on which a window of the expected close opens, or it has passed."""
    return sorted(day for day in {*openings(close, windows, mode), overdue_on(close)} if day > after)


@lru_cache(maxsize=16_384)
def _letter_turns_on(close: date, day: date, windows: tuple[int, ...], mode: MonthMode) -> date | None:
    today = by_close(close, day, windows, mode)[0]
    coming = closing_days(close, day, windows, mode)
    return next((on for on in coming if _differs(today, by_close(close, on, windows, mode)[0])), None)


@lru_cache(maxsize=16_384)
def _haste_turns_on(target: date, day: date, windows: tuple[int, ...]) -> date | None:
    today = by_target(target, day, windows).urgency
    coming = sorted(on for on in openings(target, windows) if on > day)
    return next((on for on in coming if by_target(target, on, windows).urgency is not today), None)


def _differs(today: Letter, later: Letter) -> bool:
    return (today.grade, today.flag) != (later.grade, later.flag)


def day_of(state: CustomerState, context: Context) -> date:
    """The customer's business date now."""
    return business_date(context.now, zone_of(state, context))


def zone_of(state: CustomerState, context: Context) -> str:
    """The customer's own zone, else the deployment's."""
    return state.time_zone or context.policy.calendar.time_zone
