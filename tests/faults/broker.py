"""The broker as the tests see it: where topics end, and topics that are made again."""

from __future__ import annotations

import asyncio
import time
from types import TracebackType

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError, TopicAlreadyExistsError

from shared.contracts.topics import PREFIX
from shared.kafka.topics import FILE, load_topics

Ends = dict[tuple[str, int], int]
FACTS = tuple(f"holdfast.{writer}.v1" for writer in ("profile", "grading", "scheduler", "feedback"))
KEYED = ("holdfast.upstream.v1", *FACTS)


class Broker:
    def __init__(self, bootstrap: str, partitions: int) -> None:
        self.bootstrap = bootstrap
        self.partitions = partitions

    async def __aenter__(self) -> Broker:
        self.eye = AIOKafkaConsumer(bootstrap_servers=self.bootstrap, enable_auto_commit=False)
        await self.eye.start()
        return self

    async def __aexit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        await self.eye.stop()

    async def ends(self) -> Ends:
        """The offset after the last record of every partition; empty while the broker is away."""
        places = [TopicPartition(topic, part) for topic in KEYED for part in range(self.partitions)]
        places.append(TopicPartition("holdfast.clock.v1", 0))
        try:
            found = await asyncio.wait_for(self.eye.end_offsets(places), 10)
        except (KafkaError, TimeoutError):
            return {}
        return {(tp.topic, tp.partition): offset for tp, offset in found.items()}

    async def make_again(self, topic: str, seconds: float = 60) -> None:
        """Delete a topic with all its records and create it under the same name."""
        admin = AIOKafkaAdminClient(bootstrap_servers=self.bootstrap)
        await admin.start()
        deadline = time.monotonic() + seconds
        try:
            await admin.delete_topics([topic])
            while not await self._created(admin, topic):
                assert time.monotonic() < deadline, f"{topic} could not be created again"
                await asyncio.sleep(0.2)
        finally:
            await admin.close()

    async def _created(self, admin: AIOKafkaAdminClient, topic: str) -> bool:
        try:
            wanted = load_topics(FILE).new_topics(PREFIX, self.partitions, 1)
            answer = await admin.create_topics([new for new in wanted if new.name == topic])
        except TopicAlreadyExistsError:
            return False
        return all(code == 0 for _, code, *_ in answer.topic_errors)
