"""The default policy's numbers and words, copied by hand: the oracle shares no table with the product."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction

WINDOWS = ((30, "A"), (90, "B"), (180, "C"))
"""Days to an expected close, inclusive, and the letter that they give an explicit need."""

CADENCE = {"A": 1, "B": 7, "C": 15, "D": 30, "E": 365}
JOURNAL = {"A": "daily", "B": "weekly", "C": "half_monthly", "D": "monthly", "E": "yearly"}
URGENCY = ((7, "urgent"), (30, "moderate"), (90, "not_urgent"))
IMPORTANT_FROM = 100_000 * 100
"""Minor units of a currency with two decimals."""

TIER_SHARES = (("key", Fraction(20, 100)), ("regular", Fraction(50, 100)))
"""Of all who have bought, best first."""

FLOOR_DAYS = {"key": 30}
RETENTION, DISCOUNT = Fraction(80, 100), Fraction(10, 100)
LOYAL_FROM = 2
CHURN_MIN_ORDERS = 3
CHURN_FACTORS = (("suspected_churn", 3), ("at_risk", 2))
ALERT_DAYS = 28
"""An alert of one level is not told again within so many days."""

GRIEVANCE_LIMIT = 3
LOW_SCORES = {"nps": 6, "csat": 2}
WINBACK_DAYS = {"W1": 0, "W2": 1, "W3": 3, "W4": 7, "W5": 30}

STEP_DAYS = {"R1": 0, "R2": 1, "R3": 2, "R4": 1, "R5": 1, "R6": 3, "R7": 7}
REPEAT_DAYS = 90
COMPLAINT_DAYS = 7
ACKNOWLEDGE_DAYS = 0
POST_PURCHASE_DAYS = 3
CALLS_AND_VISITS = frozenset({"phone", "hotline", "visit", "shop"})
SEGMENTS = frozenset({"gold", "vip", "long_standing"})
FLAGS = frozenset({"expected_close_missing", "forecast_overdue"})

Calendar = frozenset[int]
"""Working weekdays, Monday = 0; empty: every day is one."""

MON_TO_FRI: Calendar = frozenset(range(5))


def days(count: int) -> timedelta:
    return timedelta(days=count)


def on_working_day(due: date, anchor: date, calendar: Calendar) -> date:
    """Earlier, so that "at least every n days" holds; the next working day where that would hit the anchor."""
    if not calendar or due.weekday() in calendar:
        return due
    earlier = due
    while earlier.weekday() not in calendar:
        earlier -= days(1)
    if earlier > anchor:
        return earlier
    while due.weekday() not in calendar:
        due += days(1)
    return due
