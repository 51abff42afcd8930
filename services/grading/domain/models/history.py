"""What the models know of one customer: enough for every number, whatever the customer's age."""

from __future__ import annotations

from msgspec import Struct


class History(Struct, frozen=True):
    """Repeat order days, and how old the customer was at the last of them and is now, both in weeks."""

    repeats: int
    """x: order days after the first."""
    last_week: float
    """t_x: weeks from the first order day to the last."""
    weeks: float
    """T: weeks from the first order day to now."""

    def just_ordered(self) -> History:
        """The same customer had they ordered today for the last time."""
        return History(self.repeats, self.weeks, self.weeks)
