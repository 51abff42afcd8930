"""A stack that runs elsewhere already, in containers for example: told by its addresses."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime

import httpx2
from pydantic import SecretStr

from holdfast.local.clock import clock_hand
from holdfast.local.state import Member, StackState
from shared.contracts.topics import WRITERS
from shared.kafka.settings import KafkaSettings

READY_SECONDS = 120


class NotReady(ValueError):
    """A service of the stack does not come up."""


class Reached(KafkaSettings):
    """What opens it, beside how its broker is reached."""

    token: SecretStr
    """`HOLDFAST_TOKEN`."""


def running(urls: Sequence[str]) -> StackState:
    """`urls`: of the four services, in their order. Raises ValueError."""
    if len(urls) != len(WRITERS):
        raise ValueError(f"--url: name all four, in this order: {', '.join(WRITERS)}")
    settings = Reached()
    return StackState(
        supervisor=0,
        kafka=settings.kafka,
        postgres={},
        token=settings.token.get_secret_value(),
        clock="simulated",
        time_zone="UTC",
        embedded_broker=settings.embedded_broker,
        topic_prefix=settings.topic_prefix,
        members=tuple(Member(service, 0, url, 0) for service, url in zip(WRITERS, urls, strict=True)),
        environment={},
    )


async def wind(state: StackState, to: datetime) -> None:
    """Tell the clock for the first time: only then is a service ready. Raises NotReady.

    A clock that is not simulated does not listen.
    """
    async with clock_hand(state.kafka_settings()) as hand:
        await hand.move(to)
    async with httpx2.AsyncClient(timeout=5) as client:
        for member in state.members:
            await _ready(client, member)


async def _ready(client: httpx2.AsyncClient, member: Member) -> None:
    said = ""
    try:
        async with asyncio.timeout(READY_SECONDS):
            while True:
                try:
                    answer = await client.get(f"{member.url}/readyz")
                    if answer.status_code == httpx2.codes.OK:
                        return
                    said = answer.text
                except httpx2.TransportError as error:
                    said = repr(error)
                await asyncio.sleep(0.2)
    except TimeoutError as error:
        raise NotReady(f"{member.service} at {member.url} is not ready: {said}") from error
