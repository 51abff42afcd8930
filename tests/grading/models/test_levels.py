"""Levels of many customers at once are those that the rule gives one by one."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.grading.domain.models.history import History
from services.grading.domain.models.mbg import MbgNbd
from services.grading.domain.models.pareto import ParetoNbd
from services.grading.domain.silence import Chances
from services.grading.domain.value import BUYS_WITHIN
from services.grading.fitting import levels
from services.grading.fitting.sample import sample_of
from shared.contracts.policy import default_policy

POLICY = default_policy()
MODELS = (MbgNbd(0.52, 6.2, 0.9, 1.6), ParetoNbd(0.55, 10.6, 0.6, 11.7), ParetoNbd(0.55, 5.0, 0.6, 11.7))


@st.composite
def histories(draw):
    repeats = draw(st.integers(0, 60))
    last = draw(st.integers(repeats, 1_500)) if repeats else 0
    return History(repeats, last / 7, (last + draw(st.integers(0, 2_000))) / 7)


def level_of(timing, seen):
    now, at_best = timing.buys(seen, BUYS_WITHIN), timing.buys(seen.just_ordered(), BUYS_WITHIN)
    return Chances(now, at_best).level(POLICY)


@pytest.mark.parametrize("timing", MODELS, ids=["mbg", "pareto, leaving slower", "pareto, leaving faster"])
@given(seen=st.lists(histories(), min_size=1, max_size=30))
def test_only_who_is_on_another_level_than_was_told_differs(timing, seen):
    told = [level_of(timing, one) for one in seen]
    share = levels.shares(timing, sample_of(seen))
    ends = [float(end) for end in (POLICY.churn.model_levels.lost, POLICY.churn.model_levels.warn)]
    clear = np.array([all(abs(one - end) > 1e-6 for end in ends) for one in share])
    at = (timing, sample_of(seen))
    assert not (levels.differ(*at, np.array(told), POLICY.churn.model_levels) & clear).any()
    other = ["none" if level == "lost" else "lost" for level in told]
    assert levels.differ(*at, np.array(other), POLICY.churn.model_levels).all()
    assert levels.differ(*at, np.array([None] * len(seen)), POLICY.churn.model_levels).all()


@pytest.mark.parametrize("timing", MODELS, ids=["mbg", "pareto, leaving slower", "pareto, leaving faster"])
@given(seen=histories())
def test_the_share_is_what_silence_has_left_of_the_chance(timing, seen):
    share = float(levels.shares(timing, sample_of([seen]))[0])
    now, at_best = timing.buys(seen, BUYS_WITHIN), timing.buys(seen.just_ordered(), BUYS_WITHIN)
    assert share == pytest.approx(now / at_best, rel=1e-6, abs=1e-12)
