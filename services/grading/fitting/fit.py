"""Maximum likelihood: the parameters under which what was seen is most likely, and that log-likelihood."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import numpy as np
from msgspec.structs import astuple
from scipy.optimize import minimize

from services.grading.domain.models.mbg import MbgNbd
from services.grading.domain.models.pareto import ParetoNbd
from services.grading.domain.models.spend import GammaGamma
from services.grading.fitting import likelihoods
from services.grading.fitting.sample import Column, Sample, Spending, grouped

Model = TypeVar("Model")
WIDEST = 12.0
"""Parameters stay between e^-12 and e^12."""


class NoFit(Exception):
    """The search ended nowhere: too little was seen, or all customers are alike."""


def fit_mbg(seen: Sample) -> tuple[MbgNbd, float]:
    """Raises NoFit."""
    rows = grouped(seen)
    return _fit(MbgNbd, lambda m: likelihoods.mbg_nbd(m, rows), rows.weight, (0.5, 8.0, 1.0, 2.0))


def fit_pareto(seen: Sample) -> tuple[ParetoNbd, float]:
    """Raises NoFit."""
    rows = grouped(seen)
    return _fit(ParetoNbd, lambda m: likelihoods.pareto_nbd(m, rows), rows.weight, (0.5, 8.0, 0.6, 10.0))


def fit_gamma_gamma(spent: Spending) -> tuple[GammaGamma, float]:
    """Raises NoFit. A mean exists for q > 1, so q is sought above."""
    typical = float(np.average(spent.mean, weights=spent.weight)) if len(spent.mean) else 1.0

    def make(p: float, above_one: float, scale: float) -> GammaGamma:
        return GammaGamma(p, 1 + above_one, scale * typical)

    return _fit(make, lambda m: likelihoods.gamma_gamma(m, spent), spent.weight, (5.0, 2.0, 0.5))


def rounded(model: Model) -> Model:
    """To nine digits: the order of the rows has no say in what is kept."""
    return type(model)(*(float(f"{value:.9g}") for value in astuple(model)))  # type: ignore[arg-type]


def _fit(
    make: Callable[..., Model], likelihood: Callable[[Model], Column], weight: Column, start: tuple[float, ...]
) -> tuple[Model, float]:
    def loss(logs: Column) -> float:
        value = float(weight @ likelihood(make(*np.exp(logs))))
        return -value / weight.sum() if np.isfinite(value) else 1e10

    if not len(weight):
        raise NoFit("nothing was seen")
    found = minimize(
        loss,
        np.log(start),
        method="L-BFGS-B",
        bounds=[(-WIDEST, WIDEST)] * len(start),
        options={"ftol": 1e-14, "gtol": 1e-9, "maxiter": 1000},
    )
    if found.fun >= 1e9 or np.any(np.abs(found.x) > WIDEST - 0.5):
        raise NoFit(f"no maximum within reach: {found.message}")
    return make(*(float(value) for value in np.exp(found.x))), float(-found.fun * weight.sum())
