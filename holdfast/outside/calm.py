"""Rest as seen by whoever writes the open topics alone and so knows how far they reach."""

from __future__ import annotations

import asyncio
import time
from datetime import datetime

import httpx2
import msgspec

from holdfast.local.rest import Idle, NotAtRest, Obstacle, obstacles
from holdfast.outside.api import Api

SHORTEST, LONGEST, SHARE = 0.003, 0.25, 0.1
"""Seconds between two looks at a service that is still busy, and as a share of what the rest has taken so far."""
PATIENCE = 0.7
"""A look costs a service as much as some events do: none is taken before this share of what the last rests took."""
ORDER = ("scheduler", "grading", "profile", "feedback")
"""Looked at one by one: who ends the chain of effects is busy longest."""


class Calm:
    """Waits for rest. `ends`: how far the driver itself has written, (topic, partition) -> offset after the last one.

    One quiet look at each service is enough, whenever each was taken. Suppose that services commit something after
    their looks, and take the first such commit. Its cause is a record that its service had not read by its look. If
    the writer had published it by its own look, the reader would have been found behind; if it lay in the outbox
    then, the outbox would not have been empty; so it was committed after the writer's look, before the first commit
    that was.
    """

    def __init__(self, api: Api) -> None:
        self.api = api
        self.ends: dict[tuple[str, int], int] = {}
        self.states: dict[str, Idle | str] = {}
        self.looks = 0
        self._usual: dict[bool, float] = {}
        """Seconds that rests take, after a move of the clock and after inputs."""

    def wrote(self, place: tuple[str, int], end: int) -> None:
        self.ends[place] = max(end, self.ends.get(place, 0))

    async def rest(self, seconds: float, at: datetime | None = None) -> float:
        """Seconds that it took. `at`: what the clocks have been told. Raises NotAtRest after `seconds`."""
        began = time.monotonic()
        await asyncio.sleep(self._usual.get(at is None, 0.0) * PATIENCE)
        waiting = list(ORDER)
        while waiting:
            why = await self._look(waiting[0], at)
            took = time.monotonic() - began
            if took > seconds:
                raise NotAtRest(f"not at rest after {seconds:g} s: {'; '.join(map(str, why[:8]))}")
            if any(obstacle.service == waiting[0] for obstacle in why):
                await asyncio.sleep(min(LONGEST, max(SHORTEST, took * SHARE)))
            elif not waiting[1:]:
                waiting = [name for name in ORDER if any(obstacle.service == name for obstacle in why)]
            else:
                del waiting[0]
        self._usual[at is None] = 0.7 * self._usual.get(at is None, took) + 0.3 * took
        return took

    def published(self) -> int:
        """Records on the topics of our services, at the last looks."""
        heard = [state for state in self.states.values() if isinstance(state, Idle)]
        return sum(offset for state in heard for parts in state.published.values() for offset in parts.values())

    async def _look(self, name: str, at: datetime | None) -> list[Obstacle]:
        """All that stands in the way of rest, by this look and the last ones at the others."""
        self.looks += 1
        self.states[name] = await self._idle(name)
        return obstacles(self.states, self.ends, at)

    async def _idle(self, name: str) -> Idle | str:
        try:
            answer = await self.api.http[name].get("/v1/idle")
        except httpx2.TransportError as error:
            return f"does not answer ({type(error).__name__})"
        if answer.status_code != 200:
            return f"answers {answer.status_code}: {answer.text[:200]}"
        return msgspec.json.decode(answer.content, type=Idle)
