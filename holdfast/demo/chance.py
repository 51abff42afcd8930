"""Seeded chance: the same names draw the same lot in every run, whatever else was drawn."""

from __future__ import annotations

import random
from datetime import date, datetime, time, timedelta

from shared.clock import start_of_day

SEED = 1997


class Chance:
    """Draws by name."""

    def __init__(self, seed: int = SEED) -> None:
        self.seed = seed

    def of(self, *names: object) -> random.Random:
        """A generator of its own for these names."""
        return random.Random(f"{self.seed}|{'|'.join(map(str, names))}")  # noqa: S311 - a simulation

    def moment(self, day: date, *names: object) -> datetime:
        """An instant of this day between 8 and 20 o'clock, UTC."""
        return midnight(day) + timedelta(seconds=self.of("moment", day, *names).randrange(8 * 3600, 20 * 3600))


def midnight(day: date) -> datetime:
    """The 00:00 at which the clock stops."""
    return start_of_day(day, "UTC")


def noon(day: date) -> datetime:
    return midnight(day) + timedelta(hours=time(12).hour)
