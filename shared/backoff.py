"""Waiting longer each time, with jitter, up to a limit."""

from __future__ import annotations

from secrets import SystemRandom

_random = SystemRandom()


class Backoff:
    """`next()` gives seconds to sleep: doubling from `first` to `most`, each between half and the whole of that."""

    def __init__(self, first: float, most: float) -> None:
        self.first, self.most, self.tries = first, most, 0

    def next(self) -> float:
        seconds = min(self.most, self.first * 2 ** min(self.tries, 30))
        self.tries += 1
        return float(seconds * _random.uniform(0.5, 1.0))
