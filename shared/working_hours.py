"""Working hours: when somebody is there on a working day, by the clock on the wall, and deadlines counted in them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Literal, Protocol

from shared.clock import business_date, start_of_day, zone
from shared.working_days import NAMES, ONE_DAY, SEARCHED_DAYS, Calendar, is_working_day

END_OF_DAY = "24:00"


class Window(Protocol):
    """From `begin` until just before `end`, as HH:MM."""

    @property
    def begin(self) -> str: ...

    @property
    def end(self) -> str: ...


class Hours(Calendar, Protocol):
    """The `calendar.*` part of a policy."""

    @property
    def windows(self) -> Literal["off"] | Mapping[Any, Sequence[Window]]:
        """`off`: all day long. Else by weekday of `NAMES`, `default` for the others; in order, apart."""


class NobodyWorks(ValueError):
    """The calendar has no working day within a year."""


def open_windows(day: date, calendar: Hours, zone_name: str) -> Iterator[tuple[datetime, datetime]]:
    """The windows of one day as instants in UTC; none on a free day.

    A time that the zone leaves out is an hour later, one that it has twice begins at the first and ends at the second.
    """
    if not is_working_day(day, calendar):
        return
    if calendar.windows == "off":
        yield start_of_day(day, zone_name), start_of_day(day + ONE_DAY, zone_name)
        return
    windows = calendar.windows.get(NAMES[day.weekday()]) or calendar.windows["default"]
    for window in windows:
        begin, end = _instant(day, window.begin, zone_name, 0), _instant(day, window.end, zone_name, 1)
        if begin < end:
            yield begin, end


def next_open(at: datetime, calendar: Hours, zone_name: str) -> datetime:
    """The first instant from `at` on at which somebody is there. Raises NobodyWorks."""
    return next(begin for begin, _ in _open_from(at, calendar, zone_name))


def after_working_time(at: datetime, length: timedelta, calendar: Hours, zone_name: str) -> datetime:
    """When so much working time has passed since `at`; at the end of a window rather than the begin of the next.

    Raises NobodyWorks.
    """
    left = length
    for begin, end in _open_from(at, calendar, zone_name):
        if left <= end - begin:
            return begin + left
        left -= end - begin
    raise NobodyWorks


def _open_from(at: datetime, calendar: Hours, zone_name: str) -> Iterator[tuple[datetime, datetime]]:
    day, free = business_date(at, zone_name), 0
    while free < SEARCHED_DAYS:
        free += 1
        for begin, end in open_windows(day, calendar, zone_name):
            if at < end:
                free = 0
                yield max(begin, at.astimezone(UTC)), end
        day += ONE_DAY
    raise NobodyWorks(f"no working day in {SEARCHED_DAYS} days from {at}")


def _instant(day: date, clock: str, zone_name: str, fold: int) -> datetime:
    if clock == END_OF_DAY:
        return start_of_day(day + ONE_DAY, zone_name)
    there = zone(zone_name)
    local = datetime.combine(day, time.fromisoformat(clock), tzinfo=there)
    return (local.replace(fold=fold) if _is_twice(local) else local).astimezone(UTC)


def _is_twice(local: datetime) -> bool:
    return local.utcoffset() > local.replace(fold=1).utcoffset()  # type: ignore[operator]
