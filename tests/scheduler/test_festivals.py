"""The calendar of festivals against a second library, 2000 to 2050, and against published days."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from borax.calendars.festivals2 import LunarFestival
from borax.calendars.lunardate import LunarDate

from services.scheduler.domain.festivals import LUNAR, festivals_of, lunar_day, next_date
from services.scheduler.domain.memory import Anniversary

YEARS = range(2000, 2051)
OTHER_YEAR = (("new_year", (date(2026, 1, 2),)),)


@pytest.mark.parametrize("name", sorted(LUNAR))
def test_the_lunar_festivals_of_fifty_years(name):
    month, day = LUNAR[name]
    second = LunarFestival(month=month, day=day)
    for year in YEARS:
        wanted = LunarDate(year, month, day).to_solar_date()
        assert festivals_of((name,), None, year, ())[name] == wanted
        assert wanted in [wrapped.solar for wrapped in second.list_days(date(year, 1, 1), date(year, 12, 31))]


@pytest.mark.parametrize("day", [1, 15, 29, 30])
def test_every_lunar_month_of_fifty_years_its_short_ones_too(day):
    for year in YEARS:
        for month in range(1, 13):
            try:
                wanted = LunarDate(year, month, day).to_solar_date()
            except ValueError:  # a month of 29 days
                wanted = LunarDate(year, month, 29).to_solar_date()
            assert lunar_day(year, month, day) == wanted


@pytest.mark.parametrize(
    ("name", "region", "on"),
    [
        pytest.param("mid_autumn", None, "2025-10-06", id="T99-mid-autumn-2025"),
        pytest.param("mid_autumn", None, "2026-09-25", id="T99-mid-autumn-2026"),
        pytest.param("dragon_boat", None, "2025-05-31", id="T99-dragon-boat"),
        pytest.param("lantern", None, "2025-02-12", id="T99-lantern"),
        pytest.param("spring_festival", None, "2026-02-17", id="spring-festival"),
        pytest.param("easter_sunday", "DE", "2038-04-25", id="the-latest-easter"),
        pytest.param("easter_sunday", None, "2008-03-23", id="an-early-easter"),
        pytest.param("easter_sunday", "GR", "2024-05-05", id="the-Easter-of-the-Eastern-churches"),
        pytest.param("good_friday", "RO", "2024-05-03", id="and-what-hangs-on-it"),
        pytest.param("easter_sunday", "MD", "2024-05-05", id="whatever-it-is-called-there"),
        pytest.param("eid_al_fitr", "TR", "2040-10-07", id="a-day-that-is-estimated-still"),
        pytest.param("easter_sunday", "FI", "2024-03-31", id="the-Western-one-in-the-North"),
        pytest.param("thanksgiving_day", "US", "2024-11-28", id="thanksgiving"),
        pytest.param("diwali", "IN", "2024-10-31", id="diwali"),
    ],
)
def test_published_days(name, region, on):
    day = date.fromisoformat(on)
    assert festivals_of((name,), region, day.year, ())[name] == day


def test_a_holiday_that_a_region_does_not_have_is_left_out_and_an_unknown_region_has_none_of_its_own():
    assert festivals_of(("thanksgiving_day",), "DE", 2025, ()) == {}
    assert festivals_of(("thanksgiving_day", "new_year"), "ZZ-1", 2025, ()) == {"new_year": date(2025, 1, 1)}
    assert festivals_of(("new_year",), None, 2025, (("new_year", (date(2026, 1, 2),)),)) == {
        "new_year": date(2025, 1, 1)
    }


@pytest.mark.parametrize("lunar", [False, True], ids=["solar", "lunar"])
def test_the_next_time_is_the_first_day_on_which_it_falls_after_any_other(lunar):
    """Walking day by day through six years meets the same days."""
    for month, day in ((1, 1), (2, 29), (7, 15), (12, 30)):
        kept = Anniversary("birthday", month, day, lunar=lunar)
        on, met = date(2023, 12, 31), []
        while (on := next_date(kept, on, "feb_28")) is not None and on.year < 2030:
            met.append(on)
        walked, at = [], date(2024, 1, 1)
        while at.year < 2030:
            if next_date(kept, at - timedelta(days=1), "feb_28") == at:
                walked.append(at)
            at += timedelta(days=1)
        assert met == walked
        assert len(met) in ((5, 6, 7) if lunar else (6,))
