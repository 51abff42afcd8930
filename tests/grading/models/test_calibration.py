"""Chances are told as a window that has closed has taught to tell them, and in the same order."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from mpmath import mp, mpf

from services.grading.domain.models.calibration import Calibration
from services.grading.fitting.calibrate import line

DAY = date(2025, 1, 1)


def test_a_line_that_was_put_in_is_found_again():
    chance = np.random.default_rng(3)
    told = chance.uniform(0.01, 0.9, 200_000)
    odds = -0.4 + 1.3 * np.log(told / (1 - told))
    intercept, slope = line(told, (chance.random(len(told)) < 1 / (1 + np.exp(-odds))).astype(float))
    assert (intercept, slope) == (pytest.approx(-0.4, abs=0.03), pytest.approx(1.3, abs=0.03))


def test_after_it_as_many_order_as_were_expected():
    chance = np.random.default_rng(4)
    told = chance.uniform(0, 1, 5_000)
    happened = (chance.random(len(told)) < told**2).astype(float)
    learnt = Calibration(*line(told, happened), DAY, len(told))
    assert sum(learnt.of(one) for one in told) == pytest.approx(happened.sum(), rel=1e-6)


NOTHING = {
    "nobody ordered": (np.linspace(0.1, 0.9, 500), np.zeros(500)),
    "all alike": (np.full(500, 0.3), np.arange(500) % 2),
    "the likelier ordered less": (np.linspace(0.1, 0.9, 500), (np.arange(500) < 250) ^ (np.arange(500) % 5 == 0)),
    "told for certain": (np.arange(500) % 2, np.arange(500) % 2),
    "who ordered is cut off clean": (np.linspace(0.1, 0.9, 500), np.arange(500) >= 250),
    "nobody there": (np.zeros(0), np.zeros(0)),
}


@pytest.mark.parametrize(("told", "happened"), NOTHING.values(), ids=NOTHING.keys())
def test_what_teaches_nothing_changes_nothing(told, happened):
    assert line(told.astype(float), happened.astype(float)) is None


@given(
    intercept=st.floats(-20, 20),
    slope=st.floats(1e-3, 20),
    chances=st.tuples(st.floats(0, 1), st.floats(0, 1)).map(sorted),
)
def test_it_is_a_chance_and_keeps_the_order_to_the_last_digits_mpmath_has(intercept, slope, chances):
    learnt = Calibration(intercept, slope, DAY, 1)
    low, high = map(learnt.of, chances)
    assert 0 <= low <= high * (1 + 1e-12) <= 1 + 1e-12
    with mp.workdps(50):
        for chance, told in zip(chances, (low, high), strict=True):
            if 0 < chance < 1:
                odds = mpf(intercept) + mpf(slope) * mp.log(mpf(chance) / (1 - mpf(chance)))
                expected = 1 / (1 + mp.exp(-odds))
                assert abs(told - expected) <= 1e-9 * expected + mpf(5e-324) * 2**60
