"""From counts to figures."""

from __future__ import annotations

from collections import Counter
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from services.feedback.domain.counts import Counts
from services.feedback.domain.kpis import KPIS
from services.feedback.domain.periods import begin_of, end_of
from shared.contracts.policy import default_policy, overlay

EMPTY = Counts(
    from_on=date(2025, 1, 1), to_on=date(2025, 12, 31), contacts=0, complaints=0, reported=0, nps=(), csat=(), ces=(),
    staff=(), base=0, lost=0, followups=(), buyers=0, repeaters=0, registered=0, converted=0, winbacks=0, returned=0,
    lost_winbacks=0, valued=0, profit=0, key_profit=0,
)  # fmt: skip


def histogram(*scores):
    return tuple(sorted(Counter(scores).items()))


def figure(kpi, values=None, **counts):
    """By the default policy, with these values laid over it."""
    return KPIS[kpi].work_out(replace(EMPTY, **counts), overlay(default_policy(), {"values": values or {}}))


@pytest.mark.parametrize(
    ("complaints", "contacts", "value", "eligible"),
    [
        pytest.param(9, 100, 9.0, True, id="T68 under ten percent"),
        pytest.param(10, 100, 10.0, False, id="T68 ten percent is not under it"),
        pytest.param(0, 0, None, False, id="T68 nobody called"),
        pytest.param(0, 29, 0.0, False, id="too few calls to say"),
        pytest.param(0, 30, 0.0, True, id="enough calls"),
    ],
)
def test_t68_a_low_complaint_rate_needs_enough_contacts(complaints, contacts, value, eligible):
    found = figure("complaint_rate", complaints=complaints, contacts=contacts)
    assert (found.value, found.n, found.details["eligible"]) == (value, contacts, eligible)


@pytest.mark.parametrize("percent", range(1, 100))
def test_kp01_strictly_less_is_meant_to_the_last_digit(percent):
    for complaints, eligible in ((percent - 1, True), (percent, False)):
        found = figure("complaint_rate", {"complaint.bonus_rate": percent / 100}, complaints=complaints, contacts=100)
        assert found.details["eligible"] is eligible


def test_t66_thirty_reported_are_a_hundred_in_all():
    found = figure("unheard_grievances", reported=30)
    assert (found.value, found.details["estimated_total"]) == (70, 100)


def test_t84_nps_is_promoters_less_detractors():
    found = figure("nps", nps=histogram(10, 9, 9, 8, 7, 6, 3, 10, 0, 9))
    assert (found.value, found.n, found.details["promoters"], found.details["detractors"]) == (20.0, 10, 5, 3)
    assert found.details["standard_error"] == pytest.approx(27.568, abs=0.001)


def test_t85_csat_is_the_share_of_the_satisfied():
    found = figure("csat", csat=histogram(5, 4, 4, 3, 2, 5, 1, 4, 5, 4))
    assert (found.value, found.n) == (70.0, 10)
    assert found.details["standard_error"] == pytest.approx(14.491, abs=0.001)


@pytest.mark.parametrize("kpi", sorted(KPIS))
def test_t96_without_anything_to_count_there_is_no_figure(kpi):
    assert figure(kpi).value is None
    assert figure(kpi).n == 0


@given(st.lists(st.integers(0, 10), min_size=1))
def test_nps_and_its_error_are_those_of_the_answers_one_by_one(scores):
    each = [100 if score >= 9 else -100 if score <= 6 else 0 for score in scores]
    mean = sum(each) / len(each)
    error = (sum((value - mean) ** 2 for value in each) / len(each)) ** 0.5 / len(each) ** 0.5
    found = figure("nps", nps=histogram(*scores))
    assert (found.value, found.details["standard_error"]) == (pytest.approx(mean), pytest.approx(error, abs=1e-6))


@pytest.mark.parametrize(
    ("lost", "days", "worse"),
    [
        pytest.param(129, ("2025-01-01", "2025-12-31"), False, id="as the benchmark of a year"),
        pytest.param(130, ("2025-01-01", "2025-12-31"), True, id="worse than the benchmark of a year"),
        pytest.param(12, ("2025-01-01", "2025-01-31"), True, id="a month has its twelfth of it"),
        pytest.param(11, ("2025-01-01", "2025-01-31"), False, id="less than that"),
    ],
)
def test_kp03_churn_stands_beside_the_benchmark_of_its_period(lost, days, worse):
    from_on, to_on = (date.fromisoformat(day) for day in days)
    found = figure("churn_rate", base=1000, lost=lost, from_on=from_on, to_on=to_on)
    assert (found.details["benchmark"], found.details["worse"]) == (12.94, worse)
    assert figure("retention_rate", base=1000, lost=lost).value == pytest.approx(100 - found.value)
    assert len(found.details["notes"]) == 3


def test_kp10_the_journals_are_kept_by_grade():
    rows = (("A", "on_time", 3), ("A", "late", 1), ("B", "overdue", 2), (None, "on_time", 2))
    found = figure("followup_on_time_rate", followups=rows)
    assert (found.value, found.n, found.details["late"]) == (62.5, 8, 3)
    assert found.details["grades"]["A"] == {"value": 75.0, "n": 4, "late": 1, "overdue": 0}


@pytest.mark.parametrize(
    ("kpi", "counts", "value"),
    [
        ("key_profit_share", {"valued": 10, "profit": 100, "earned": 1000, "key_earned": 800}, 80.0),
        ("key_profit_share", {"valued": 10, "profit": -5}, None),
        ("repurchase_rate", {"buyers": 4, "repeaters": 1}, 25.0),
        ("conversion_rate", {"registered": 4, "converted": 3}, 75.0),
        ("winback_rate", {"winbacks": 4, "returned": 1, "lost_winbacks": 2}, 25.0),
        ("staff_satisfaction", {"staff": ((3, 1), (4, 1))}, 50.0),
        ("ces", {"ces": ((2, 1), (4, 1))}, 3.0),
    ],
)
def test_the_other_figures(kpi, counts, value):
    assert figure(kpi, **counts).value == value


@pytest.mark.parametrize(
    ("length", "day", "begin", "end"),
    [
        ("month", "2024-02-29", "2024-02-01", "2024-02-29"),
        ("month", "2025-12-31", "2025-12-01", "2025-12-31"),
        ("quarter", "2025-05-10", "2025-04-01", "2025-06-30"),
        ("quarter", "2025-12-10", "2025-10-01", "2025-12-31"),
        ("year", "2025-05-10", "2025-01-01", "2025-12-31"),
    ],
)
def test_a_period_has_its_days(length, day, begin, end):
    found = begin_of(date.fromisoformat(day), length)
    assert (str(found), str(end_of(found, length))) == (begin, end)
