"""On which day a holiday or a yearly date falls: solar, lunar, by Easter, by region, by the policy's own table."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from functools import lru_cache

import holidays
from dateutil.easter import EASTER_ORTHODOX, easter
from lunar_python import Lunar, LunarMonth

from services.scheduler.domain.memory import Anniversary

FIXED = {"new_year": (1, 1), "christmas_eve": (12, 24), "christmas_day": (12, 25)}
LUNAR = {
    "spring_festival": (1, 1),
    "lantern": (1, 15),
    "dragon_boat": (5, 5),
    "qixi": (7, 7),
    "mid_autumn": (8, 15),
    "double_ninth": (9, 9),
}
EASTER = {"good_friday": -2, "easter_sunday": 0, "easter_monday": 1, "pentecost": 49}
EASTER_NAMES = {**EASTER, "easter": 0}
YEARS = range(1901, 2200)
"""What the lunar tables reach."""

Overrides = tuple[tuple[str, tuple[date, ...]], ...]
FestiveDay = tuple[date, tuple[str, ...]]


@lru_cache(maxsize=4096)
def festivals_of(names: tuple[str, ...], region: str | None, year: int, overrides: Overrides) -> dict[str, date]:
    """Holiday -> its first day in this year; those that this region or year does not have are missing."""
    given = {name: sorted(day for day in days if day.year == year) for name, days in overrides}
    found: dict[str, date] = {}
    for name in names:
        day = given[name][0] if given.get(name) else _computed(name, region, year)
        if day is not None:
            found[name] = day
    return found


@lru_cache(maxsize=4096)
def festive_days(
    names: tuple[str, ...], region: str | None, since: date, overrides: Overrides
) -> tuple[FestiveDay, ...]:
    """From this day to the end of the next year, ascending: the days of these holidays, each with those that it is."""
    found: defaultdict[date, list[str]] = defaultdict(list)
    for year in (since.year, since.year + 1):
        for name, on in festivals_of(names, region, year, overrides).items():
            found[on].append(name)
    return tuple((on, tuple(found[on])) for on in sorted(found) if on >= since)


def next_date(anniversary: Anniversary, after: date, feb29: str) -> date | None:
    """The first day after `after` on which it is celebrated; the year it began in is not. None beyond the tables."""
    first = after.year - 1 if anniversary.lunar else after.year  # the Chinese year ends in the next one of ours
    for year in range(first, after.year + 3):
        day = _in_year(anniversary, year, feb29)
        if day is not None and day > after and (anniversary.year is None or year > anniversary.year):
            return day
    return None


def lunar_day(year: int, month: int, day: int) -> date | None:
    """A day of the Chinese calendar in ours; the 30th of a month of 29 days is its last."""
    if year not in YEARS:
        return None
    first, length = _months(year)[month - 1]
    return first + timedelta(days=min(day, length) - 1)


@lru_cache(maxsize=512)
def _months(year: int) -> tuple[tuple[date, int], ...]:
    """First day and length of the twelve months, no leap month: the library works a year out each time."""
    found = []
    for month in range(1, 13):
        solar = Lunar.fromYmd(year, month, 1).getSolar()
        first = date(solar.getYear(), solar.getMonth(), solar.getDay())
        found.append((first, LunarMonth.fromYm(year, month).getDayCount()))
    return tuple(found)


def _in_year(anniversary: Anniversary, year: int, feb29: str) -> date | None:
    if anniversary.lunar:
        return lunar_day(year, anniversary.month, anniversary.day)
    try:
        return date(year, anniversary.month, anniversary.day)
    except ValueError:
        return date(year, 3, 1) if feb29 == "mar_1" else date(year, 2, 28)


def _computed(name: str, region: str | None, year: int) -> date | None:
    if name in FIXED:
        return date(year, *FIXED[name])
    if name in LUNAR:
        return lunar_day(year, *LUNAR[name])
    if name in EASTER:
        return _easter(region, year) + timedelta(days=EASTER[name])
    return _public(region, year).get(name) if region else None


def _easter(region: str | None, year: int) -> date:
    """Easter Sunday as the region's public holidays have it, of the Eastern churches' reckoning or the Western."""
    western: date = easter(year)
    eastern: date = easter(year, EASTER_ORTHODOX)
    days = {_public(region, year).get(name): offset for name, offset in EASTER_NAMES.items()} if region else {}
    kept = {day - timedelta(days=offset) for day, offset in days.items() if day is not None}
    return eastern if eastern in kept and western not in kept else western


@lru_cache(maxsize=1024)
def _public(region: str, year: int) -> dict[str, date]:
    """Public holidays of a country (US) or its part (US-CA), by their English names as codes; the first day of each."""
    country, _, part = region.partition("-")
    try:
        days = holidays.country_holidays(country, subdiv=part or None, years=year, language="en_US")
    except NotImplementedError:
        return {}
    found: dict[str, date] = {}
    for day, named in sorted(days.items()):
        for code in _codes(named):
            found.setdefault(code, day)
    return found


def _codes(named: str) -> Iterator[str]:
    for name in named.replace(" (estimated)", "").split(";"):
        yield re.sub(r"[^a-z0-9]+", "_", name.lower().replace("'", "")).strip("_")
