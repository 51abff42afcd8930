"""Gamma-Gamma (Fader, Hardie 2013): what an order day is worth, learnt from all order days, the first included."""

from __future__ import annotations

from msgspec import Struct


class GammaGamma(Struct, frozen=True):
    """Amounts are gamma(p, ·) within a customer, their scale gamma(q, v [minor units]) over customers."""

    p: float
    q: float
    v: float

    @property
    def typical(self) -> float:
        """The mean of all customers: minor units per order day."""
        return self.p * self.v / (self.q - 1)

    @property
    def patience(self) -> float:
        """As many order days of one's own weigh as much as the mean of all."""
        return (self.q - 1) / self.p

    def per_day(self, spent: float, days: int) -> float:
        """What the next order day of somebody is worth who spent so much on so many days."""
        return (self.patience * self.typical + spent) / (self.patience + days)
