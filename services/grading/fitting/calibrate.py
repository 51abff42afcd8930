"""Logistic recalibration (Platt 1999): the line in log-odds under which what happened is most likely."""

from __future__ import annotations

import numpy as np
from scipy.special import expit, logit

from services.grading.fitting.sample import Column

FEWEST = 50
"""Of those who ordered, and of those who did not: with fewer a line is chance."""
STEPS = 50
LARGEST = 20.0
"""No line that means anything is steeper or further off."""


def line(chance: Column, happened: Column) -> tuple[float, float] | None:
    """(intercept, slope) by Newton's method; None where too little was seen, or it says the opposite."""
    known = (chance > 0) & (chance < 1)
    odds, yes = logit(chance[known]), (happened[known] > 0).astype(float)
    if min(yes.sum(), len(yes) - yes.sum()) < FEWEST:
        return None
    at = np.array([0.0, 1.0])
    columns = np.column_stack([np.ones(len(odds)), odds])
    for _ in range(STEPS):
        found = expit(columns @ at)
        curvature = columns.T @ (columns * (found * (1 - found))[:, None])
        if np.linalg.cond(curvature) > 1e12:
            return None
        step = np.linalg.solve(curvature, columns.T @ (yes - found))
        at = at + step
        if np.abs(step).max() < 1e-10:
            break
    sound = np.isfinite(at).all() and np.abs(at).max() < LARGEST and at[1] > 0
    return (float(at[0]), float(at[1])) if sound else None
