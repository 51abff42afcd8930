"""Deadlines on working days against numpy's calendar, on random calendars."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

import numpy as np
import pytest

from shared.contracts.policy import default_policy, overlay
from shared.working_days import NAMES, earlier_working_day, is_working_day

CASES = 12_000
FIRST = date(2024, 1, 1)
SPAN = 800


def random_calendar(random: Random) -> tuple[object, np.busdaycalendar, set[date]]:
    """One of ours, numpy's with the same week and holidays, and the make-up days, which numpy does not know."""
    week = random.sample(NAMES, random.randint(1, 7))
    holidays = {FIRST + timedelta(days=random.randrange(SPAN)) for _ in range(random.randint(0, 60))}
    make_up = {FIRST + timedelta(days=random.randrange(SPAN)) for _ in range(random.randint(0, 20))}
    values = {
        "calendar.working_days": week,
        "calendar.holidays": sorted(day.isoformat() for day in holidays),
        "calendar.make_up_days": sorted(day.isoformat() for day in make_up),
    }
    theirs = np.busdaycalendar(
        weekmask="".join("1" if name in week else "0" for name in NAMES), holidays=sorted(holidays - make_up)
    )
    return overlay(default_policy(), {"values": values}).calendar, theirs, make_up


def rolled(day: date, roll: str, theirs: np.busdaycalendar, make_up: set[date]) -> date:
    """numpy's roll, unless a make-up day comes first."""
    found = np.busday_offset(day, 0, roll=roll, busdaycal=theirs).astype(date)
    between = [m for m in make_up if (found <= m <= day if roll == "backward" else day <= m <= found)]
    return (max if roll == "backward" else min)([*between, found])


@pytest.mark.parametrize("seed", range(20))
def test_a_deadline_moves_earlier_and_only_where_that_hits_the_anchor_later(seed):
    random = Random(seed)
    for _ in range(60):
        calendar, theirs, make_up = random_calendar(random)
        for _ in range(CASES // (20 * 60)):
            day = FIRST + timedelta(days=random.randrange(60, SPAN - 60))
            anchor = day - timedelta(days=random.randrange(1, 20))
            working = bool(np.is_busday(day, busdaycal=theirs)) or day in make_up
            assert is_working_day(day, calendar) == working
            earlier = rolled(day, "backward", theirs, make_up)
            wanted = earlier if earlier > anchor or earlier == day else rolled(day, "forward", theirs, make_up)
            assert earlier_working_day(day, anchor, calendar) == wanted
