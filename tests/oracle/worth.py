"""What a customer brings, the tier that this gives among all, and when silence is a risk."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from itertools import pairwise
from statistics import median

from tests.oracle.tables import CHURN_FACTORS, CHURN_MIN_ORDERS, DISCOUNT, LOYAL_FROM, RETENTION, TIER_SHARES


@dataclass(frozen=True)
class Cuts:
    """The least profit of each tier that somebody is in, best first; empty before anybody has bought."""

    least: tuple[tuple[str, int], ...] = ()
    any_ranked: bool = False

    def tier_of(self, profit: int | None) -> str:
        """`profit` None: nothing was bought, or nothing of it stands."""
        if profit is None or not self.any_ranked:
            return "regular"
        return next((tier for tier, least in self.least if profit >= least), "small")


NOBODY = Cuts()


def cuts_of(profits: Iterable[int | None]) -> Cuts:
    """Rank r of n: key when r <= floor(0.2 n + 1/2), regular when r <= floor(0.5 n + 1/2), else small."""
    ranked = sorted((profit for profit in profits if profit is not None), reverse=True)
    ends = [(tier, int(share * len(ranked) + Fraction(1, 2))) for tier, share in TIER_SHARES]
    return Cuts(tuple((tier, ranked[end - 1]) for tier, end in ends if end), bool(ranked))


def future_of(profit: int | None) -> int:
    """m r / (1 + d - r), m the margin of the last twelve months; nothing of those who have bought nothing."""
    return round((profit or 0) * RETENTION / (1 + DISCOUNT - RETENTION))


def loyalty_of(orders: int) -> str:
    """Nobody refers anybody here."""
    return "repeat_only" if orders >= LOYAL_FROM else "none"


def churn_level(ordered_on: list[date], today: date) -> str | None:
    """By the silence since the last of so many orders, against the median of the days between their days."""
    gaps = [(later - earlier).days for earlier, later in pairwise(sorted(set(ordered_on)))]
    if len(ordered_on) < CHURN_MIN_ORDERS or not gaps:
        return None
    silence = (today - max(ordered_on)).days
    return next((level for level, factor in CHURN_FACTORS if silence > factor * median(gaps)), None)
