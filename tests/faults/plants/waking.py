"""Bugs about time."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from shared.engine import offsets, wakeups, waking
from shared.engine.fold import Fold

TICK = timedelta(microseconds=1)


def wall_clock_in_wake_up() -> None:
    """A wake-up looks at the clock instead of at the instant that it was due."""
    context = Fold.context

    def late(self: Any, stream: Any, now: datetime, cause: Any, **more: Any) -> Any:
        return context(self, stream, self.world.clock if cause.type == "time.passed" else now, cause, **more)

    Fold.context = late  # type: ignore[method-assign]


def wake_without_gate() -> None:
    """Wake-ups run as soon as the clock has passed, whatever still waits to be read."""

    async def at_once(_connection: Any, _clock_topic: str, now: datetime, _grace: timedelta) -> datetime:
        return now

    module: Any = offsets
    module.gate = at_once
    wakeups.WAITING = _with(wakeups.WAITING, "wake_at < (select until from gate)", "wake_at is not null")


def fold_with_le() -> None:
    """A wake-up goes before what was recorded at its very instant."""
    wake = waking.wake
    module: Any = waking
    module.wake = lambda fold, stream, limit: wake(fold, stream, limit + TICK)


def gate_with_le() -> None:
    """The wake-up loop takes what is due at the instant up to which the topics have been read."""
    safely = waking.wake_safely
    module: Any = waking
    wakeups.CLAIM = _with(wakeups.CLAIM, "wake_at < ", "wake_at <= ")
    wakeups.WAITING = _with(wakeups.WAITING, "wake_at < ", "wake_at <= ")
    module.wake_safely = lambda fold, stream, limit: safely(fold, stream, limit + TICK)


def _with(statement: str, right: str, wrong: str) -> str:
    """Raises LookupError where the engine's text is another one: the bug would not be there."""
    if right not in statement:
        raise LookupError(f"no {right!r} in {statement}")
    return statement.replace(right, wrong)
