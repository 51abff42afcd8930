"""The overlay with TLS, users and rights: it comes up and does the same work, and nobody gets in without a password."""

from __future__ import annotations

from functools import partial

import pytest

from tests.containers.compose import BASE, ROOT, until
from tests.containers.test_compose_runs import is_planned, need

pytestmark = [pytest.mark.compose, pytest.mark.slow]
TRIED = """
import asyncio
from aiokafka import AIOKafkaProducer
from aiokafka.errors import TopicAuthorizationFailedError
from shared.kafka.settings import KafkaSettings

async def main():
    async with AIOKafkaProducer(**KafkaSettings().client_options(), acks="all") as producer:
        for topic in ("holdfast.profile.v1", "holdfast.scheduler.v1"):
            try:
                await producer.send_and_wait(topic, b"{}")
                print("said", topic)
            except TopicAuthorizationFailedError:
                print("refused", topic)

asyncio.run(main())
"""
FILES = (BASE, ROOT / "deploy" / "compose" / "secure.yml")


def test_the_work_is_done_behind_a_secured_broker(project):
    token = project.token
    until(partial(project.send, need(1), token))
    until(partial(is_planned, project, token, 1))


def test_a_service_may_not_say_what_another_says(project):
    """As profile, in its container: its own topic, then the scheduler's."""
    said = project.compose("exec", "-T", "profile", "python", "-c", TRIED)
    assert said.split("\n")[:2] == ["said holdfast.profile.v1", "refused holdfast.scheduler.v1"]
