"""What a fit must give to be kept."""

from __future__ import annotations

import pytest

from services.grading.domain.models.mbg import MbgNbd
from services.grading.domain.models.pareto import ParetoNbd
from services.grading.jobs.model import foretells


@pytest.mark.parametrize(
    ("timing", "kept"),
    [
        pytest.param(MbgNbd(0.525, 6.183, 0.891, 1.614), True, id="CDNOW"),
        pytest.param(ParetoNbd(0.553, 10.578, 0.606, 11.669), True, id="CDNOW-pareto"),
        pytest.param(MbgNbd(1.188, 1.894, 901.05, 2269.0), False, id="half of the customers are alike"),
    ],
)
def test_only_a_model_that_gives_numbers_is_kept(timing, kept):
    assert foretells(timing) is kept
