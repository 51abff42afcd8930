"""Gauss's hypergeometric function for the arguments that the purchase models have."""

from __future__ import annotations

from math import exp, gamma, log

SMALLEST = 1e-16
MOST_TERMS = 200_000
NEAR = 0.75
"""From here on the series in 1 - z is the shorter one."""
HUGE = 1e200
"""A sum beyond this is kept as its share of it."""
LARGEST = 80.0
"""The gamma function of more does not fit into a float."""
APART = 1e-3
"""How far c - a - b must be from a whole number: at one the two series in 1 - z cancel."""


def hyp2f1(a: float, b: float, c: float, z: float, log_weight: float = 0.0) -> float:
    """For 0 <= z < 1 and c > 0, times e to the power of `log_weight`: the product may be a number where F is none."""
    rest = c - a - b
    if z > NEAR and c < LARGEST and abs(rest) < LARGEST and abs(rest - round(rest)) > APART:
        return exp(log_weight) * _from_one(a, b, c, 1.0 - z)
    return _series(a, b, c, z, log_weight)


def hyp2f1_rest(a: float, b: float, c: float, z: float) -> float:
    """(F(a, b; c; z) - 1) / b for 0 <= z < 1 and c > 0, where b is so small that the difference would say nothing."""
    total, term, n = 0.0, a * z / c, 1.0
    while n < MOST_TERMS and abs(term) > SMALLEST * (1.0 - z) * abs(total):
        total += term
        term *= (a + n) * (b + n) / ((c + n) * (n + 1.0)) * z
        n += 1.0
    return total


def _from_one(a: float, b: float, c: float, left: float) -> float:
    """Abramowitz, Stegun 15.3.6, in `left` = 1 - z."""
    rest = c - a - b
    near = gamma(c) * gamma(rest) * _one_over_gamma(c - a) * _one_over_gamma(c - b)
    far: float = gamma(c) * gamma(-rest) * _one_over_gamma(a) * _one_over_gamma(b) * left**rest
    return near * _series(a, b, 1.0 - rest, left) + far * _series(c - a, c - b, 1.0 + rest, left)


def _series(a: float, b: float, c: float, z: float, log_weight: float = 0.0) -> float:
    """The power series; its terms end up falling at least as fast as the powers of z."""
    total = term = 1.0
    before = n = 0.0
    while n < MOST_TERMS:
        step = (a + n) * (b + n) / ((c + n) * (n + 1.0)) * z
        term *= step
        before, total = total, total + term
        n += 1.0
        if total == before and abs(term) <= SMALLEST * abs(total) * (1.0 - min(abs(step), 0.999)) and c + n > 1:
            break
        if abs(total) > HUGE:
            total, term, log_weight = total / HUGE, term / HUGE, log_weight + log(HUGE)
    return total * exp(log_weight)


def _one_over_gamma(x: float) -> float:
    """0 at the poles."""
    return 0.0 if x <= 0 and x == round(x) else 1.0 / gamma(x)
