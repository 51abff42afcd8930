"""Pareto/NBD (Schmittlein et al. 1987): orders come at random, and customers leave at random, unseen."""

from __future__ import annotations

from math import exp, expm1, inf, log, log1p

from msgspec import Struct

from services.grading.domain.models.history import History
from services.grading.domain.models.hypergeometric import hyp2f1

LARGEST = 700.0
"""The largest power of e that a float holds."""


class ParetoNbd(Struct, frozen=True, tag="pareto_nbd"):
    """Order rates are gamma(r, alpha [weeks]) over customers, rates of leaving gamma(s, beta [weeks])."""

    r: float
    alpha: float
    s: float
    beta: float

    def odds_terms(self, seen: History) -> tuple[float, float]:
        """The log-odds that the customer is gone; they have no term of their own for what came before the silence."""
        return 0.0, self._odds(seen)

    def alive(self, seen: History) -> float:
        """P(still a customer)."""
        odds = self._odds(seen)
        return exp(-odds) / (1 + exp(-odds)) if odds > 0 else 1 / (1 + exp(odds))

    def orders_if_alive(self, seen: History, weeks: float) -> float:
        """P(at least one order day in the next `weeks`, if a customer now); leaving meanwhile is counted in."""
        then = ParetoNbd(self.r + seen.repeats, self.alpha + seen.weeks, self.s, self.beta + seen.weeks)
        still = then.r * -log1p(weeks / then.alpha) + then.s * -log1p(weeks / then.beta)
        odds = then._odds(History(0, 0.0, weeks))
        return -expm1(still + _log1pexp(odds))

    def buys(self, seen: History, weeks: float) -> float:
        """P(at least one order day in the next `weeks`)."""
        return self.alive(seen) * self.orders_if_alive(seen, weeks)

    def orders(self, seen: History, weeks: float) -> float:
        """Expected order days in the next `weeks`."""
        rate = (self.r + seen.repeats) * (self.beta + seen.weeks) / (self.alpha + seen.weeks)
        stays = log1p(weeks / (self.beta + seen.weeks))
        if self.s == 1:
            return self.alive(seen) * rate * stays
        return -self.alive(seen) * rate / (self.s - 1) * expm1((1 - self.s) * stays)

    def _odds(self, seen: History) -> float:
        """ln of s/(r+s+x) · (alpha+T)^(r+x) · (beta+T)^s · A0."""
        if seen.last_week >= seen.weeks:
            return -inf
        then, now = self._term(seen, seen.last_week), self._term(seen, seen.weeks)
        if then <= now:
            return -inf
        scale = log(self.s / (self.r + self.s + seen.repeats))
        return min(scale + then + _log1mexp(now - then), LARGEST)

    def _term(self, seen: History, at: float) -> float:
        """ln of one half of A0 at an age, times (alpha+T)^(r+x) · (beta+T)^s."""
        x, high = self.r + seen.repeats, max(self.alpha, self.beta)
        power = x + self.s
        z = abs(self.alpha - self.beta) / (high + at)
        by_leaving = self.alpha >= self.beta
        near = self.s if by_leaving else x - 1  # Euler's form: (1-z)^-near · F(1, …), whose terms are all positive
        series = hyp2f1(1.0, power - near, power + 1, z)
        here = x * log(self.alpha + seen.weeks) + self.s * log(self.beta + seen.weeks) - power * log(high + at)
        return here - near * log1p(-z) + log(series)


def _log1pexp(value: float) -> float:
    return value + log1p(exp(-value)) if value > 0 else log1p(exp(value))


def _log1mexp(value: float) -> float:
    """ln(1 - e^value) for a negative value."""
    return log(-expm1(value)) if value > -log(2) else log1p(-exp(value))
