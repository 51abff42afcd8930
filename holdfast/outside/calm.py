"""Rest as seen by whoever writes the open topics alone and so knows how far they reach."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Collection
from datetime import datetime

import httpx2
import msgspec

from holdfast.local.rest import Idle, NotAtRest, Obstacle, obstacles
from holdfast.outside.api import Api

SHORTEST, LONGEST, SHARE = 0.003, 0.25, 0.1
"""Seconds between two looks at a service that is still busy, and as a share of what the rest has taken so far."""
PATIENCE, REMEMBERED = 0.9, 6
"""A look costs a service as much as some events do: none is taken before this share of the shortest of the last rests.
"""
LAST = "scheduler"
"""Who ends the chain of effects is busy longest: the others are looked at once it is quiet."""
OTHERS = ("grading", "profile", "feedback")


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
        self._took = {moved: deque([0.0], REMEMBERED) for moved in (True, False)}
        """Seconds that the last rests took, after a move of the clock and after inputs."""

    def wrote(self, place: tuple[str, int], end: int) -> None:
        self.ends[place] = max(end, self.ends.get(place, 0))

    async def rest(self, seconds: float, at: datetime | None = None) -> float:
        """Seconds that it took. `at`: what the clocks have been told. Raises NotAtRest after `seconds`."""
        began = time.monotonic()
        await asyncio.sleep(min(self._took[at is not None]) * PATIENCE)
        asked: Collection[str] = (LAST,)
        while asked:
            why = await self._look(asked, at)
            busy = {obstacle.service for obstacle in why}
            took = time.monotonic() - began
            if took > seconds:
                raise NotAtRest(f"not at rest after {seconds:g} s: {'; '.join(map(str, why[:8]))}")
            if LAST in busy and LAST in asked:
                asked = (LAST,)
                await asyncio.sleep(min(LONGEST, max(SHORTEST, took * SHARE)))
            elif asked == (LAST,):
                asked = OTHERS
            elif asked := busy:
                await asyncio.sleep(SHORTEST)
        self._took[at is not None].append(took)
        return took

    def published(self) -> int:
        """Records on the topics of our services, at the last looks."""
        heard = [state for state in self.states.values() if isinstance(state, Idle)]
        return sum(offset for state in heard for parts in state.published.values() for offset in parts.values())

    async def _look(self, names: Collection[str], at: datetime | None) -> list[Obstacle]:
        """All that stands in the way of rest, by these looks and the last ones at the others."""
        self.looks += len(names)
        self.states.update(zip(names, await asyncio.gather(*map(self._idle, names)), strict=True))
        return obstacles(self.states, self.ends, at)

    async def _idle(self, name: str) -> Idle | str:
        try:
            answer = await self.api.http[name].get("/v1/idle")
        except httpx2.TransportError as error:
            return f"does not answer ({type(error).__name__})"
        if answer.status_code != 200:
            return f"answers {answer.status_code}: {answer.text[:200]}"
        return msgspec.json.decode(answer.content, type=Idle)
