"""What a backtest counts, customer by customer."""

from __future__ import annotations

from datetime import date

import pytest

from services.grading.domain.measure import Letter, Life, Measures, Period, add, answer, flips, followups
from shared.contracts.values import Grade

PERIOD = Period(date(2025, 3, 1), date(2025, 3, 30), 10)
DAYS = {Grade.A: 1, Grade.B: 7, Grade.C: 15, Grade.D: 30, Grade.E: 365}


def letters(*told):
    return [Letter(date.fromisoformat(on), Grade(grade), "window", "2025-05-01") for on, grade in told]


@pytest.mark.parametrize(
    ("told", "count"),
    [
        pytest.param([("2025-01-01", "D")], 1.0, id="thirty days of D are one follow-up"),
        pytest.param([("2025-03-16", "C")], 1.0, id="only the days from the first letter on"),
        pytest.param([("2025-01-01", "D"), ("2025-03-16", "C")], 0.5 + 1.0, id="each letter by its own cadence"),
        pytest.param([("2025-01-01", "C"), ("2025-02-01", "D")], 1.0, id="nothing before the period"),
        pytest.param([("2025-01-01", "D"), ("2025-04-02", "A")], 1.0, id="nothing after it"),
    ],
)
def test_load(told, count):
    assert followups(letters(*told), PERIOD, DAYS) == pytest.approx(count)


def test_flips_are_changes_within_the_period():
    told = letters(("2025-01-01", "D"), ("2025-03-05", "C"), ("2025-03-09", "B"), ("2025-04-01", "A"))
    assert flips(told, PERIOD) == 2


def test_sums_of_two_customers():
    sums = Measures()
    stays = Life("one", "ann", letters(("2025-01-01", "D")), letters(("2025-01-01", "D")), [])
    moves = Life("two", None, letters(("2025-01-01", "B")), letters(("2025-01-01", "A")), [date(2025, 3, 4)])
    for life in (stays, moves):
        add(sums, life, PERIOD, (DAYS, DAYS))

    found = answer(sums)
    assert found["customers"] == 2
    assert found["migration"]["B"] == {"A": 1, "B": 0, "C": 0, "D": 0, "E": 0}
    assert found["moved"] == [{"customer_id": "two", "from": "B", "to": "A", "rule": "window", "input": "2025-05-01"}]
    assert found["load"] == [
        {"owner": "ann", "before": 1.0, "after": 1.0},
        {"owner": None, "before": round(30 / 7, 4), "after": 30.0},
    ]
    assert found["metrics"]["after"] == {"a_ordered": 100.0, "ordered_a": 100.0}
    assert found["metrics"]["before"] == {"a_ordered": None, "ordered_a": 0.0}


def test_who_was_not_graded_by_the_last_day_is_not_counted():
    sums = Measures()
    add(sums, Life("late", None, [], letters(("2025-05-01", "A")), []), PERIOD, (DAYS, DAYS))
    assert (sums.customers, answer(sums)["flips"]) == (0, {"before": None, "after": None})
