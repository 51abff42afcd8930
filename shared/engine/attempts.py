"""Applying a batch whatever happens: wait out the database, split off the value that breaks, isolate what kills."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Iterable, Sequence
from typing import Any

import asyncpg
import msgspec
import structlog
from structlog.contextvars import bound_contextvars

from shared.backoff import Backoff
from shared.engine import offsets
from shared.engine.apply import Engine, Retry
from shared.engine.decision import Event
from shared.engine.fence import fence_of
from shared.engine.inputs import Input, Unreadable
from shared.engine.policies import NoPolicy
from shared.postgres.pool import INFRASTRUCTURE, is_data_error
from shared.traces.context import words

log = structlog.get_logger(__name__)

WINDOW, SHARE, LEAST = 10_000, 0.01, 20
"""More than 1 % of the last 10,000 inputs, and at least 20, failing in a rule: stop and say so."""

LONG_SECONDS = 4.5
"""What the database allows a transaction to be idle (`shared/postgres/pool.py`), less what a clock may be off."""


class OutageTooLong(Exception):
    """The database has been away for so long that the subscription is better stopped cleanly."""


class TooManyFailures(Exception):
    """The rules fail on input after input: going on would drain the log into the dead letters."""


class TooLong(Exception):
    """A batch failed after a time in which the database cuts a transaction off: a shorter one may go through."""


class Attempts:
    """Applies batches for one reader."""

    def __init__(self, engine: Engine, outage_seconds: float) -> None:
        self.engine = engine
        self.outage_seconds = outage_seconds
        self.inputs = 0
        self.failed: deque[int] = deque()
        """Of the inputs that failed within the window, which ones they were."""
        self._first = True

    async def apply(self, inputs: Sequence[Input]) -> None:
        """Apply records in this order. Raises FenceLost, OutageTooLong, TooManyFailures."""
        alone = self._first and await self._dies_here(inputs)
        for part in ([i] for i in inputs) if alone else (inputs,):
            await self._alone(part[0]) if alone else await self._split(part)
        self._first = False

    async def _dies_here(self, inputs: Sequence[Input]) -> bool:
        starts: dict[tuple[str, int], int] = {}
        for item in inputs:
            if item.origin:
                starts.setdefault((item.origin.topic, item.origin.part), item.origin.start)
        n: int = await self._outlast(
            lambda: offsets.count_starts(self.engine.pool, [(*k, v) for k, v in starts.items()])
        )
        if n >= 3:
            log.error("crash_loop", starts=n, records=len(inputs), action="records are tried one by one")
        return n >= 3

    async def _alone(self, item: Input) -> None:
        origin = item.origin
        if origin and await offsets.mark_alone(self.engine.pool, origin.topic, origin.part, origin.start):
            item = _dead(item, "the process died three times at this record")
        await self._split([item])

    async def _split(self, inputs: Sequence[Input]) -> None:
        """Halve a batch that a value breaks until the culprit stands alone; it becomes a dead letter.

        One that the database has cut off for its length is halved as well, and goes through in parts.
        """
        try:
            await self._outlast(lambda: self._in_time(inputs))
        except INFRASTRUCTURE as error:  # a data error: `_outlast` waits out all others
            if len(inputs) == 1:
                culprit = _dead(inputs[0], f"the database refused it: {error}")
                await self._outlast(lambda: self._once([culprit]))
                return
            await self._halves(inputs)
        except TooLong as error:
            log.warning("batch_too_long", records=len(inputs), error=str(error), action="it is halved")
            await self._halves(inputs)

    async def _halves(self, inputs: Sequence[Input]) -> None:
        middle = len(inputs) // 2
        await self._split(inputs[:middle])
        await self._split(inputs[middle:])

    async def _in_time(self, inputs: Sequence[Input]) -> None:
        """Raises TooLong where several took so long that the database may have cut them off."""
        began = time.monotonic()
        try:
            await self._once(inputs)
        except INFRASTRUCTURE as error:
            if is_data_error(error) or len(inputs) == 1 or time.monotonic() - began < LONG_SECONDS:
                raise
            raise TooLong(repr(error)) from error

    async def _once(self, inputs: Sequence[Input]) -> None:
        with bound_contextvars(**self._trace(item.event for item in inputs if item.event)):
            done = await self.engine.apply(inputs, fence_of(inputs))
            for failure in done.failures:
                log.error("rule_failed", traceback=failure.detail, **self._trace([failure.event]))
            self._count(len(inputs), len(done.failures))
            log.info("batch_applied", inputs=len(inputs), facts=done.facts, dead_letters=done.dead)

    def _trace(self, events: Iterable[Event | None]) -> dict[str, str]:
        """For lines about these, where they are all of one trace."""
        asked = ((event.traceparent, event.id) if event else (None, "") for event in events)
        return words(self.engine.rules.service, asked)

    def _count(self, inputs: int, failures: int) -> None:
        self.inputs += inputs
        self.failed.extend([self.inputs] * failures)
        while self.failed and self.failed[0] <= self.inputs - WINDOW:
            self.failed.popleft()
        seen = min(self.inputs, WINDOW)
        if len(self.failed) >= LEAST and len(self.failed) > SHARE * seen:
            raise TooManyFailures(f"{len(self.failed)} of the last {seen} inputs failed in a rule")

    async def _outlast(self, work: Any) -> Any:
        """Try again while the database is away, busy or deadlocked, up to `outage_seconds`."""
        backoff, since = Backoff(0.05, 2.0), time.monotonic()
        while True:
            try:
                return await work()
            except (*INFRASTRUCTURE, Retry, NoPolicy) as error:
                if is_data_error(error) and not isinstance(error, asyncpg.UniqueViolationError):
                    raise
                if isinstance(error, asyncpg.UniqueViolationError) and backoff.tries >= 3:
                    raise
                if time.monotonic() - since > self.outage_seconds:
                    raise OutageTooLong(str(error)) from error
                log.warning("database_retry", error=repr(error), tries=backoff.tries)
                await asyncio.sleep(backoff.next())


def _dead(item: Input, why: str) -> Input:
    event = item.event
    named = (event.id, event.key) if event else (None, None)
    return msgspec.structs.replace(item, event=None, unreadable=Unreadable("internal_error", why, *named))
