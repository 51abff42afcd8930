"""Reading a topic of ours from its beginning: what a service has announced."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
from aiokafka import AIOKafkaConsumer, TopicPartition
from msgspec import Struct

from holdfast.local.rest import Idle
from holdfast.local.state import StackState


class Fact(Struct, frozen=True):
    """A CloudEvent of ours; `data` is its JSON."""

    type: str
    subject: str = ""
    data: Mapping[str, Any] = {}


async def read_facts(state: StackState, idle: Idle, topic: str) -> list[Fact]:
    """All of this topic up to where its writer, at rest, says that it has published."""
    ends = {TopicPartition(topic, int(part)): end for part, end in idle.published.get(topic, {}).items()}
    consumer = AIOKafkaConsumer(
        **state.kafka_settings().client_options(), auto_offset_reset="earliest", enable_auto_commit=False
    )
    await consumer.start()
    try:
        consumer.assign(list(ends))
        return await _read_up_to(consumer, ends)
    finally:
        await consumer.stop()


async def _read_up_to(consumer: AIOKafkaConsumer, ends: Mapping[TopicPartition, int]) -> list[Fact]:
    facts: list[Fact] = []
    while [place for place, end in ends.items() if await consumer.position(place) < end]:
        for records in (await consumer.getmany(timeout_ms=200)).values():
            facts += [msgspec.json.decode(record.value, type=Fact) for record in records]
    return facts
