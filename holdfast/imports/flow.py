"""How much waits between what was sent and what all services have made of it, by their own offsets."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any, Final

import httpx2

from shared.contracts.topics import WRITERS, Topics
from shared.kafka.settings import KafkaSettings

WINDOW: Final = 50_000
"""Events that may wait anywhere: enough to keep all busy, and what others send is not long behind them."""
PAUSE: Final = 0.25

Offsets = Mapping[str, Mapping[str, int]]


class NoAnswer(ValueError):
    """A service cannot be asked."""


class Flow:
    """Asks all services; `wrote` tells it what went to the upstream topic."""

    def __init__(self, clients: Mapping[str, httpx2.AsyncClient], topics: Topics) -> None:
        self.clients, self.topics = clients, topics
        self.written: dict[str, int] = {}

    def wrote(self, part: int, next_offset: int) -> None:
        self.written[str(part)] = max(next_offset, self.written.get(str(part), 0))

    async def waiting(self) -> int:
        """The longest queue: upstream before profile, a topic before the slowest of its readers, or an outbox."""
        idle = dict(zip(WRITERS, await asyncio.gather(*(self.ask(name, "/v1/idle") for name in WRITERS)), strict=True))
        queues = [_behind(self.written, idle["profile"]["consumed"].get(self.topics.upstream, {}))]
        for writer, state in idle.items():
            topic = self.topics.of(writer)
            said = state["published"].get(topic, {})
            readers = [other["consumed"][topic] for other in idle.values() if topic in other["consumed"]]
            queues += [state["outbox"], *(_behind(said, read) for read in readers)]
        return max(queues)

    async def settle(self, most: int) -> None:
        """Wait until no queue is longer."""
        while True:
            if await self.waiting() <= most:
                return
            await asyncio.sleep(PAUSE)

    async def ask(self, service: str, path: str) -> dict[str, Any]:
        """What a route answers; a service that starts or is busy is asked again. Raises NoAnswer."""
        why = ""
        for _ in range(240):
            try:
                answer = await self.clients[service].get(path)
            except httpx2.TransportError as error:
                why = repr(error)
            else:
                if answer.status_code == 200:
                    body: dict[str, Any] = answer.json()
                    return body
                if answer.status_code != 503:
                    raise NoAnswer(f"{service} answers {answer.status_code}: {answer.text[:200]}")
                why = answer.text[:200]
            await asyncio.sleep(PAUSE)
        raise NoAnswer(f"{service} does not answer: {why}")


def _behind(ends: Mapping[str, int], read: Mapping[str, int]) -> int:
    return sum(max(0, end - read.get(part, 0)) for part, end in ends.items())


def clients_of(urls: Mapping[str, str], token: str) -> dict[str, httpx2.AsyncClient]:
    headers = {"Authorization": f"Bearer {token}"}
    return {name: httpx2.AsyncClient(base_url=urls[name], headers=headers, timeout=30) for name in WRITERS}


class Target:
    """Where an import goes: the services, and their broker."""

    def __init__(self, urls: Mapping[str, str], token: str, kafka: KafkaSettings) -> None:
        self.urls, self.token, self.kafka = urls, token, kafka
