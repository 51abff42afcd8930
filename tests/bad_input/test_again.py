"""A known id with other content, and a dead letter sent through the rules again."""

from __future__ import annotations

from pathlib import Path
from uuid import uuid4

import pytest

from tests.bad_input.conftest import customer_of
from tests.bad_input.records import Record, call
from tests.driving.client import Client
from tests.driving.events import as_bytes
from tests.driving.local import state_of

pytestmark = pytest.mark.kafka
OTHER = 'holdfast_inputs_duplicate{content="other"} '


@pytest.fixture
async def client(stack: Path):
    async with Client(state_of(stack)) as client:
        yield client


async def counted(client):
    """How many inputs profile has had with a known id and other content."""
    metrics = (await client.ask("GET", "profile", "/metrics")).text
    return sum(float(line.removeprefix(OTHER)) for line in metrics.splitlines() if line.startswith(OTHER))


async def test_a_known_id_with_other_content_is_a_duplicate_counted_and_logged(client, stack):
    on = (await client.now()).date().isoformat()
    id_, subject, before = uuid4().hex, f"again:{uuid4().hex}", await counted(client)
    first = call(on, id=id_, subject=subject)
    other = call(on, id=id_, subject=subject, data=first["data"] | {"channel": "email"})
    for made in (first, first, other):
        await client.send(made)
    await client.settle()
    customer = await customer_of(client, subject)
    (entry,) = (await client.get("profile", f"/v1/customers/{customer}/timeline"))["items"]
    assert entry["channel"] == "phone"
    assert len(await client.facts_of("interaction.recorded", customer)) == 1
    assert (await client.get("profile", "/v1/events", source="test", id=id_))["outcome"] == "applied"
    assert await counted(client) == before + 1
    (line,) = [line for line in (stack / "logs" / "profile-0.log").read_text().splitlines() if id_ in line]
    assert "duplicates_with_other_content" in line


async def test_a_replay_of_what_is_still_wrong_is_another_try_with_the_same_problem(client):
    id_ = uuid4().hex
    made = call((await client.now()).date().isoformat(), id=id_, data={"channel": "pigeon", "direction": "inbound"})
    await client.send_record(*Record(as_bytes(made)))
    await client.settle()
    (letter,) = [x for x in (await client.get("profile", "/v1/dead-letters"))["items"] if x["event_id"] == id_]
    path = f"/v1/dead-letters/{letter['dead_letter_id']}"
    replayed = await client.post("profile", f"{path}/replay", {})
    assert (replayed.status_code, replayed.json()["type"]) == (422, "urn:holdfast:channel_unknown")
    shown = await client.get("profile", path)
    assert (shown["tries"], shown["replayed_at"], shown["reason"]) == (2, None, "channel_unknown")
