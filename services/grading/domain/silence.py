"""Whether a customer has been silent too long for their own rhythm (GR-23), and what the model says of it."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache
from itertools import pairwise
from math import floor
from statistics import median
from typing import Literal, NamedTuple

from services.grading.domain.books import Books
from services.grading.domain.models.calibration import Calibration
from services.grading.domain.models.history import History
from services.grading.domain.references import ValueModel
from services.grading.domain.value import BUYS_WITHIN
from shared.contracts.policy import Policy
from shared.contracts.values import ChurnLevel

ModelLevel = Literal["none", "watch", "warn", "lost"]
LEVELS = (ChurnLevel.AT_RISK, ChurnLevel.SUSPECTED_CHURN)


class Rhythm(NamedTuple):
    """The last order day and the days on which silence since then becomes a risk."""

    last_on: date
    gap: float
    """Median of the days between order days."""
    risky_on: date
    suspect_on: date

    def begins_on(self, level: ChurnLevel) -> date:
        return self.risky_on if level is ChurnLevel.AT_RISK else self.suspect_on

    def level(self, day: date) -> ChurnLevel | None:
        if day >= self.suspect_on:
            return ChurnLevel.SUSPECTED_CHURN
        return ChurnLevel.AT_RISK if day >= self.risky_on else None


class Chances(NamedTuple):
    """What the model expects: P(order within 13 weeks) now, and had they just ordered."""

    now: float
    at_best: float
    calibration: Calibration | None = None

    @property
    def told(self) -> float:
        """As the last window has taught to tell it."""
        return self.calibration.of(self.now) if self.calibration else self.now

    @property
    def told_at_best(self) -> float:
        return self.calibration.of(self.at_best) if self.calibration else self.at_best

    def level(self, policy: Policy) -> ModelLevel:
        """By the share of the chance that silence has left: watch, warn, lost."""
        share = Decimal(self.now / self.at_best if self.at_best else 1.0)
        levels = policy.churn.model_levels
        if share < levels.lost:
            return "lost"
        if share < levels.warn:
            return "warn"
        return "watch" if share < levels.watch else "none"


MODEL_RISKS = {"warn": ChurnLevel.AT_RISK, "lost": ChurnLevel.SUSPECTED_CHURN}
"""What `churn.method: model` alerts at."""


def rhythm_of(books: Books, policy: Policy) -> Rhythm | None:
    """None with too few orders, or all of them on one day."""
    if books.orders < policy.churn.min_orders or len(books.order_days) < 2:
        return None
    days = [day.on.toordinal() for day in books.order_days]
    gap = median([later - earlier for earlier, later in pairwise(days)])
    last, churn = books.order_days[-1].on, policy.churn
    risky, suspect = _silence(gap, churn.at_risk_factor), _silence(gap, churn.churn_factor)
    return Rhythm(last, gap, last + risky, last + suspect)


def chances_of(history: History, model: ValueModel) -> Chances:
    timing = model.timing
    at_best = timing.buys(history.just_ordered(), BUYS_WITHIN)
    return Chances(timing.buys(history, BUYS_WITHIN), at_best, model.calibration)


@lru_cache(maxsize=4_096)
def _silence(gap: float, factor: Decimal) -> timedelta:
    """Until the first day on which more than `factor` gaps have gone by."""
    return timedelta(days=min(floor(Decimal(gap) * factor) + 1, 36_500))
