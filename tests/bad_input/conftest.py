"""Everything of the table sent in one go, with a sound event after each row, and what the stack made of it."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.bad_input.records import ACCEPTED, REFUSED, Record, call
from tests.driving.client import Client, Json
from tests.driving.events import as_bytes
from tests.driving.local import state_of

PARTITION = 1
"""All rows share one, so that they lie in the same batches."""


@dataclass
class Outcome:
    """`letters`: name of the row -> its dead letters, shown with their bytes."""

    sent: dict[str, Record] = field(default_factory=dict)
    letters: dict[str, list[Json]] = field(default_factory=dict)
    notices: list[Json] = field(default_factory=list)
    good_sent: int = 0
    good_kept: int = 0
    good_said: int = 0
    accepted: dict[str, int] = field(default_factory=dict)


@pytest.fixture(scope="session")
def http(stack: Path) -> Iterator[Callable[..., httpx2.Response]]:
    """Sends to a service of the running stack: http(method, service, path, **how)."""
    state = state_of(stack)
    urls = {member.service: member.url for member in state.members}
    with httpx2.Client(timeout=60, headers={"Authorization": f"Bearer {state.token}"}) as client:
        yield lambda method, service, path, **how: client.request(method, urls[service] + path, **how)


@pytest.fixture(scope="session")
def outcome(stack: Path) -> Outcome:
    return asyncio.run(_send_all(stack))


async def _send_all(stack: Path) -> Outcome:
    async with Client(state_of(stack)) as client:
        on = (await client.now()).date().isoformat()
        made = Outcome()
        places = await _send_rows(client, made, on)
        for make in ACCEPTED.values():
            await client.send_record(*make(on), partition=PARTITION)
        await client.settle()
        await _look(client, made, places)
        return made


async def _send_rows(client: Client, made: Outcome, on: str) -> dict[tuple[int, int], str]:
    """Which row lies where: (partition, offset) -> name."""
    made.sent = {row.name: row.make(on) for row in REFUSED}
    waiting = []
    for record in made.sent.values():
        waiting.append(await _put(client, record))
        await _put(client, Record(as_bytes(call(on))))
        made.good_sent += 1
    sent = await asyncio.gather(*waiting)
    return {(at.partition, at.offset): name for name, at in zip(made.sent, sent, strict=True)}


async def _put(client: Client, record: Record) -> Any:
    """Handed to the producer, not waited for: it fills its batches with what lies side by side."""
    return await client.producer.send(
        client.upstream, record.value, record.key, partition=PARTITION, headers=list(record.headers)
    )


async def _look(client: Client, made: Outcome, places: dict[tuple[int, int], str]) -> None:
    listed = await client.get("profile", "/v1/dead-letters", limit=200)
    made.letters = {name: [] for name in made.sent}
    for letter in listed["items"]:
        name = places.get((letter["origin_partition"], letter["origin_offset"]))
        if name is not None and letter["origin_topic"] == client.upstream:
            shown = await client.get("profile", f"/v1/dead-letters/{letter['dead_letter_id']}")
            made.letters[name].append(shown)
    made.good_kept, made.good_said = await _interactions(client, "good:around")
    made.notices = [said for said in client.facts.all if said["type"] == "holdfast.dead_letter.recorded.v1"]
    for name in ACCEPTED:
        made.accepted[name], _ = await _interactions(client, f"good:{name}")


async def _interactions(client: Client, handle: str) -> tuple[int, int]:
    """How many the file of this handle has, and how many facts were said of them."""
    if not (items := (await client.get("profile", "/v1/customers", handle=handle))["items"]):
        return 0, 0
    customer = items[0]["customer_id"]
    totals = (await client.get("profile", f"/v1/customers/{customer}"))["totals"]
    return totals["interactions"], len(await client.facts_of("interaction.recorded", customer))


async def customer_of(client: Client, handle: str) -> str:
    (found,) = (await client.get("profile", "/v1/customers", handle=handle))["items"]
    return str(found["customer_id"])


def bytes_of(letter: Json) -> tuple[bytes, bytes | None]:
    """(value, key)."""
    key = letter["key"]
    return base64.b64decode(letter["body"]), None if key is None else base64.b64decode(key)
