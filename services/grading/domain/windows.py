"""Windows before a date: on which day each of them opens. Upper bounds are inclusive (K-02, K-06)."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta
from functools import lru_cache
from typing import Literal

MonthMode = Literal["days", "calendar"]
DAYS_OF_A_MONTH = 30
"""What a policy's window counts as one month in calendar mode (K-03)."""


@lru_cache(maxsize=16_384)
def openings(target: date, windows: tuple[int, ...], mode: MonthMode = "days") -> tuple[date, ...]:
    """For each window, ascending, the day on which it opens; there are as many targets as days that people name."""
    return tuple(opens_on(target, days, mode) for days in windows)


def opens_on(target: date, days: int, mode: MonthMode = "days") -> date:
    """The first day from which `target` is at most `days` away, by calendar months where those are whole months."""
    months, rest = divmod(days, DAYS_OF_A_MONTH)
    if mode == "days" or rest:
        return target - timedelta(days=days)
    opening = plus_months(target, -months)
    return opening if plus_months(opening, months) >= target else opening + timedelta(days=1)


def plus_months(day: date, months: int) -> date:
    """The same day of another month, or that month's last."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
