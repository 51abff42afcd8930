"""How far partitions reach at the broker, asked on a connection of its own."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Mapping, Sequence

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaTimeoutError

ANSWER_SECONDS = 10

Offsets = Mapping[TopicPartition, int]


class Watermarks:
    """Asks through a consumer that never fetches: behind a fetch that waits for records a question would wait too.

    The consumer belongs to no group and reads uncommitted: what an open transaction has written counts as there.
    """

    def __init__(self, kafka: AIOKafkaConsumer) -> None:
        self.kafka = kafka

    async def beginnings(self, partitions: Sequence[TopicPartition]) -> Offsets:
        """The offsets of the first records that are still there. Raises KafkaError."""
        return await _answer(self.kafka.beginning_offsets(list(partitions)))

    async def ends(self, partitions: Sequence[TopicPartition]) -> Offsets:
        """The offsets that the next records will have. Raises KafkaError."""
        return await _answer(self.kafka.end_offsets(list(partitions)))


async def _answer(question: Awaitable[Offsets]) -> Offsets:
    try:
        return await asyncio.wait_for(question, ANSWER_SECONDS)
    except TimeoutError:
        raise KafkaTimeoutError(f"the broker named no offsets within {ANSWER_SECONDS} s") from None
