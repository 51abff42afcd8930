"""Promises on the topics, and which of them were kept in time: facts with instants of the test's choosing."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID, uuid5

from aiokafka import AIOKafkaProducer
from aiokafka.partitioner import murmur2

Fact = dict[str, Any]
MADE = datetime(2025, 3, 1, microsecond=1, tzinfo=UTC)
DUE = datetime(2025, 3, 10, tzinfo=UTC)
TICK = timedelta(microseconds=1)
PROFILE, SCHEDULER = "holdfast.profile.v1", "holdfast.scheduler.v1"


@dataclass(frozen=True)
class Promise:
    customer: str
    kept_at: datetime | None

    @property
    def broken(self) -> bool:
        """Kept at the very instant that it was due is kept."""
        return self.kept_at is None or self.kept_at > DUE


def promises(seed: int, count: int, partitions: int) -> list[Promise]:
    """Most of them kept at the instant that they are due; the others before it, just after it, or never.

    Those of that instant lie in one partition, which takes several batches, but for one in each of the others, which
    comes first: between the batches the topics have been read up to this instant, but not through it.
    """
    random = Random(seed)
    when = (DUE, DUE - timedelta(days=3), DUE + TICK, None)
    made = [Promise(str(UUID(int=random.getrandbits(128), version=4)), random.choice(when)) for _ in range(count)]
    last = partitions - 1
    at_due = [(part, count if part == last else 1) for part in range(partitions)]
    return [one for one in made if one.kept_at != DUE] + [
        Promise(who, DUE) for part, many in at_due for who in _customers_of(part, partitions, random, many)
    ]


def _customers_of(partition: int, partitions: int, random: Random, count: int) -> Iterator[str]:
    while count:
        who = str(UUID(int=random.getrandbits(128), version=4))
        if (murmur2(who.encode()) & 0x7FFFFFFF) % partitions == partition:
            count -= 1
            yield who


def made(all_of_them: Iterable[Promise]) -> list[Fact]:
    return [_need(one.customer, MADE, {"handle_by_on": DUE.date().isoformat()}) for one in all_of_them]


def kept(all_of_them: Iterable[Promise]) -> list[Fact]:
    """In the sequence of their instants."""
    done = sorted((one.kept_at, one.customer) for one in all_of_them if one.kept_at is not None)
    return [
        _fact("scheduler", "task.completed", who, at, {"task_id": who, "kind": "call", "outcome": "advanced"})
        for at, who in done
    ]


def strangers(at: datetime, count: int) -> list[Fact]:
    """Facts that bring no promise but bring their topic up to an instant."""
    return [_need(str(UUID(int=number + 1, version=4)), at, {}) for number in range(count)]


def _need(customer: str, at: datetime, more: Fact) -> Fact:
    need = {"stated_at": at.isoformat(), "version": 1, "demand": "latent", "source": "stated", "tags": []}
    return _fact("profile", "need.changed", customer, at, need | {"deal_possible": True, "negotiating": False} | more)


def _fact(writer: str, name: str, customer: str, at: datetime, data: Fact) -> Fact:
    return {
        "specversion": "1.0",
        "id": str(uuid5(UUID(customer), f"{name} {at}")),
        "source": f"holdfast/{writer}",
        "type": f"holdfast.{writer}.{name}.v1",
        "subject": customer,
        "time": at.isoformat(),
        "recordedtime": at.isoformat(),
        "data": data,
    }


async def publish(bootstrap: str, topic: str, facts: Iterable[Fact]) -> None:
    """Keyed by customer, acknowledged when it returns."""
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap, acks="all", enable_idempotence=True)
    await producer.start()
    try:
        sent = [await producer.send(topic, json.dumps(one).encode(), key=one["subject"].encode()) for one in facts]
        for one in sent:
            await one
    finally:
        await producer.stop()
