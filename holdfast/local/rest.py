"""Whether nothing is under way any more: judged by offsets and counters, never by a sleep."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Self

import httpx2
import msgspec

from holdfast.local.open_topics import Ends, OpenTopics
from holdfast.local.state import StackState

TICK = timedelta(microseconds=1)
"""A clock told T reads this much later."""
PAUSE_SECONDS = 0.004
MENTIONED = 8

Offsets = Mapping[str, Mapping[str, int]]
"""Topic -> partition -> the offset after the last one."""


class NotAtRest(Exception):
    """Says what is still under way."""


class Idle(msgspec.Struct, frozen=True):
    """What `/v1/idle` of a service says."""

    now: datetime
    published: Offsets
    consumed: Offsets
    outbox: int
    due: int
    applied: int


States = Mapping[str, Idle | str]
"""Service -> what it says, or why it says nothing."""


def obstacles(states: States, ends: Ends, at: datetime | None = None) -> list[str]:
    """Why this is no rest, each reason in words; none at rest. `at`: where all clocks must stand."""
    silent = [f"{name} {why}" for name, why in states.items() if isinstance(why, str)]
    idle = {name: state for name, state in states.items() if isinstance(state, Idle)}
    return [*silent, *_clocks(idle, at), *_busy(idle), *_behind(idle, ends)]


def _clocks(idle: Mapping[str, Idle], at: datetime | None) -> list[str]:
    if at is not None:
        return [f"{name} has not heard of {at.isoformat()}" for name, s in idle.items() if s.now != at + TICK]
    if len({state.now for state in idle.values()}) > 1:
        return ["the clocks differ: " + ", ".join(f"{name} {s.now.isoformat()}" for name, s in idle.items())]
    return []


def _busy(idle: Mapping[str, Idle]) -> list[str]:
    waiting = [f"{name} has {s.outbox} facts to publish" for name, s in idle.items() if s.outbox]
    return waiting + [f"{name} has {s.due} wake-ups or jobs due" for name, s in idle.items() if s.due]


def _behind(idle: Mapping[str, Idle], ends: Ends) -> list[str]:
    reached = dict(ends)
    for state in idle.values():
        for topic, parts in state.published.items():
            reached |= {(topic, int(part)): offset for part, offset in parts.items()}
    return [
        f"{name} has read {stands} of {reached[topic, int(part)]} in {topic}/{part}"
        for name, state in idle.items()
        for topic, parts in state.consumed.items()
        for part, stands in parts.items()
        if stands < reached.get((topic, int(part)), 0)
    ]


class Probe:
    """Looks at a running stack over connections that stay open; an async context."""

    def __init__(self, state: StackState) -> None:
        self.state = state
        self.topics = OpenTopics(state.kafka_settings())

    async def __aenter__(self) -> Self:
        self.http = httpx2.AsyncClient(timeout=30, headers={"Authorization": f"Bearer {self.state.token}"})
        await self.topics.start(_least_consumed(await self.look()))
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.http.aclose()
        await self.topics.stop()

    async def look(self) -> States:
        """All services at once; the counters of a service's replicas are added up."""
        urls = self.state.urls()
        found = await asyncio.gather(*(self._service(of) for of in urls.values()))
        return dict(zip(urls, found, strict=True))

    async def rest(self, seconds: float, at: datetime | None = None) -> datetime:
        """Two rounds with nothing to do and equal counters: the `now` of all services.

        Raises NotAtRest after so many seconds.
        """
        self._why = ["the broker does not answer"]
        try:
            async with asyncio.timeout(seconds):
                await self.topics.read_to_the_end()
                return await self._two_quiet_rounds(at)
        except TimeoutError:
            more = f" and {len(self._why) - MENTIONED} more" if len(self._why) > MENTIONED else ""
            reasons = "; ".join(self._why[:MENTIONED])
            raise NotAtRest(f"not at rest after {seconds:g} s: {reasons}{more}") from None

    async def _two_quiet_rounds(self, at: datetime | None) -> datetime:
        last: list[int] | None = None
        while True:
            states = await self.look()
            why = obstacles(states, self.topics.ends, at)
            counters = None if why else _counters(states)
            if counters is not None and counters == last:
                return next(state.now for state in states.values() if isinstance(state, Idle))
            self._why, last = why or ["inputs are being applied"], counters
            await asyncio.sleep(PAUSE_SECONDS)
            await self.topics.read_on()

    async def _service(self, urls: Sequence[str]) -> Idle | str:
        answers = await asyncio.gather(*(self._replica(url) for url in urls))
        silent = next((answer for answer in answers if isinstance(answer, str)), None)
        heard = [answer for answer in answers if isinstance(answer, Idle)]
        return silent or msgspec.structs.replace(heard[0], applied=sum(answer.applied for answer in heard))

    async def _replica(self, url: str) -> Idle | str:
        try:
            answer = await self.http.get(f"{url}/v1/idle")
        except httpx2.TransportError as error:
            return f"does not answer ({type(error).__name__})"
        if answer.status_code != 200:
            return f"answers {answer.status_code}: {answer.text[:200]}"
        return msgspec.json.decode(answer.content, type=Idle)


def _counters(states: States) -> list[int]:
    return [state.applied for state in states.values() if isinstance(state, Idle)]


def _least_consumed(states: States) -> Ends:
    """(topic, partition) -> where the slowest reader stands."""
    least: dict[tuple[str, int], int] = {}
    for state in states.values():
        for topic, parts in (state.consumed if isinstance(state, Idle) else {}).items():
            for part, offset in parts.items():
                least[topic, int(part)] = min(offset, least.get((topic, int(part)), offset))
    return least
