"""The input of the reference job, the same for the same seed: who does what when, and what is sent twice."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from random import Random
from typing import Any, NamedTuple
from uuid import UUID, uuid5

from bench.reference.job import COMPLAINT, INTERACTION, ORDER, SURVEY

START = datetime(2024, 1, 1, tzinfo=UTC)
DAYS = 400
CHANNELS = ("phone", "e-mail", "chat", "shop")
SHARE_SENT_TWICE = 0.01
SOON = 1_000
"""Half of what is sent twice comes again within so many records, half anywhere later."""


class Size(NamedTuple):
    events: int = 200_000
    customers: int = 20_000
    skew: float = 0.8
    """Of the Zipf distribution: the most frequent of 20,000 customers has 3 % of the events."""
    seed: int = 7


class Record(NamedTuple):
    """One record of the topic: the customer's id is its key."""

    key: bytes
    value: bytes


def records(size: Size) -> list[Record]:
    """In the order of the log, what is sent twice included."""
    chance = Random(size.seed)
    once = list(_once(size, chance))
    again = chance.sample(range(len(once)), round(len(once) * SHARE_SENT_TWICE))
    placed = [(float(n), record) for n, record in enumerate(once)]
    for turn, n in enumerate(again):
        later = chance.uniform(1, SOON) if turn % 2 else chance.uniform(0, len(once) - n)
        placed.append((n + later, once[n]))
    placed.sort(key=lambda pair: pair[0])
    return [record for _, record in placed]


def first_of_each(size: Size) -> Iterator[Record]:
    """One order of each customer, a day before all else."""
    at = _text(START - timedelta(days=1))
    for customer in _ids(size, Random(size.seed)):
        data = {"order_id": f"first of {customer}", "cents": 1_000, "currency": "EUR", "items": 1}
        yield _record(customer, ORDER, at, str(uuid5(UUID(customer), "first")), data)


def last_of_all(size: Size) -> Record:
    """One more order, when all else is over."""
    at = _text(START + timedelta(days=DAYS + 1))
    customer = _ids(size, Random(size.seed))[0]
    data = {"order_id": "last", "cents": 1_000, "currency": "EUR", "items": 1}
    return _record(customer, ORDER, at, str(uuid5(UUID(customer), "last")), data)


def _ids(size: Size, chance: Random) -> list[str]:
    return [str(UUID(int=chance.getrandbits(128))) for _ in range(size.customers)]


def _text(at: datetime) -> str:
    return at.replace(microsecond=0).isoformat().replace("+00:00", "Z")


def _record(customer: str, type_: str, at: str, id: str, data: dict[str, Any]) -> Record:
    event = {
        "specversion": "1.0",
        "id": id,
        "source": "holdfast/profile",
        "type": type_,
        "subject": customer,
        "time": at,
        "recordedtime": at,
        "data": data,
    }
    return Record(customer.encode(), json.dumps(event, separators=(",", ":")).encode())


def _once(size: Size, chance: Random) -> Iterator[Record]:
    ids = _ids(size, chance)
    weights = list(accumulate(1 / rank**size.skew for rank in range(1, size.customers + 1)))
    opened: Counter[str] = Counter()
    step = timedelta(days=DAYS) / size.events
    for n, customer in enumerate(chance.choices(ids, cum_weights=weights, k=size.events)):
        type_, data = _data(customer, opened, chance)
        yield _record(customer, type_, _text(START + n * step), str(UUID(int=chance.getrandbits(128))), data)


def _data(customer: str, opened: Counter[str], chance: Random) -> tuple[str, dict[str, Any]]:
    """50 % interactions, 30 % orders, 8 % complaints (a resolved one was open), 12 % answers."""
    kind = chance.random()
    if kind < 0.5:
        agent = f"agent-{chance.randrange(10, 60)}"
        return INTERACTION, {"channel": chance.choice(CHANNELS), "minutes": chance.randrange(1, 60), "agent": agent}
    if kind < 0.8:
        order_id = f"order-{chance.getrandbits(40):010x}"
        cents = round(chance.lognormvariate(8.5, 1))
        return ORDER, {"order_id": order_id, "cents": cents, "currency": "EUR", "items": chance.randrange(1, 9)}
    if kind < 0.88:
        resolved = opened[customer] > 0 and chance.random() < 0.7
        opened[customer] += -1 if resolved else 1
        return COMPLAINT, {"status": "resolved" if resolved else "opened", "channel": chance.choice(CHANNELS)}
    return SURVEY, {"survey_id": f"survey-{chance.randrange(40)}", "score": chance.randrange(1, 6)}
