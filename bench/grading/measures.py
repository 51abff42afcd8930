"""How good a score is on what came after: shares captured, Gini, AUC, calibration, and the doubt about a difference."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

Column = NDArray[np.float64]


def captured(score: Column, outcome: Column, share: float = 0.2) -> float:
    """What the best share holds of the outcome; who ties at its edge counts in part."""
    order = np.argsort(-score, kind="stable")
    ranked, values = score[order], outcome[order]
    cut = round(share * len(score))
    edge = ranked[cut - 1]
    above, tied = ranked > edge, ranked == edge
    part = (cut - above.sum()) / tied.sum()
    return float((values[above].sum() + part * values[tied].sum()) / outcome.sum())


def gini(score: Column, outcome: Column) -> float:
    """Normalised: 1 for the order of the outcome itself; ties averaged."""
    return _concentration(score, outcome) / _concentration(outcome, outcome)


def auc(score: Column, happened: Column) -> float:
    """The chance that somebody of whom it is true is ranked above somebody of whom it is not."""
    ranks, yes = rankdata(score), happened > 0
    n = yes.sum()
    return float((ranks[yes].sum() - n * (n + 1) / 2) / (n * (len(score) - n)))


def brier(chance: Column, happened: Column) -> float:
    return float(np.mean((chance - (happened > 0)) ** 2))


def calibration_error(chance: Column, happened: Column, bins: int = 10) -> float:
    """Mean distance between chance and frequency over bins of as many customers each."""
    order = np.argsort(chance, kind="stable")
    parts = np.array_split(order, bins)
    return float(sum(len(p) * abs(chance[p].mean() - (happened[p] > 0).mean()) for p in parts) / len(chance))


def gain(score: Column, other: Column, outcome: Column, rounds: int = 200) -> tuple[float, float]:
    """95 % of the difference in Gini, by a paired bootstrap over customers with a fixed seed."""
    chance = np.random.default_rng(20)
    found = []
    for _ in range(rounds):
        who = chance.integers(0, len(outcome), len(outcome))
        found.append(gini(score[who], outcome[who]) - gini(other[who], outcome[who]))
    low, high = np.quantile(found, (0.025, 0.975))
    return float(low), float(high)


def _concentration(score: Column, outcome: Column) -> float:
    ranks = rankdata(score)
    mean = outcome.mean()
    return float(2 * np.cov(outcome, ranks, bias=True)[0, 1] / (len(outcome) * mean))
