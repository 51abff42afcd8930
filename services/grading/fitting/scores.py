"""The models' answers for many customers at once; `services.grading.domain.models` has them for one."""

from __future__ import annotations

import numpy as np
from scipy.special import expit, hyp2f1

from services.grading.domain.models.history import History
from services.grading.domain.models.mbg import NEAR_ONE, MbgNbd
from services.grading.domain.models.pareto import ParetoNbd
from services.grading.domain.models.spend import GammaGamma
from services.grading.fitting.likelihoods import log_a0
from services.grading.fitting.sample import Column, Sample

Timing = MbgNbd | ParetoNbd
ALIKE = 20.0
"""With `a` beyond this scipy's series goes astray."""


def alive(model: Timing, seen: Sample) -> Column:
    """P(still a customer)."""
    return np.asarray(expit(-_odds(model, seen)))


def buys(model: Timing, seen: Sample, weeks: float) -> Column:
    """P(at least one order day in the next `weeks`)."""
    if isinstance(model, MbgNbd):
        none = (model.r + seen.repeats) * -np.log1p(weeks / (model.alpha + seen.weeks))
    else:
        still = (model.r + seen.repeats) * -np.log1p(weeks / (model.alpha + seen.weeks))
        still += model.s * -np.log1p(weeks / (model.beta + seen.weeks))
        none = still + np.logaddexp(0, _odds_of_leaving_in(model, seen, weeks))
    return np.asarray(alive(model, seen) * -np.expm1(none))


def orders(model: Timing, seen: Sample, weeks: float) -> Column:
    """Expected order days in the next `weeks`."""
    if isinstance(model, ParetoNbd):
        rate = (model.r + seen.repeats) * (model.beta + seen.weeks) / (model.alpha + seen.weeks)
        stays = np.log1p(weeks / (model.beta + seen.weeks))
        less = -np.expm1((1 - model.s) * stays) / (model.s - 1) if model.s != 1 else stays
        return np.asarray(alive(model, seen) * rate * less)
    if abs(model.a - 1) < NEAR_ONE or model.a > ALIKE:
        return np.array([model.orders(History(*one), weeks) for one in zip(*seen[:3], strict=True)])
    a = model.a
    sum_ = a + model.b + seen.repeats
    z = weeks / (model.alpha + seen.weeks + weeks)
    series = hyp2f1(a + model.b - model.r, a - 1, sum_, z)
    return np.asarray(alive(model, seen) * sum_ / (a - 1) * (1 - np.exp((a - 1) * np.log1p(-z)) * series))


def per_day(model: GammaGamma, spent: Column, days: Column) -> Column:
    """What the next order day of each is worth."""
    return np.asarray((model.patience * model.typical + spent) / (model.patience + days))


def _odds(model: Timing, seen: Sample) -> Column:
    x = seen.repeats
    if isinstance(model, MbgNbd):
        silence = (model.r + x) * np.log((model.alpha + seen.weeks) / (model.alpha + seen.last_week))
        return np.asarray(np.log(model.a) - np.log(model.b + x) + silence)
    here = (model.r + x) * np.log(model.alpha + seen.weeks) + model.s * np.log(model.beta + seen.weeks)
    return np.asarray(np.log(model.s / (model.r + model.s + x)) + here + log_a0(model, seen))


def _odds_of_leaving_in(model: ParetoNbd, seen: Sample, weeks: float) -> Column:
    """As `_odds`, of somebody of whom nothing is known but that they are a customer now."""
    r, alpha, beta = model.r + seen.repeats, model.alpha + seen.weeks, model.beta + seen.weeks
    power, high = r + model.s, np.maximum(alpha, beta)
    near = np.where(alpha >= beta, model.s, r - 1)

    def half(at: float) -> Column:
        z = np.abs(alpha - beta) / (high + at)
        series = hyp2f1(1.0, power - near, power + 1, z)
        return np.asarray(-power * np.log(high + at) - near * np.log1p(-z) + np.log(series))

    then, now = half(0.0), half(weeks)
    here = r * np.log(alpha + weeks) + model.s * np.log(beta + weeks)
    return np.asarray(np.log(model.s / power) + here + then + np.log(-np.expm1(np.minimum(now - then, 0))))
