"""How likely what was seen is under each model: one number per row, natural logarithms."""

from __future__ import annotations

import numpy as np
from scipy.special import betaln, gammaln, hyp2f1, xlogy

from services.grading.domain.models.mbg import MbgNbd
from services.grading.domain.models.pareto import ParetoNbd
from services.grading.domain.models.spend import GammaGamma
from services.grading.fitting.sample import Column, Sample, Spending


def mbg_nbd(model: MbgNbd, seen: Sample) -> Column:
    """Batislam et al. 2007."""
    r, alpha, a, b = model.r, model.alpha, model.a, model.b
    x = seen.repeats
    alive = betaln(a, b + x + 1) - betaln(a, b) - (r + x) * np.log(alpha + seen.weeks)
    gone = betaln(a + 1, b + x) - betaln(a, b) - (r + x) * np.log(alpha + seen.last_week)
    return np.asarray(gammaln(r + x) - gammaln(r) + r * np.log(alpha) + np.logaddexp(alive, gone))


def pareto_nbd(model: ParetoNbd, seen: Sample) -> Column:
    """Schmittlein et al. 1987."""
    r, alpha, s, beta = model.r, model.alpha, model.s, model.beta
    x = seen.repeats
    alive = -(r + x) * np.log(alpha + seen.weeks) - s * np.log(beta + seen.weeks)
    gone = np.log(s / (r + s + x)) + log_a0(model, seen)
    known = gammaln(r + x) - gammaln(r) + r * np.log(alpha) + s * np.log(beta)
    return np.asarray(known + np.logaddexp(alive, gone))


def log_a0(model: ParetoNbd, seen: Sample) -> Column:
    """ln A0: what the models call the chance that somebody left between the last order and now; -inf for none."""
    then, now = _half(model, seen.repeats, seen.last_week), _half(model, seen.repeats, seen.weeks)
    with np.errstate(divide="ignore"):
        return np.asarray(then + np.log(-np.expm1(np.minimum(now - then, 0))))


def _half(model: ParetoNbd, repeats: Column, at: Column) -> Column:
    x, high = model.r + repeats, max(model.alpha, model.beta)
    power = x + model.s
    z = abs(model.alpha - model.beta) / (high + at)
    near = model.s if model.alpha >= model.beta else x - 1
    series = hyp2f1(1.0, power - near, power + 1, z)
    return np.asarray(-power * np.log(high + at) - near * np.log1p(-z) + np.log(series))


def gamma_gamma(model: GammaGamma, spent: Spending) -> Column:
    """Fader, Hardie 2013."""
    p, q, v = model.p, model.q, model.v
    pn = p * spent.days
    return np.asarray(
        gammaln(pn + q)
        - gammaln(pn)
        - gammaln(q)
        + q * np.log(v)
        + xlogy(pn - 1, spent.mean)
        + xlogy(pn, spent.days)
        - (pn + q) * np.log(v + spent.days * spent.mean)
    )
