"""One connection to a running stack: upstream events in over Kafka, questions and commands over HTTP, facts out."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AsyncExitStack
from datetime import datetime
from typing import Any
from uuid import uuid4

import httpx2
from aiokafka import AIOKafkaProducer
from aiokafka.structs import RecordMetadata

from holdfast.local.clock import driving
from holdfast.local.state import StackState
from shared.contracts.topics import topics
from tests.driving.events import STRUCTURED, as_bytes
from tests.driving.facts import Facts

Json = dict[str, Any]
REST_SECONDS = 120.0
BIGGEST = 30_000_000
"""More than any broker takes uncompressed: what is too large is for the product to say."""


class Client:
    """An async context. Nothing in it knows a table of the product."""

    def __init__(self, state: StackState) -> None:
        self.state = state
        self.urls = {member.service: member.url for member in state.members}
        self.upstream = topics(state.topic_prefix).upstream
        self._held = AsyncExitStack()

    async def __aenter__(self) -> Client:
        enter = self._held.enter_async_context
        headers = {"Authorization": f"Bearer {self.state.token}"}
        self.http = await enter(httpx2.AsyncClient(timeout=60, headers=headers))
        self.producer = await enter(
            AIOKafkaProducer(
                **self.state.kafka_settings().client_options(),
                acks="all",
                compression_type="gzip",
                max_request_size=BIGGEST,
            )
        )
        self.driver = await enter(driving(self.state))
        self.facts = await enter(Facts(self.state.kafka_settings()))
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._held.aclose()

    # -- in

    async def send(self, made: Json) -> RecordMetadata:
        """An event as well-behaved systems send it: keyed by its subject."""
        return await self.send_record(as_bytes(made), (made.get("subject") or "").encode() or None)

    async def send_record(
        self, value: bytes | None, key: bytes | None, headers: Any = STRUCTURED, partition: int | None = None
    ) -> RecordMetadata:
        return await self.producer.send_and_wait(self.upstream, value, key, partition, headers=list(headers))

    # -- time

    async def settle(self) -> None:
        await self.driver.probe.rest(REST_SECONDS)

    async def now(self) -> datetime:
        return await self.driver.now(REST_SECONDS)

    async def leap(self, to: datetime) -> None:
        """One `clock.moved` however far it goes: each service finds the days between by itself."""
        place, end = await self.driver.hand.move(to)
        self.driver.probe.topics.ends[place] = end
        await self.driver.probe.rest(REST_SECONDS, to)

    # -- out

    async def ask(self, method: str, service: str, path: str, **how: Any) -> httpx2.Response:
        return await self.http.request(method, self.urls[service] + path, **how)

    async def get(self, service: str, path: str, **query: Any) -> Json:
        answer = await self.ask("GET", service, path, params=query)
        assert answer.status_code == 200, f"GET {service}{path} {query}: {answer.status_code} {answer.text[:500]}"
        found: Json = answer.json()
        return found

    async def post(self, service: str, path: str, body: Json) -> httpx2.Response:
        return await self.ask("POST", service, path, json=body, headers={"Idempotency-Key": uuid4().hex})

    async def facts_of(self, name: str, customer: str) -> list[Json]:
        """All of this type about one customer so far; ask at rest."""
        await self.facts.read_to(await self.published())
        return self.facts.of(name, customer)

    async def published(self) -> Mapping[str, Mapping[str, int]]:
        found: dict[str, dict[str, int]] = {}
        for service in self.urls:
            for topic, parts in (await self.get(service, "/v1/idle"))["published"].items():
                mine = found.setdefault(topic, {})
                mine |= {part: max(offset, mine.get(part, 0)) for part, offset in parts.items()}
        return found
