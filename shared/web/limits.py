"""How fast somebody may ask: so many requests a second for long, ten seconds' worth of them at once."""

from __future__ import annotations

import time
from collections import OrderedDict
from typing import NamedTuple

AT_ONCE_SECONDS = 10
KNOWN = 10_000
"""Who is remembered; whoever asked longest ago is forgotten first, and has a full bucket again."""


class _Bucket(NamedTuple):
    left: float
    at: float


class Buckets:
    """One for each who asks, of this process alone."""

    def __init__(self, rate: int) -> None:
        """`rate`: a second; 0 is no limit."""
        self._rate = rate
        self._buckets: OrderedDict[str, _Bucket] = OrderedDict()

    def takes(self, who: str) -> bool:
        """Whether one more request is let in; it is counted then."""
        if not self._rate:
            return True
        now, full = time.monotonic(), float(self._rate * AT_ONCE_SECONDS)
        before = self._buckets.pop(who, None)
        left = full if before is None else min(full, before.left + (now - before.at) * self._rate)
        self._buckets[who] = _Bucket(left - 1 if left >= 1 else left, now)
        if len(self._buckets) > KNOWN:
            self._buckets.popitem(last=False)
        return left >= 1
