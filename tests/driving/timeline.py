"""One clock for many cases: it moves, or rest is waited for, once every case that still runs waits for it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

from shared.clock import start_of_day
from tests.driving.client import REST_SECONDS, Client

Case = Callable[[], Awaitable[None]]
Move = Callable[[], Awaitable[None]]
FAR = timedelta(days=31)
"""Days between that no case asks for are leapt over: each service has them at their own instants all the same."""


class Turn(NamedTuple):
    """What one case waits for: the start of a day, or a move of its own before any other."""

    day: date | None
    move: Move | None
    done: asyncio.Future[None]


class Timeline:
    def __init__(self, client: Client) -> None:
        self.client = client
        self._turns: list[Turn] = []
        self._running = 0
        self._all_wait = asyncio.Event()

    async def play(self, cases: Mapping[str, Case]) -> dict[str, BaseException | None]:
        """Run all of them to their ends; what each raised."""
        self._running = len(cases)
        tasks = [asyncio.create_task(self._run(case)) for case in cases.values()]
        while True:
            await self._all_wait.wait()
            if not self._turns:
                break
            self._all_wait.clear()
            await self._next()
        return dict(zip(cases, await asyncio.gather(*tasks), strict=True))

    async def reach(self, day: date) -> None:
        """Wait until it is 00:00 of this day and everything is at rest."""
        await self._wait(day, None)

    async def settle(self) -> None:
        """Wait until everything is at rest."""
        await self._wait(None, self.client.settle)

    async def alone(self, move: Move) -> None:
        """Make a move while all other cases wait."""
        await self._wait(None, move)

    async def _run(self, case: Case) -> BaseException | None:
        try:
            await case()
        except Exception as error:  # noqa: BLE001 - kept, and raised again in the case's own test
            return error
        else:
            return None
        finally:
            self._pause()

    def _pause(self) -> None:
        self._running -= 1
        if self._running == 0:
            self._all_wait.set()

    async def _wait(self, day: date | None, move: Move | None) -> None:
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._turns.append(Turn(day, move, done))
        self._pause()
        await done

    async def _next(self) -> None:
        turns = self._first()
        self._turns = [turn for turn in self._turns if turn not in turns]
        problem: BaseException | None = None
        try:
            await self._make(turns[0])
        except Exception as error:  # noqa: BLE001 - every case that waited for it fails with it
            problem = error
        self._running += len(turns)
        for turn in turns:
            turn.done.set_exception(problem) if problem else turn.done.set_result(None)

    def _first(self) -> list[Turn]:
        """Those who wait for rest, together; else one own move; else those of the earliest day."""
        settling = [turn for turn in self._turns if turn.move == self.client.settle]
        moving = [turn for turn in self._turns if turn.move is not None]
        earliest = min((turn.day for turn in self._turns if turn.day is not None), default=None)
        return settling or moving[:1] or [turn for turn in self._turns if turn.day == earliest]

    async def _make(self, turn: Turn) -> None:
        if turn.move is not None:
            await turn.move()
            return
        assert turn.day is not None
        at = start_of_day(turn.day, "UTC")
        if (now := await self.client.now()) < at - FAR:
            await self.client.leap(at - timedelta(days=1))
        if now < at:
            await self.client.driver.advance(at, REST_SECONDS)


def instant(day: str) -> datetime:
    """00:00 of this day."""
    return datetime.fromisoformat(day).replace(tzinfo=UTC)
