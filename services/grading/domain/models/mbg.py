"""MBG/NBD (Batislam et al. 2007): orders come at random, and after each order day, the first too, some never return."""

from __future__ import annotations

from math import exp, expm1, log, log1p

from msgspec import Struct

from services.grading.domain.models.history import History
from services.grading.domain.models.hypergeometric import hyp2f1, hyp2f1_rest

NEAR_ONE = 1e-3
"""With `a` closer to 1 than this the difference in `orders` has too few digits left."""


class MbgNbd(Struct, frozen=True, tag="mbg_nbd"):
    """Order rates are gamma(r, alpha [weeks]) over customers, the chance to leave after an order day is beta(a, b)."""

    r: float
    alpha: float
    a: float
    b: float

    def odds_terms(self, seen: History) -> tuple[float, float]:
        """The log-odds that the customer is gone, as two terms: by what they did, and by their silence since."""
        history = log(self.a) - log(self.b + seen.repeats)
        silence = (self.r + seen.repeats) * log((self.alpha + seen.weeks) / (self.alpha + seen.last_week))
        return history, silence

    def alive(self, seen: History) -> float:
        """P(still a customer)."""
        return _chance_of_life(sum(self.odds_terms(seen)))

    def orders_if_alive(self, seen: History, weeks: float) -> float:
        """P(at least one order day in the next `weeks`, if still a customer)."""
        return -expm1((self.r + seen.repeats) * -log1p(weeks / (self.alpha + seen.weeks)))

    def buys(self, seen: History, weeks: float) -> float:
        """P(at least one order day in the next `weeks`)."""
        return self.alive(seen) * self.orders_if_alive(seen, weeks)

    def orders(self, seen: History, weeks: float) -> float:
        """Expected order days in the next `weeks`: the series in Euler's form, or in its own where that converges."""
        if weeks == 0:
            return 0.0
        sum_, left = self.a + self.b + seen.repeats, self.a - 1
        z = weeks / (self.alpha + seen.weeks + weeks)
        if abs(left) < NEAR_ONE:
            rest = exp(left * log1p(-z)) * hyp2f1_rest(self.a + self.b - self.r, left, sum_, z)
            gone = expm1(left * log1p(-z)) / left if left else log1p(-z)
            return -self.alive(seen) * sum_ * (gone + rest)
        shape = self.r + seen.repeats
        if left > shape:
            still = hyp2f1(shape, self.b + seen.repeats + 1, sum_, z, shape * log1p(-z))
        else:
            still = hyp2f1(self.a + self.b - self.r, left, sum_, z, left * log1p(-z))
        return self.alive(seen) * sum_ / left * (1 - still)


def _chance_of_life(log_odds_of_death: float) -> float:
    if log_odds_of_death > 0:
        gone = exp(-log_odds_of_death)
        return gone / (1 + gone)
    return 1 / (1 + exp(log_odds_of_death))
