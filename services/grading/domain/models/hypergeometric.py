"""Gauss's hypergeometric function for the arguments that the purchase models have."""

from __future__ import annotations

SMALLEST = 1e-16
MOST_TERMS = 200_000


def hyp2f1(a: float, b: float, c: float, z: float) -> float:
    """The power series, for 0 <= z < 1 and c > 0; its terms end up falling at least as fast as the powers of z."""
    total = term = 1.0
    for n in range(MOST_TERMS):
        step = (a + n) * (b + n) / ((c + n) * (n + 1)) * z
        term *= step
        total += term
        if abs(term) <= SMALLEST * abs(total) * (1.0 - min(abs(step), 0.999)):
            break
    return total
