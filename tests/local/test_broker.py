"""Topics on the broker of this session, embedded or Apache Kafka."""

from __future__ import annotations

import asyncio
import json
import secrets

import pytest
from aiokafka import AIOKafkaConsumer

from holdfast.local.broker import open_partitions
from holdfast.local.jars import ROOT
from holdfast.local.kafka import ApacheKafka
from holdfast.local.open_topics import OpenTopics
from shared.contracts.topics import topics
from shared.kafka.clients import producer
from shared.kafka.topics import create_topics, delete_topics, load_topics

pytestmark = pytest.mark.kafka
FILE = load_topics(ROOT / "deploy" / "topics.yaml")
SECONDS = 30


@pytest.fixture
async def kafka(broker):
    settings = broker.settings(f"t{secrets.token_hex(4)}.")
    assert sorted(await create_topics(settings, FILE, partitions=3)) == sorted(topics(settings.topic_prefix))
    return settings


async def read(settings, count):
    """Values of so many records of all topics, by (topic, partition)."""
    consumer = AIOKafkaConsumer(
        *topics(settings.topic_prefix), **settings.client_options(), auto_offset_reset="earliest", fetch_max_wait_ms=5
    )
    await consumer.start()
    found = {}
    try:
        async with asyncio.timeout(SECONDS):
            while sum(map(len, found.values())) < count:
                for partition, records in (await consumer.getmany(timeout_ms=100)).items():
                    found.setdefault(tuple(partition), []).extend(records)
    finally:
        await consumer.stop()
    return found


async def test_what_exists_is_left_as_it_is(kafka):
    assert await create_topics(kafka, FILE, partitions=5) == []
    counts = FILE.partition_counts(kafka.topic_prefix, 3)
    assert counts[topics(kafka.topic_prefix).clock] == 1
    await open_partitions(kafka, counts)
    assert set(await read(kafka, sum(counts.values()))) == {
        (topic, part) for topic, count in counts.items() for part in range(count)
    }


async def test_every_partition_is_opened_in_its_writers_name(kafka):
    names = topics(kafka.topic_prefix)
    await open_partitions(kafka, {names.grading: 1, names.upstream: 1})
    types = {topic: json.loads(records[0].value)["type"] for (topic, _), records in (await read(kafka, 2)).items()}
    assert types == {
        names.grading: "holdfast.grading.partition.opened.v1",
        names.upstream: "holdfast.partition.opened.v1",
    }


async def test_a_topic_can_be_made_again(kafka):
    names = topics(kafka.topic_prefix)
    await open_partitions(kafka, {names.profile: 1})
    await delete_topics(kafka, [names.profile])
    assert await create_topics(kafka, FILE, partitions=3) == [names.profile]
    await open_partitions(kafka, {names.profile: 1})
    assert [record.offset for record in (await read(kafka, 1))[names.profile, 0]] == [0]


async def test_open_topics_are_read_to_their_true_end(kafka):
    """In batches of many: the embedded broker's own end offsets are wrong there."""
    names = topics(kafka.topic_prefix)
    ends = OpenTopics(kafka)
    await ends.start()
    ends.follow({(names.upstream, part): 0 for part in range(3)} | {(names.profile, 0): 0})
    try:
        sender = producer(kafka)
        await sender.start()
        await asyncio.gather(*[await sender.send(names.upstream, b"{}", partition=1) for _ in range(250)])
        await sender.stop()
        async with asyncio.timeout(SECONDS):
            await ends.read_to_the_end()
        assert ends.ends == {(names.upstream, 0): 0, (names.upstream, 1): 250, (names.upstream, 2): 0}
    finally:
        await ends.stop()


@pytest.mark.faults
async def test_a_killed_kafka_comes_back_with_what_it_acknowledged(kafka, broker):
    if not isinstance(broker.server, ApacheKafka):
        pytest.skip("the embedded broker remembers nothing: HOLDFAST_TEST_BROKER=kafka")
    names = topics(kafka.topic_prefix)
    sender = producer(kafka)
    await sender.start()
    sent = await sender.send_and_wait(names.profile, b"{}", partition=0)
    assert sent.timestamp_type == 1, "the broker's time, not the producer's"
    broker.server.kill()
    broker.server.restart()
    async with asyncio.timeout(SECONDS):
        assert (await sender.send_and_wait(names.profile, b"{}", partition=0)).offset == 1
    await sender.stop()
    assert len((await read(kafka, 2))[names.profile, 0]) == 2
