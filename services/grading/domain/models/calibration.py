"""What a closed window has taught about chances that were told before it."""

from __future__ import annotations

from datetime import date
from math import exp, log, log1p

from msgspec import Struct


class Calibration(Struct, frozen=True):
    """A straight line in log-odds; `slope` is above zero, so that who was likelier stays likelier."""

    intercept: float
    slope: float
    since: date
    """The day on which the chances were told; the window began the day after."""
    customers: int

    def of(self, chance: float) -> float:
        """The chance as it turned out for those of whom it was told."""
        if chance <= 0 or chance >= 1:
            return chance
        odds = self.intercept + self.slope * (log(chance) - log1p(-chance))
        return 1 / (1 + exp(-odds)) if odds > 0 else exp(odds) / (1 + exp(odds))
