"""Working days: due dates move earlier, but never onto or before their anchor."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.working_days import earlier_working_day, is_working_day

WEEK = ["mon", "tue", "wed", "thu", "fri"]
LONG_AGO = date(2025, 1, 1)


@dataclass(frozen=True)
class Days:
    working_days: str | list[str] = field(default_factory=lambda: WEEK)
    holidays: frozenset[date] = frozenset()
    make_up_days: frozenset[date] = frozenset()


@pytest.mark.parametrize(
    ("day", "anchor", "calendar", "expected"),
    [
        pytest.param(date(2025, 3, 22), LONG_AGO, Days("off"), date(2025, 3, 22), id="off moves nothing"),
        pytest.param(
            date(2025, 3, 22),
            LONG_AGO,
            Days("off", frozenset({date(2025, 3, 22)})),
            date(2025, 3, 22),
            id="off knows no holidays either",
        ),
        pytest.param(date(2025, 3, 21), LONG_AGO, Days(), date(2025, 3, 21), id="a working day stays"),
        pytest.param(date(2025, 3, 22), date(2025, 3, 7), Days(), date(2025, 3, 21), id="T23 Saturday moves to Friday"),
        pytest.param(
            date(2025, 3, 22),
            LONG_AGO,
            Days(holidays=frozenset({date(2025, 3, 21)})),
            date(2025, 3, 20),
            id="holidays are skipped",
        ),
        pytest.param(
            date(2025, 3, 22),
            LONG_AGO,
            Days(make_up_days=frozenset({date(2025, 3, 22)})),
            date(2025, 3, 22),
            id="a make-up Saturday is worked",
        ),
        pytest.param(
            date(2025, 3, 8), date(2025, 3, 7), Days(), date(2025, 3, 10), id="not onto the anchor: next Monday"
        ),
        pytest.param(date(2025, 3, 9), date(2025, 3, 8), Days(), date(2025, 3, 10), id="not before the anchor either"),
        pytest.param(
            date(2025, 3, 7), date(2025, 3, 7), Days(), date(2025, 3, 7), id="a worked day stays on its anchor"
        ),
        pytest.param(date(2025, 3, 7), LONG_AGO, Days([]), date(2025, 3, 7), id="no working day at all moves nothing"),
        pytest.param(
            date(2025, 3, 7),
            LONG_AGO,
            Days([], make_up_days=frozenset({date(2025, 4, 1)})),
            date(2025, 4, 1),
            id="none before it: the first one after it",
        ),
    ],
)
def test_a_due_date_moves_earlier_unless_that_hits_the_anchor(day, anchor, calendar, expected):
    assert earlier_working_day(day, anchor, calendar) == expected


days = st.dates(date(2025, 1, 1), date(2025, 12, 31))


@given(
    day=days,
    gap=st.integers(1, 400),
    week=st.sets(st.sampled_from(["mon", "tue", "wed", "thu", "fri", "sat", "sun"]), min_size=1),
    holidays=st.frozensets(days, max_size=20),
)
def test_it_ends_on_a_working_day_after_the_anchor(day, gap, week, holidays):
    calendar, anchor = Days(sorted(week), holidays), day - timedelta(days=gap)
    moved = earlier_working_day(day, anchor, calendar)
    assert is_working_day(moved, calendar)
    assert moved > anchor
