"""MBG/NBD (Batislam et al. 2007): orders come at random, and after each order day, the first too, some never return."""

from __future__ import annotations

from math import exp, expm1, log, log1p

from msgspec import Struct

from services.grading.domain.models.history import History
from services.grading.domain.models.hypergeometric import hyp2f1

NEAR_ONE = 1e-6


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
        """Expected order days in the next `weeks`, in Euler's form: nothing in it overflows."""
        if weeks == 0:
            return 0.0
        a = self.a if abs(self.a - 1) >= NEAR_ONE else 1 + NEAR_ONE
        sum_ = a + self.b + seen.repeats
        z = weeks / (self.alpha + seen.weeks + weeks)
        series = hyp2f1(a + self.b - self.r, a - 1, sum_, z)
        return self.alive(seen) * sum_ / (a - 1) * (1 - exp((a - 1) * log1p(-z)) * series)


def _chance_of_life(log_odds_of_death: float) -> float:
    if log_odds_of_death > 0:
        gone = exp(-log_odds_of_death)
        return gone / (1 + gone)
    return 1 / (1 + exp(log_odds_of_death))
