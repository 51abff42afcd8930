"""Working days: where a date that must not fall on a free day moves to (CN-09)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta
from typing import Literal, Protocol

NAMES = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
"""Weekdays by `date.weekday()`."""

ONE_DAY = timedelta(days=1)
SEARCHED_DAYS = 366
"""A calendar without a working day in a year moves nothing."""


class Calendar(Protocol):
    """The `calendar.*` part of a policy."""

    @property
    def working_days(self) -> Literal["off"] | Collection[str]:
        """`off`, or the weekdays of `NAMES` that are worked."""

    @property
    def holidays(self) -> Collection[date]:
        """Free, whatever the weekday."""

    @property
    def make_up_days(self) -> Collection[date]:
        """Worked, whatever the weekday or holiday."""


def is_working_day(day: date, calendar: Calendar) -> bool:
    """Whether somebody works on this day; always, while the calendar is off."""
    if calendar.working_days == "off" or day in calendar.make_up_days:
        return True
    return NAMES[day.weekday()] in calendar.working_days and day not in calendar.holidays


def earlier_working_day(day: date, anchor: date, calendar: Calendar) -> date:
    """The last working day up to `day`; where that is not after `anchor`, or none, the first one from `day` on."""
    earlier = _first_working_day(day, -ONE_DAY, calendar)
    if earlier is not None and (earlier > anchor or earlier == day):
        return earlier
    return _first_working_day(day, ONE_DAY, calendar) or day


def _first_working_day(day: date, step: timedelta, calendar: Calendar) -> date | None:
    found = day
    for _ in range(SEARCHED_DAYS):
        if is_working_day(found, calendar):
            return found
        found += step
    return None
