"""Rest as seen by whoever writes the open topics alone and so knows how far they reach."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable, Mapping
from datetime import datetime

import httpx2
import msgspec

from holdfast.local.rest import TICK, Idle, NotAtRest, obstacles
from holdfast.outside.api import Api

SHORTEST, LONGEST, GROWTH = 0.002, 0.02, 1.5
"""Seconds between two looks at a service that is still busy."""

Place = tuple[str, int]


class Calm:
    """Waits for rest. `ends`: how far the driver itself has written, (topic, partition) -> offset after the last record.

    One quiet look at each service is enough, whenever each was taken. Suppose a service commits something after its
    look, and take the first such commit of all services: its cause is a record that the service had not read by its
    look. Its writer published it before its own look, and then the look at the reader would have been found behind
    it; or after, and then it lay in the writer's outbox at that look, which was seen empty, or was committed after
    it, which is earlier than the first.
    """

    def __init__(self, api: Api) -> None:
        self.api = api
        self.ends: dict[Place, int] = {}
        self.states: dict[str, Idle] = {}
        self.looks = 0
        self.seconds = 0.0

    def wrote(self, place: Place, end: int) -> None:
        self.ends[place] = max(end, self.ends.get(place, 0))

    async def rest(self, seconds: float, at: datetime | None = None) -> float:
        """Seconds that it took. `at`: where all clocks must stand. Raises NotAtRest after `seconds`."""
        began = time.monotonic()
        pause, busy = SHORTEST, tuple(self.api.urls)
        while busy:
            await self._look(busy)
            busy = tuple(name for name in self.api.urls if self._is_busy(name, at))
            if not busy:
                break
            if time.monotonic() - began > seconds:
                raise NotAtRest(f"not at rest after {seconds:g} s: {'; '.join(obstacles(self.states, self.ends, at)[:8])}")
            await asyncio.sleep(pause)
            pause = min(LONGEST, pause * GROWTH)
        self.seconds += time.monotonic() - began
        return time.monotonic() - began

    def backlog(self) -> int:
        """Records that somebody had still to read at the last looks."""
        reached = self._reached()
        return sum(
            max(0, reached.get((topic, int(part)), 0) - stands)
            for state in self.states.values()
            for topic, parts in state.consumed.items()
            for part, stands in parts.items()
        )

    async def _look(self, names: Iterable[str]) -> None:
        for name, state in zip(names, await asyncio.gather(*map(self._idle, names)), strict=True):
            if state is not None:
                self.states[name] = state

    async def _idle(self, name: str) -> Idle | None:
        self.looks += 1
        try:
            answer = await self.api.http.get(f"{self.api.urls[name]}/v1/idle")
        except httpx2.TransportError:
            return None
        return msgspec.json.decode(answer.content, type=Idle) if answer.status_code == 200 else None

    def _is_busy(self, name: str, at: datetime | None) -> bool:
        state = self.states.get(name)
        if state is None or state.outbox or state.due or (at is not None and state.now != at + TICK):
            return True
        reached = self._reached()
        return any(
            stands < reached.get((topic, int(part)), 0)
            for topic, parts in state.consumed.items()
            for part, stands in parts.items()
        )

    def _reached(self) -> Mapping[Place, int]:
        reached = dict(self.ends)
        for state in self.states.values():
            for topic, parts in state.published.items():
                reached |= {(topic, int(part)): offset for part, offset in parts.items()}
        return reached
