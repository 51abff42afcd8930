"""The harness itself: processes on databases and topics of one test, killed and started again."""

from __future__ import annotations

import uuid

import pytest
from aiokafka import AIOKafkaProducer
from msgspec import Raw

from holdfast.local.clock import driving
from holdfast.local.databases import connected
from shared.contracts.envelope import Envelope, encode
from shared.contracts.topics import topics
from tests.harness.deployment import START

pytestmark = [pytest.mark.kafka, pytest.mark.slow, pytest.mark.faults]
SECONDS = 120
CUSTOMERS = 20


def needs():
    for number in range(CUSTOMERS):
        subject = f"shop:{number}"
        body = encode(
            Envelope(
                specversion="1.0",
                id=str(uuid.uuid4()),
                source="shop",
                type="holdfast.need.stated.v1",
                time=START,
                subject=subject,
                data=Raw(b'{"demand": "latent"}'),
            )
        )
        yield subject.encode(), body


async def send(kafka):
    producer = AIOKafkaProducer(**kafka.client_options(), acks="all")
    await producer.start()
    for key, body in needs():
        await producer.send_and_wait(topics(kafka.topic_prefix).upstream, body, key)
    await producer.stop()


async def count(dsn, sql):
    async with connected(dsn) as connection:
        return await connection.fetchval(sql)


async def test_what_was_sent_while_a_service_was_killed_is_applied_once(deployment):
    deployment.start()
    deployment.kill("profile")
    await send(deployment.kafka)
    deployment.start("profile")
    async with driving(deployment.state()) as driver:
        assert await driver.now(SECONDS) == START
    files = "select count(*) from stream where kind = 'customer' and version > 0"
    assert await count(deployment.dsns["profile"], files) == CUSTOMERS
    assert await count(deployment.dsns["grading"], files) == CUSTOMERS
