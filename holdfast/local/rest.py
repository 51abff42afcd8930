"""Whether nothing is under way any more: judged by offsets and counters, never by a sleep."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple, Self

import httpx2
import msgspec

from holdfast.local.open_topics import Ends, OpenTopics
from holdfast.local.state import StackState
from shared.contracts.topics import WRITERS

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


class Obstacle(NamedTuple):
    """Why there is no rest, and at whom."""

    service: str
    why: str

    def __str__(self) -> str:
        return f"{self.service} {self.why}"


def obstacles(states: States, ends: Ends, at: datetime | None = None) -> list[Obstacle]:
    """None at rest. `at`: what a simulated clock has been told, where all must stand; without it they are not asked."""
    silent = [Obstacle(name, why) for name, why in states.items() if isinstance(why, str)]
    idle = _heard(states)
    late = _late(idle, at + TICK) if at is not None else []
    return [*silent, *late, *_busy(idle), *_behind(idle, ends)]


def _late(idle: Mapping[str, Idle], due: datetime) -> list[Obstacle]:
    return [
        Obstacle(name, f"stands at {state.now.isoformat()}, not at {due.isoformat()}")
        for name, state in idle.items()
        if state.now != due
    ]


def _heard(states: States) -> dict[str, Idle]:
    return {name: state for name, state in states.items() if isinstance(state, Idle)}


def _busy(idle: Mapping[str, Idle]) -> list[Obstacle]:
    waiting = [Obstacle(name, f"has {s.outbox} facts to publish") for name, s in idle.items() if s.outbox]
    return waiting + [Obstacle(name, f"has {s.due} wake-ups or jobs due") for name, s in idle.items() if s.due]


def _behind(idle: Mapping[str, Idle], ends: Ends) -> list[Obstacle]:
    reached = dict(ends)
    for state in idle.values():
        for topic, parts in state.published.items():
            reached |= {(topic, int(part)): offset for part, offset in parts.items()}
    return [
        Obstacle(name, f"has read {stands} of {reached[topic, int(part)]} in {topic}/{part}")
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
        self.http = httpx2.AsyncClient(timeout=5, headers={"Authorization": f"Bearer {self.state.token}"})
        await self.topics.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.http.aclose()
        await self.topics.stop()

    async def look(self, services: Collection[str] = WRITERS) -> States:
        """These services at once; the counters of a service's replicas are added up."""
        urls = self.state.urls()
        found = await asyncio.gather(*(self._service(urls[service]) for service in services))
        return dict(zip(services, found, strict=True))

    async def rest(self, seconds: float, at: datetime | None = None) -> datetime:
        """Two rounds with nothing to do and equal counters: the `now` of all services.

        Raises NotAtRest after so many seconds.
        """
        self._why: list[Obstacle] = [Obstacle("the broker", "does not answer")]
        try:
            async with asyncio.timeout(seconds):
                await self._follow_open_topics()
                await self.topics.read_to_the_end()
                return await self._two_quiet_rounds(at)
        except TimeoutError:
            more = f" and {len(self._why) - MENTIONED} more" if len(self._why) > MENTIONED else ""
            reasons = "; ".join(map(str, self._why[:MENTIONED]))
            raise NotAtRest(f"not at rest after {seconds:g} s: {reasons}{more}") from None

    async def _follow_open_topics(self) -> None:
        """From where the services stand, which is known once all of them answer."""
        while not self.topics.is_following:
            states = await self.look()
            self._why = [Obstacle(name, why) for name, why in states.items() if isinstance(why, str)]
            if not self._why:
                self.topics.follow(_least_consumed(states))
            await asyncio.sleep(PAUSE_SECONDS if self._why else 0)

    async def _two_quiet_rounds(self, at: datetime | None) -> datetime:
        """The first round ends when the last service is quiet: whoever was is not asked again before the second."""
        states = dict(await self.look())
        while True:
            await self._quieten(states, at)
            second = await self.look()
            await self.topics.read_on()
            if not self._obstacles(second, at) and _counters(second) == _counters(states):
                return max(state.now for state in _heard(second).values())
            self._why = [Obstacle("all", "are quiet, then not")]
            states = dict(second)

    async def _quieten(self, states: dict[str, Idle | str], at: datetime | None) -> None:
        """Ask those who are busy again until nobody is."""
        pause = PAUSE_SECONDS
        while found := self._obstacles(states, at):
            self._why = found
            await asyncio.sleep(pause)
            asked_at = time.monotonic()
            await self.topics.read_on()
            states |= await self.look({obstacle.service for obstacle in found})
            pause = max(PAUSE_SECONDS, time.monotonic() - asked_at)  # a busy machine has better things to do

    def _obstacles(self, states: States, at: datetime | None) -> list[Obstacle]:
        """Simulated clocks that were told nothing by us are to stand where the fastest stands."""
        if at is None and self.state.clock == "simulated" and (heard := _heard(states)):
            at = max(state.now for state in heard.values()) - TICK
        return obstacles(states, self.topics.ends, at)

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
    return [state.applied for state in _heard(states).values()]


def _least_consumed(states: States) -> Ends:
    """(topic, partition) -> where the slowest reader stands."""
    least: dict[tuple[str, int], int] = {}
    for state in _heard(states).values():
        for topic, parts in state.consumed.items():
            for part, offset in parts.items():
                least[topic, int(part)] = min(offset, least.get((topic, int(part)), offset))
    return least
