"""What the services have said, read from the first record of their topics."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from typing import Any

from aiokafka import AIOKafkaConsumer, ConsumerRecord

from shared.contracts.topics import WRITERS, topics
from shared.kafka.settings import KafkaSettings

Said = dict[str, Any]
Offsets = Mapping[str, Mapping[str, int]]


class Facts:
    """An async context; `read_to` takes the offsets that the services say they have published."""

    def __init__(self, kafka: KafkaSettings) -> None:
        names = topics(kafka.topic_prefix)
        self.topics = [*(names.of(writer) for writer in WRITERS), names.dead_letter]
        self.all: list[Said] = []
        self._options = kafka.client_options()
        self._one_reader = asyncio.Lock()

    async def __aenter__(self) -> Facts:
        self.consumer = AIOKafkaConsumer(
            *self.topics,
            **self._options,
            auto_offset_reset="earliest",
            enable_auto_commit=False,
            fetch_max_wait_ms=20,
        )
        await self.consumer.start()  # which waits for the partitions of all its topics
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.consumer.stop()

    async def read_to(self, published: Offsets) -> None:
        """Returns once everything up to these offsets has been read. Raises TimeoutError."""
        async with self._one_reader, asyncio.timeout(60):
            while await self._is_behind(published):
                for records in (await self.consumer.getmany(timeout_ms=200)).values():
                    self.all.extend(_said(record) for record in records)

    async def _is_behind(self, published: Offsets) -> bool:
        for place in self.consumer.assignment():
            wanted = published.get(place.topic, {}).get(str(place.partition), 0)
            if await self.consumer.position(place) < wanted:
                return True
        return False

    def of(self, name: str, customer: str) -> list[Said]:
        """Facts of a type such as `grade.assigned` about one customer, in the order of its topic."""
        return [said for said in self.all if said.get("subject") == customer and _name(said) == name]


def _said(record: ConsumerRecord) -> Said:
    return json.loads(record.value) | {"key": (record.key or b"").decode()}


def _name(said: Said) -> str:
    """`holdfast.grading.grade.assigned.v1` -> `grade.assigned`."""
    return str(said["type"]).split(".", 2)[2].removesuffix(".v1")
