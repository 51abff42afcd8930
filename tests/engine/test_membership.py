"""A member of a group that comes back: it reads every partition that there is now, not those that there were."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from shared.engine.consumer import Consumer
from shared.engine.watermarks import Watermarks
from shared.kafka import clients
from tests.engine.conftest import Bench
from tests.harness.servers import Broker

PARTITIONS = 3


async def create(broker: Broker, topic: str) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=broker.bootstrap)
    await admin.start()
    await admin.create_topics([NewTopic(topic, PARTITIONS, 1)])
    await admin.close()


async def held(partitions: Callable[[], Collection[TopicPartition]], wanted: int) -> None:
    async with asyncio.timeout(20):
        while len(partitions()) < wanted:  # noqa: ASYNC110 - the client's work
            await asyncio.sleep(0.05)


@pytest.mark.faults
async def test_a_topic_that_came_while_a_member_was_away_is_read(bench: Bench, broker: Broker) -> None:
    run = uuid4().hex
    group, topics = f"{run}.group", [f"{run}.first", f"{run}.second"]

    def connect() -> AIOKafkaConsumer:
        return clients.consumer(broker.settings(), group, "0", 50)

    await create(broker, topics[0])
    before = connect()
    await before.start()
    before.subscribe(topics)
    await held(before.assignment, PARTITIONS)
    await before.stop()  # under a name of its own it does not leave: for the group, it may come back
    await create(broker, topics[1])

    intake: Any = SimpleNamespace(rank=lambda _: 0, clock_topic="")
    consumer = Consumer(
        connect, lambda: Watermarks(clients.asking(broker.settings())), topics, intake, bench.attempts()
    )
    running = asyncio.create_task(consumer.run())
    try:
        await held(lambda: consumer.readings, 2 * PARTITIONS)
    finally:
        consumer.stopping = True
        await running
