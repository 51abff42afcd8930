"""Quiet hours at every minute around every change of clocks, against reading the wall clock minute by minute."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from services.scheduler.domain.quiet import first_allowed
from shared.contracts.policy_care import QuietHours

ZONES = (
    "Europe/Berlin",
    "America/New_York",
    "America/St_Johns",
    "Australia/Lord_Howe",
    "Asia/Shanghai",
    "Africa/Casablanca",
    "Pacific/Chatham",
    "America/Sao_Paulo",
    "Africa/Cairo",
    "America/Havana",
)
QUIET = (("21:00", "08:00"), ("00:00", "00:30"), ("01:15", "02:30"), ("23:30", "02:00"), ("12:00", "14:00"))
MINUTE = timedelta(minutes=1)
YEARS = (2018, 2024)


def changes(zone: ZoneInfo) -> Iterator[datetime]:
    """Every hour of these years after which the offset is another one."""
    for year in YEARS:
        at = datetime(year, 1, 1, tzinfo=UTC)
        while at.year == year:
            if at.astimezone(zone).utcoffset() != (at + 60 * MINUTE).astimezone(zone).utcoffset():
                yield at
            at += 60 * MINUTE


def allowed_by_looking(start: datetime, minutes: int, zone: ZoneInfo, begin: time, end: time) -> list[datetime]:
    """For each minute from `start` on: the first that is not quiet, found by looking at the clock on the wall."""
    following = start + timedelta(minutes=minutes)
    while is_quiet(following, zone, begin, end):
        following += MINUTE
    found = []
    for n in range(minutes - 1, -1, -1):
        at = start + n * MINUTE
        following = following if is_quiet(at, zone, begin, end) else at
        found.append(following)
    return found[::-1]


def is_quiet(at: datetime, zone: ZoneInfo, begin: time, end: time) -> bool:
    now = at.astimezone(zone).time()
    return begin <= now < end if begin < end else not end <= now < begin


@pytest.mark.parametrize("name", ZONES)
def test_every_minute_around_every_change_of_the_clocks(name):
    zone = ZoneInfo(name)
    days = list(changes(zone)) or [datetime(2024, 3, 31, tzinfo=UTC)]
    for change in days:
        start, minutes = change - timedelta(hours=12), 26 * 60
        for begin, end in QUIET:
            wanted = allowed_by_looking(start, minutes, zone, time.fromisoformat(begin), time.fromisoformat(end))
            hours = QuietHours(begin=begin, end=end)
            assert [first_allowed(start + n * MINUTE, name, hours) for n in range(minutes)] == wanted


def test_off_is_never_quiet():
    at = datetime(2025, 3, 30, 1, 30, tzinfo=UTC)
    assert first_allowed(at, "Europe/Berlin", "off") == at


def test_within_a_minute_it_ends_on_the_minute():
    hours = QuietHours(begin="21:00", end="08:00")
    at = datetime(2025, 3, 30, 22, 0, 17, 5, tzinfo=UTC)
    assert first_allowed(at, "UTC", hours) == datetime(2025, 3, 31, 8, tzinfo=UTC)
