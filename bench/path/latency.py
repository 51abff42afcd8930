"""From the sending of an upstream record to the moment at which somebody outside has read what follows from it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any, NamedTuple

import msgspec
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer

from bench.path.events import registered
from shared.contracts.envelope import CONTENT_TYPE
from shared.contracts.scheduler import FollowupScheduled
from shared.contracts.topics import topics
from shared.kafka.settings import KafkaSettings

LINGER_SECONDS = 20.0


class Read(NamedTuple):
    """A fact as it was seen from outside."""

    at: float
    id: str
    type: str
    cause: str


class Outside:
    """Reads all that profile, grading and scheduler say, from its start on; an async context."""

    def __init__(self, kafka: KafkaSettings) -> None:
        names = topics(kafka.topic_prefix)
        self.consumer = AIOKafkaConsumer(
            names.profile,
            names.grading,
            names.scheduler,
            bootstrap_servers=kafka.kafka,
            enable_auto_commit=False,
            auto_offset_reset="latest",
        )
        self.read: list[Read] = []
        self.scheduled = 0

    async def __aenter__(self) -> Outside:
        await self.consumer.start()
        await self.consumer.seek_to_end()
        self._reading = asyncio.create_task(self._go_on())
        return self

    async def __aexit__(self, *_: object) -> None:
        self._reading.cancel()
        with suppress(asyncio.CancelledError):
            await self._reading
        await self.consumer.stop()

    async def _go_on(self) -> None:
        while True:
            found = await self.consumer.getmany(timeout_ms=1_000)
            now = time.time()
            for records in found.values():
                for record in records:
                    self._note(now, msgspec.json.decode(record.value))

    def _note(self, now: float, fact: dict[str, Any]) -> None:
        self.read.append(Read(now, fact["id"], fact["type"], fact.get("causationid", "")))
        self.scheduled += fact["type"] == FollowupScheduled.TYPE


async def measure(kafka: KafkaSettings, per_second: float, seconds: float, name: str) -> list[float]:
    """Milliseconds of each record that led to a follow-up; it counts from the instant at which it was to be sent."""
    sent: dict[str, float] = {}
    topic = topics(kafka.topic_prefix).upstream
    producer = AIOKafkaProducer(bootstrap_servers=kafka.kafka, acks="all", linger_ms=0)
    await producer.start()
    try:
        async with Outside(kafka) as outside:
            began, count = time.time(), round(per_second * seconds)
            for n in range(count):
                due = began + n / per_second
                await asyncio.sleep(max(0.0, due - time.time()))
                key, value = registered(f"{name}:{n}", datetime.now(UTC))
                sent[f"{name}:{n}-registered"] = due
                await producer.send(topic, value, key=key, headers=[*CONTENT_TYPE])
            deadline = time.monotonic() + LINGER_SECONDS
            while outside.scheduled < count and time.monotonic() < deadline:  # noqa: ASYNC110 - counted by the reader
                await asyncio.sleep(0.05)
            return latencies(sent, outside.read)
    finally:
        await producer.stop()


def latencies(sent: Mapping[str, float], read: list[Read]) -> list[float]:
    """By the chain of causes, whichever order the topics were read in; the first follow-up of each counts."""
    causes = {fact.id: fact.cause for fact in read}
    first: dict[str, float] = {}
    for fact in read:
        if fact.type == FollowupScheduled.TYPE:
            origin = fact.cause
            while origin in causes:
                origin = causes[origin]
            if origin in sent:
                first[origin] = min(first.get(origin, fact.at), fact.at)
    return [1000 * (at - sent[origin]) for origin, at in first.items()]
