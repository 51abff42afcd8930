"""Writing the open topics: upstream events and the clock, by one producer."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from datetime import datetime

import msgspec
from aiokafka import AIOKafkaProducer

from holdfast.local.clock import ClockHand
from holdfast.local.state import StackState
from holdfast.outside.calm import Calm
from shared.contracts.envelope import CONTENT_TYPE
from shared.contracts.topics import topics
from shared.kafka.settings import KafkaSettings

Headers = tuple[tuple[str, bytes | None], ...]


class Record(msgspec.Struct, frozen=True):
    """One record of the upstream topic, as it is sent."""

    value: bytes
    key: bytes | None = None
    headers: Headers = CONTENT_TYPE


class Feed:
    """Tells `calm` how far the topics reach by now."""

    def __init__(self, settings: KafkaSettings, producer: AIOKafkaProducer, calm: Calm) -> None:
        self.topic = topics(settings.topic_prefix).upstream
        self.producer, self.calm = producer, calm
        self.hand = ClockHand(settings, producer)
        self.sent = 0

    async def move_clock(self, to: datetime) -> None:
        """Returns once the broker has it."""
        self.calm.wrote(*await self.hand.move(to))

    async def send(self, records: Iterable[Record]) -> None:
        """In this order; returns once the broker has them all."""
        sent = [
            await self.producer.send(self.topic, record.value, key=record.key, headers=[*record.headers])
            for record in records
        ]
        for done in await asyncio.gather(*sent):
            self.calm.wrote((done.topic, done.partition), done.offset + 1)
        self.sent += len(sent)


@asynccontextmanager
async def feeding(state: StackState, calm: Calm) -> AsyncIterator[Feed]:
    """A feed for as long as the block runs."""
    settings = state.kafka_settings()
    producer = AIOKafkaProducer(**settings.client_options(), acks="all", linger_ms=0, max_batch_size=512_000)
    await producer.start()
    try:
        yield Feed(settings, producer, calm)
    finally:
        await producer.stop()
