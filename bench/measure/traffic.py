"""Live inputs at an even rate beside other work, taken as a reader takes them, and how long each waited."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from statistics import quantiles

from shared.engine.apply import Engine
from shared.engine.inputs import Input


class Traffic:
    """So many a second; all that have come since the last batch are the next one. `make` gives the n-th."""

    def __init__(self, engine: Engine, rate: int, make: Callable[[int], Input]) -> None:
        self.engine, self.rate, self.make = engine, rate, make
        self.number = 0
        self.waited: list[float] = []
        """Seconds from its turn until it was committed, of each since the last `flowing` began."""

    @asynccontextmanager
    async def flowing(self) -> AsyncIterator[None]:
        self.waited = []
        task = asyncio.create_task(self._flow())
        try:
            yield
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    def told(self) -> str:
        if len(self.waited) < 2:
            return "no live facts"
        cuts = quantiles(self.waited, n=100)
        return (
            f"{len(self.waited):,} live facts waited {1e3 * cuts[49]:.0f} / {1e3 * cuts[98]:.0f} /"
            f" {1e3 * max(self.waited):.0f} ms (p50, p99, the longest)"
        )

    async def _flow(self) -> None:
        begin, taken = time.perf_counter(), 0
        while self.rate:
            await asyncio.sleep(max(0.0, begin + taken / self.rate - time.perf_counter()))
            come = int((time.perf_counter() - begin) * self.rate) + 1
            done = await self.engine.apply([self.make(self.number + n) for n in range(come - taken)])
            assert not done.failures, done.failures[0]
            now = time.perf_counter() - begin
            self.waited += [now - n / self.rate for n in range(taken, come)]
            self.number, taken = self.number + come - taken, come
