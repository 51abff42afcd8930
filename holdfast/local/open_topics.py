"""How far the topics reach that others than our services write: upstream and clock, read by a consumer of our own."""

from __future__ import annotations

import time
from collections.abc import Mapping

from aiokafka import AIOKafkaConsumer, TopicPartition

from shared.contracts.topics import topics
from shared.kafka.settings import KafkaSettings

FETCH_WAIT_MS = 5

Ends = Mapping[tuple[str, int], int]
"""(topic, partition) -> the offset after the last record."""


class OpenTopics:
    """`ends` grows while it reads. The broker's own end offsets are never asked: the embedded one has wrong ones."""

    def __init__(self, settings: KafkaSettings) -> None:
        names = topics(settings.topic_prefix)
        self.names = (names.upstream, names.clock)
        self.ends: dict[tuple[str, int], int] = {}
        self._options = settings.client_options()
        self._partitions: list[TopicPartition] = []

    async def start(self) -> None:
        self.consumer = AIOKafkaConsumer(
            **self._options, auto_offset_reset="earliest", fetch_max_wait_ms=FETCH_WAIT_MS, enable_auto_commit=False
        )
        await self.consumer.start()

    def follow(self, positions: Ends) -> None:
        """Read on from where the slowest reader of each partition stands; other topics among them are left out."""
        self._partitions = [TopicPartition(*place) for place in positions if place[0] in self.names]
        self.consumer.assign(self._partitions)
        for partition in self._partitions:
            self.ends.setdefault(tuple(partition), positions[tuple(partition)])
            self.consumer.seek(partition, positions[tuple(partition)])

    @property
    def is_following(self) -> bool:
        return bool(self._partitions)

    async def stop(self) -> None:
        await self.consumer.stop()

    async def read_to_the_end(self) -> None:
        """Until a fetch that was sent from now on has come back with nothing more."""
        asked_ms = time.time() * 1000 + FETCH_WAIT_MS + 1
        while True:
            await self.read_on(FETCH_WAIT_MS)
            if not [p for p in self._partitions if not await self._is_exhausted(p, asked_ms)]:
                return

    async def read_on(self, wait_ms: int = 0) -> None:
        """Take what has arrived."""
        for partition, records in (await self.consumer.getmany(timeout_ms=wait_ms)).items():
            place = (partition.topic, partition.partition)
            self.ends[place] = max(self.ends[place], records[-1].offset + 1)

    async def _is_exhausted(self, partition: TopicPartition, asked_ms: float) -> bool:
        fetched, end = self.consumer.last_poll_timestamp(partition), self.consumer.highwater(partition)
        if fetched is None or end is None or fetched <= asked_ms:
            return False
        return bool(await self.consumer.position(partition) >= end)
