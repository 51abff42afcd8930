"""What silence has left of each customer's chance to order, for many at once."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from services.grading.domain.models.mbg import MbgNbd
from services.grading.domain.models.pareto import ParetoNbd
from services.grading.fitting.likelihoods import log_a0
from services.grading.fitting.sample import Column, Sample
from shared.contracts.policy_grading import ModelLevels

NAMES = np.array(["lost", "warn", "watch", "none"])
NEAR = 1e-9
"""That close to a threshold arrays and single numbers may round to different sides."""


def differ(
    timing: MbgNbd | ParetoNbd, seen: Sample, told: NDArray[np.object_], levels: ModelLevels
) -> NDArray[np.bool_]:
    """Who is, or may be, on another level than was told."""
    ends = np.array([float(levels.lost), float(levels.warn), float(levels.watch)])
    share = shares(timing, seen)
    found = NAMES[np.searchsorted(ends, share, side="right")]
    near = (np.abs(share[:, None] - ends) < NEAR).any(axis=1)
    return np.asarray((found != told) | near)


def shares(timing: MbgNbd | ParetoNbd, seen: Sample) -> Column:
    """P(alive) over what it were had they just ordered, which is also the share of the chance to order."""
    gone, at_best = _odds(timing, seen)
    return np.asarray(np.exp(np.logaddexp(0, at_best) - np.logaddexp(0, gone)))


def _odds(timing: MbgNbd | ParetoNbd, seen: Sample) -> tuple[Column, Column | float]:
    """The log-odds that each is gone, and were it they had just ordered."""
    at = np.log(timing.alpha + seen.weeks)
    if isinstance(timing, MbgNbd):
        at_best = np.log(timing.a) - np.log(timing.b + seen.repeats)
        return at_best + (timing.r + seen.repeats) * (at - np.log(timing.alpha + seen.last_week)), at_best
    scale = np.log(timing.s / (timing.r + timing.s + seen.repeats)) + timing.s * np.log(timing.beta + seen.weeks)
    return scale + log_a0(timing, seen) + (timing.r + seen.repeats) * at, -np.inf
