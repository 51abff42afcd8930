"""The producer outside the system: upstream events and the clock, each acknowledged before it counts as sent."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from typing import Any

from aiokafka import AIOKafkaProducer

from tests.oracle.history import Bad, Sent

UPSTREAM, CLOCK = "holdfast.upstream.v1", "holdfast.clock.v1"
HEADERS = [("content-type", b"application/cloudevents+json")]


class Upstream:
    """Sends one after the other per customer."""

    def __init__(self, bootstrap: str) -> None:
        self.bootstrap = bootstrap
        self.sent = 0

    async def __aenter__(self) -> Upstream:
        self.producer = AIOKafkaProducer(
            bootstrap_servers=self.bootstrap, acks="all", enable_idempotence=True, request_timeout_ms=60_000
        )
        await self.producer.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.producer.stop()

    async def send(self, events: Sequence[Sent | Bad]) -> None:
        """In this sequence, acknowledged when it returns; an outage of the broker is waited out by the client."""
        futures = [await self._send(UPSTREAM, one.event, one.event["subject"]) for one in events]
        for future in futures:
            await future
        self.sent += len(events)

    async def move_clock(self, day: date) -> None:
        now = f"{day.isoformat()}T00:00:00+00:00"
        event = {"specversion": "1.0", "id": f"clock/{day}", "source": "faults", "type": "holdfast.clock.moved.v1"}
        await (await self._send(CLOCK, event | {"time": now, "data": {"now": now}}, None))

    async def _send(self, topic: str, event: dict[str, Any], key: str | None) -> Any:
        return await self.producer.send(
            topic, json.dumps(event).encode(), key=key.encode() if key else None, headers=HEADERS
        )
