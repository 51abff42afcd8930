"""Working hours: several windows a day, across free days and clocks that are moved."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest

from shared.contracts.policy import PolicyInvalid, default_policy, overlay
from shared.working_days import NAMES
from shared.working_hours import NobodyWorks, after_working_time, next_open, open_windows

OFFICE = {"default": [{"begin": "09:00", "end": "12:00"}, {"begin": "13:00", "end": "17:00"}]}
WEEK = list(NAMES[:5])
FIRST = date(2025, 1, 6)
SPAN = 70
MINUTE = timedelta(minutes=1)


def calendar_of(**values: Any) -> Any:
    keys = {f"calendar.{name}": value for name, value in values.items()}
    return overlay(default_policy(), {"values": keys}).calendar


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("at", "hours", "expected"),
    [
        pytest.param("2025-03-10T09:00", 2, "2025-03-10T11:00", id="within a window"),
        pytest.param("2025-03-10T11:00", 2, "2025-03-10T14:00", id="over lunch"),
        pytest.param("2025-03-10T10:00", 2, "2025-03-10T12:00", id="at the end of a window"),
        pytest.param("2025-03-10T12:30", 0, "2025-03-10T13:00", id="no time at all begins with the next window"),
        pytest.param("2025-03-10T16:30", 1, "2025-03-11T09:30", id="over night"),
        pytest.param("2025-03-14T16:30", 1, "2025-03-17T09:30", id="over the weekend"),
        pytest.param("2025-03-15T10:00", 7, "2025-03-17T17:00", id="a Saturday's call is Monday's work"),
        pytest.param("2025-03-17T10:00", 14, "2025-03-20T10:00", id="over a holiday"),
        pytest.param("2025-03-21T16:00", 2, "2025-03-22T10:00", id="a make-up Saturday"),
    ],
)
def test_working_time_passes_in_the_windows_of_working_days(at, hours, expected):
    calendar = calendar_of(working_days=WEEK, windows=OFFICE, holidays=["2025-03-19"], make_up_days=["2025-03-22"])
    assert after_working_time(instant(at), timedelta(hours=hours), calendar, "UTC") == instant(expected)


@pytest.mark.parametrize(
    ("window", "on", "hours"),
    [
        pytest.param(("01:00", "04:00"), "2025-03-29", 3, id="the night before"),
        pytest.param(("01:00", "04:00"), "2025-03-30", 2, id="an hour is left out"),
        pytest.param(("01:00", "04:00"), "2025-10-26", 4, id="an hour comes twice"),
        pytest.param(("01:30", "02:30"), "2025-03-30", 1, id="it ends in the hour that is left out"),
        pytest.param(("02:30", "03:00"), "2025-03-30", 0, id="no time of it is left"),
        pytest.param(("01:00", "02:30"), "2025-10-26", 2.5, id="it ends in the hour that comes twice: the second time"),
        pytest.param(("02:30", "04:00"), "2025-10-26", 2.5, id="and begins the first time"),
        pytest.param(("00:00", "24:00"), "2025-03-30", 23, id="a whole day"),
        pytest.param(None, "2025-10-26", 25, id="without windows a day is as long as it is"),
    ],
)
def test_a_window_is_as_long_as_the_clock_on_the_wall_makes_it(window, on, hours):
    windows = {"default": [{"begin": window[0], "end": window[1]}]} if window else "off"
    found = open_windows(date.fromisoformat(on), calendar_of(windows=windows), "Europe/Berlin")
    assert sum(((end - begin) for begin, end in found), timedelta()) == timedelta(hours=hours)


def test_a_calendar_on_which_nobody_works_has_no_deadline():
    free = [date.fromordinal(FIRST.toordinal() + n).isoformat() for n in range(400)]
    calendar = calendar_of(holidays=free, working_days=WEEK, windows=OFFICE)
    with pytest.raises(NobodyWorks):
        next_open(instant("2025-01-07T10:00"), calendar, "UTC")


@pytest.mark.parametrize(
    "windows",
    [
        pytest.param({"mon": OFFICE["default"]}, id="no default"),
        pytest.param({"default": []}, id="no window"),
        pytest.param({"default": OFFICE["default"][::-1]}, id="not in order"),
        pytest.param({"default": [{"begin": "09:00", "end": "08:00"}]}, id="ends before it begins"),
        pytest.param({"default": [{"begin": "09:00", "end": "25:00"}]}, id="no time of day"),
    ],
)
def test_windows_that_cannot_be_are_refused(windows):
    with pytest.raises(PolicyInvalid):
        calendar_of(windows=windows)


def random_windows(random: Random) -> list[dict[str, str]]:
    marks = sorted(random.sample(range(0, 24 * 60 + 1, 15), 2 * random.randint(1, 3)))
    clock = [f"{mark // 60:02}:{mark % 60:02}" for mark in marks]
    return [{"begin": begin, "end": end} for begin, end in zip(clock[::2], clock[1::2], strict=True)]


def minutes_of(day: date, windows: dict[str, Any], zone: str) -> np.ndarray:
    """Every minute of the span that is open on this day, by numpy's clock and the wall's."""
    midnight = datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone)).astimezone(UTC)
    minutes = np.arange(26 * 60)
    wall = [(midnight + int(n) * MINUTE).astimezone(ZoneInfo(zone)) for n in (*range(0, 26 * 60, 15), 26 * 60)]
    open_ = np.zeros(26 * 60, dtype=bool)
    for n, local in enumerate(wall[:-1]):
        if local.date() == day:
            clock = f"{local:%H:%M}"
            inside = any(w["begin"] <= clock < w["end"] for w in windows.get(NAMES[day.weekday()], windows["default"]))
            open_[n * 15 : (n + 1) * 15] = inside
    first = int((midnight - datetime(2025, 1, 1, tzinfo=UTC)) / MINUTE)
    return first + minutes[open_]


@pytest.mark.parametrize("seed", range(4))
def test_deadlines_agree_with_a_count_of_all_minutes(seed):
    """2,500 each; zones move their clocks within the span, at hours that are multiples of the windows' quarters."""
    random = Random(seed)
    zone = ("UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe")[seed]
    week = random.sample(NAMES, random.randint(3, 7))
    windows = {"default": random_windows(random), week[0]: random_windows(random)}
    holidays = {date(2025, 2, 15) + timedelta(days=random.randrange(SPAN)) for _ in range(5)}
    calendar = calendar_of(working_days=week, windows=windows, holidays=sorted(day.isoformat() for day in holidays))
    theirs = np.busdaycalendar(weekmask="".join("01"[name in week] for name in NAMES), holidays=sorted(holidays))
    days = [date(2025, 2, 15) + timedelta(days=n) for n in range(SPAN)]
    worked = [day for day in days if np.is_busday(day, busdaycal=theirs)]
    minutes = np.concatenate([minutes_of(day, windows, zone) for day in worked])
    start = datetime(2025, 1, 1, tzinfo=UTC)
    for _ in range(2_500):
        at = random.randrange(int(minutes[0]), int(minutes[-1]) - 20 * 24 * 60)
        length = random.randrange(1, 600)
        place = int(np.searchsorted(minutes, at)) + length - 1
        expected = start + (int(minutes[place]) + 1) * MINUTE
        assert after_working_time(start + at * MINUTE, length * MINUTE, calendar, zone) == expected


def test_deadlines_agree_with_pandas_business_hours():
    """Which knows no zones, has one set of windows for all days, and calls the end of a window the next one's begin."""
    random = Random(6)
    for _ in range(20):
        week = random.sample(NAMES, random.randint(2, 6))
        windows = [w for w in random_windows(random) if w["end"] != "24:00"] or OFFICE["default"]
        holidays = sorted({FIRST + timedelta(days=random.randrange(SPAN)) for _ in range(4)})
        calendar = calendar_of(
            working_days=week, windows={"default": windows}, holidays=[day.isoformat() for day in holidays]
        )
        hours = random.randint(1, 30)
        theirs = pd.offsets.CustomBusinessHour(
            n=hours,
            start=[w["begin"] for w in windows],
            end=[w["end"] for w in windows],
            weekmask=" ".join(name.title() for name in week),
            holidays=holidays,
        )
        for _ in range(10):
            at = datetime(2025, 1, 10, tzinfo=UTC) + random.randrange(40 * 24 * 60) * MINUTE
            expected = (pd.Timestamp(at).tz_localize(None) + theirs).to_pydatetime().replace(tzinfo=UTC)
            found = after_working_time(at, timedelta(hours=hours), calendar, "UTC")
            assert next_open(found, calendar, "UTC") == next_open(expected, calendar, "UTC")
