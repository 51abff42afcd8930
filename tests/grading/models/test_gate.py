"""The models are worth their place: better than the obvious score on what came after, and honest about chances."""

from __future__ import annotations

from datetime import date

import pytest

from bench.grading.cohorts import SOON, cdnow, complete_journey
from bench.grading.measures import auc, brier, calibration_error, captured, gain, gini
from bench.grading.scores import chance_within, rankings, recalibrated


@pytest.mark.parametrize(
    ("cohort_of", "top", "total"),
    [
        pytest.param(lambda: cdnow("all"), 0.685, 0.20, id="CDNOW, all 23,570 customers"),
        pytest.param(complete_journey, 0.495, 0.03, id="Complete Journey"),
    ],
)
def test_the_default_ranks_spend_better_than_rfm_quintiles(cohort_of, top, total):
    cohort = cohort_of()
    found = {ranking.name: ranking for ranking in rankings(cohort, ["MBG/NBD"])}
    ours, rfm = found["MBG/NBD x Gamma-Gamma, all days"], found["RFM quintiles"]
    low, _ = gain(ours.spend, rfm.spend, cohort.later_spend, rounds=100)
    assert low > 0
    assert captured(ours.spend, cohort.later_spend) >= top
    assert abs(ours.orders / cohort.later_days.sum() - 1) <= total
    assert calibration_error(chance_within(cohort, SOON), cohort.soon) <= 0.035


def test_perfect_foresight_measures_one_and_no_sight_nothing():
    cohort = cdnow("sample")
    assert gini(cohort.later_spend, cohort.later_spend) == pytest.approx(1)
    assert auc(cohort.later_days, cohort.later_days) == pytest.approx(1)
    assert gini(cohort.later_spend * 0, cohort.later_spend) == pytest.approx(0)
    assert captured(cohort.later_spend * 0, cohort.later_spend) == pytest.approx(0.2, abs=0.001)


def test_what_the_last_window_taught_makes_chances_truer():
    cohort, before = cdnow("sample"), cdnow("sample", date(1997, 7, 1), SOON)
    told, corrected = chance_within(cohort, SOON), recalibrated(cohort, before, SOON)
    assert calibration_error(corrected, cohort.soon) < calibration_error(told, cohort.soon)
    assert brier(corrected, cohort.soon) < brier(told, cohort.soon)
    assert auc(corrected, cohort.soon) == pytest.approx(auc(told, cohort.soon))
