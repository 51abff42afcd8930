"""How far partitions reach at the broker, asked on a connection of its own."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Mapping, Sequence
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaTimeoutError, for_code
from aiokafka.protocol.fetch import FetchRequest

ANSWER_SECONDS = 10
WAIT_MS, MOST_BYTES = 1, 10_000_000
"""Without any wait the embedded broker looks at no partition at all."""

Offsets = Mapping[TopicPartition, int]


class Watermarks:
    """Asks through a consumer that never fetches: behind a fetch that waits for records a question would wait too.

    The consumer belongs to no group and reads uncommitted: what an open transaction has written counts as there.
    """

    def __init__(self, kafka: AIOKafkaConsumer) -> None:
        self.kafka = kafka

    async def beginnings(self, partitions: Sequence[TopicPartition]) -> Offsets:
        """The offsets of the first records that are still there. Raises KafkaError."""
        beginnings: Offsets = await _answer(self.kafka.beginning_offsets(list(partitions)))
        return beginnings

    async def ends(self, stands: Offsets) -> Offsets:
        """The offsets that the next records will have. `stands`: where they are read. Raises KafkaError."""
        ends: Offsets = await _answer(self.kafka.end_offsets(list(stands)))
        return ends


class FetchedWatermarks(Watermarks):
    """For the embedded broker, which counts a batch as one record and all batches of a partition for each question.

    A fetch names the right end, and as fast however much there is.
    """

    async def ends(self, stands: Offsets) -> Offsets:
        client = self.kafka._client  # noqa: SLF001 - aiokafka has no fetch of one's own
        [node] = {client.cluster.leader_for_partition(tp) for tp in stands}
        if node is None:
            return await super().ends(stands)
        topics: defaultdict[str, list[tuple[int, int, int]]] = defaultdict(list)
        for tp, at in stands.items():
            topics[tp.topic].append((tp.partition, at, 1))
        answer = await _answer(client.send(node, FetchRequest(WAIT_MS, 0, MOST_BYTES, 0, [*topics.items()])))
        ends = {}
        for topic, parts in answer.topics:
            for part, code, end, *_ in parts:
                if code:
                    raise for_code(code)(f"{topic}/{part}")
                ends[TopicPartition(topic, part)] = end
        if len(ends) < len(stands):
            raise KafkaTimeoutError("the broker named the ends of some partitions only")
        return ends


async def _answer(question: Awaitable[Any]) -> Any:
    try:
        return await asyncio.wait_for(question, ANSWER_SECONDS)
    except TimeoutError:
        raise KafkaTimeoutError(f"the broker named no offsets within {ANSWER_SECONDS} s") from None
