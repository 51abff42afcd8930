"""When time alone changes a customer's letter, urgency or flag (GR-13): by the functions that grade, nothing else."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import NamedTuple

from services.grading.domain.alerts import next_alert_on
from services.grading.domain.grades import Letter, deal_windows, haste, haste_windows, letter, overdue_on, target_of
from services.grading.domain.reviews import next_review_on
from services.grading.domain.silence import rhythm_of
from services.grading.domain.state import CustomerState, NeedInForce
from services.grading.domain.tiers import long_standing_on
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
    today, urgency = letter(state.need, day, policy), haste(state, day, policy).urgency
    closing = (on for on in closing_days(state.need, day, policy) if _differs(today, letter(state.need, on, policy)))
    hurrying = (on for on in hurrying_days(state, day, policy) if haste(state, on, policy).urgency is not urgency)
    return min((on for on in (next(closing, None), next(hurrying, None)) if on is not None), default=None)


def next_standing_on(state: CustomerState, day: date, policy: Policy) -> date | None:
    """The next day on which silence, a profit that time takes away, or a customer's age says something new."""
    days = [long_standing_on(state, policy), next_review_on(state, day, policy)]
    days += [o.until_on + timedelta(days=1) for o in state.overrides if o.until_on is not None]
    if policy.churn.method == "frequency" and not state.gone and (rhythm := rhythm_of(state.books, policy)):
        days.append(next_alert_on(rhythm, state.alerts, day))
    return min((on for on in days if on is not None and on > day), default=None)


def next_letter(state: CustomerState, day: date, policy: Policy) -> NextLetter | None:
    """The next other letter after this day; None when time alone brings none."""
    coming = closing_days(state.need, day, policy)
    today = letter(state.need, day, policy).grade if coming else None
    for later in coming:
        if (grade := letter(state.need, later, policy).grade) is not today:
            return NextLetter(grade, later)
    return None


def closing_days(need: NeedInForce | None, after: date, policy: Policy) -> list[date]:
    """Ascending: each day after `after` on which a window of the expected close opens, or it has passed."""
    if need is None or need.demand is not Demand.TARGET or not need.deal_possible or need.expected_close_on is None:
        return []
    close = need.expected_close_on
    return sorted(day for day in {*deal_windows(close, policy), overdue_on(close)} if day > after)


def hurrying_days(state: CustomerState, after: date, policy: Policy) -> list[date]:
    """Ascending: each day after `after` on which a window of the date opens that urgency counts towards."""
    target = None if state.open_cases else target_of(state.need)
    return [] if target is None else sorted(day for day in haste_windows(target, policy) if day > after)


def _differs(today: Letter, later: Letter) -> bool:
    return (today.grade, today.flag) != (later.grade, later.flag)


def day_of(state: CustomerState, context: Context) -> date:
    """The customer's business date now."""
    return business_date(context.now, zone_of(state, context))


def zone_of(state: CustomerState, context: Context) -> str:
    """The customer's own zone, else the deployment's."""
    return state.time_zone or context.policy.calendar.time_zone
