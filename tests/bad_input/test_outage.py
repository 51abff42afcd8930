"""Servers that are down at the start, and a database that goes away for longer than Kafka lets a reader be silent."""

from __future__ import annotations

import asyncio
import json
import time
from datetime import UTC, datetime
from functools import partial

import pytest

from tests.bad_input.records import CALL
from tests.driving.alone import Alone
from tests.driving.events import event
from tests.driving.waiting import until
from tests.harness.servers import broker_kind

pytestmark = pytest.mark.kafka

MAX_POLL_SECONDS = 4
DOWN_SECONDS = 7
SHORT = {"max_poll_interval_ms": str(MAX_POLL_SECONDS * 1000), "group_session_timeout_ms": "3000"}
FIRST, MEANWHILE = 5, 20


def calls(number):
    now = datetime.now(UTC).isoformat()
    return [event("interaction.recorded", CALL, now, subject="alone:1") for _ in range(number)]


@pytest.mark.parametrize(
    "outage_seconds",
    [
        pytest.param("2", id="leaves-the-group-in-time"),
        pytest.param("60", id="is-put-out-of-the-group", marks=pytest.mark.slow),
    ],
)
async def test_servers_that_are_away_are_waited_for_and_nothing_is_lost(tmp_path, outage_seconds):
    alone = Alone(tmp_path, apache=broker_kind() == "kafka", outage_seconds=outage_seconds, **SHORT)
    await alone.prepare()
    alone.start()
    try:
        await without_servers(alone)
        await with_servers(alone)
        await outage(alone)
    finally:
        await alone.end()


async def without_servers(alone):
    """Alive, not ready, and one clear line per try."""
    await until(alone.is_unready)
    assert await alone.status("/livez") == 200
    refused = await alone.http.get("/v1/customers", params={"handle": "alone:1"})
    assert (refused.status_code, refused.headers["Retry-After"]) == (503, "1")
    assert refused.json()["type"] == "urn:holdfast:not_ready"
    await until(partial(has_tried, alone, "database_not_ready"))
    await alone.start_postgres()
    await until(alone.is_ready)
    await until(partial(has_tried, alone, "subscription_stopped"))
    for line in alone.lines("database_not_ready") + alone.lines("subscription_stopped"):
        said = json.loads(line)
        assert said["error"]
        assert "back-off" in said["action"]
    assert alone.lines("Traceback") == []


async def has_tried(alone, word):
    return len(alone.lines(word)) >= 3


async def with_servers(alone):
    """It begins to work by itself."""
    await alone.start_broker()
    await alone.send(calls(FIRST))
    await until(partial(has_applied, alone, FIRST))


async def has_applied(alone, number):
    return await alone.interactions("alone:1") == number


async def outage(alone):
    """Unready within 5 s, ready within 10 s of the return, and what was sent meanwhile is applied once."""
    began = time.monotonic()
    await alone.stop_postgres()
    await until(alone.is_unready)
    assert time.monotonic() - began < 5
    assert await alone.status("/livez") == 200
    await alone.send(calls(MEANWHILE))
    await asyncio.sleep(DOWN_SECONDS - (time.monotonic() - began))
    began = time.monotonic()
    await alone.start_postgres()
    await until(alone.is_ready)
    assert time.monotonic() - began < 10
    await until(partial(has_applied, alone, FIRST + MEANWHILE))
    await until(partial(has_published, alone, FIRST + MEANWHILE))


async def has_published(alone, number):
    """Each call; a fact whose acknowledgement was lost with the database is sent again under the same id."""
    said = [fact for fact in await alone.published() if fact["type"] == "holdfast.profile.interaction.recorded.v1"]
    assert len({fact["data"]["interaction_id"] for fact in said}) == len({fact["id"] for fact in said})
    return len({fact["id"] for fact in said}) == number
