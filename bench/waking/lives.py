"""Customers all over the world, and what the scheduler hears of them in a year, with a fixed seed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from uuid import UUID

import msgspec

from shared.contracts import grading, profile
from shared.contracts.data import Data
from shared.contracts.envelope import Envelope, encode
from shared.contracts.ids import derived
from shared.contracts.reading import dump_data
from shared.contracts.values import OccasionDate
from shared.engine.decision import Event
from shared.engine.inputs import Input

BEGINS, ENDS = date(2025, 1, 1), date(2026, 1, 1)
ZONES = (
    "America/New_York", "Europe/Berlin", "Africa/Cairo", "Asia/Beirut", "America/Santiago", "America/Havana",
    "Australia/Lord_Howe", "Asia/Kathmandu", "Pacific/Chatham", "Pacific/Kiritimati", "Pacific/Pago_Pago", None,
)  # fmt: skip
"""Days that begin at 01:00, last 23 to 25 hours, or begin up to 14 hours before or 11 after those of UTC."""
REGIONS = ("US-NY", "DE", "CN", None)


def customer_id(who: int) -> UUID:
    return derived("year", str(who))


def told(who: int) -> list[tuple[datetime, Data]]:
    """All that is heard of this customer, in the order of its instants."""
    return sorted(_told(Random(who), who), key=lambda fact: fact[0])


def heard(who: int, n: int) -> Input:
    """The n-th of it."""
    at, data = told(who)[n]
    return input_of(customer_id(who), f"{who} {n}", at, data)


def input_of(customer: UUID, name: str, at: datetime, data: Data) -> Input:
    """A fact about this customer as it comes off a topic; its id is made of the name."""
    id = derived("told", name)
    envelope = Envelope(
        specversion="1.0", id=str(id), source="holdfast/profile", type=data.TYPE, subject=str(customer), time=at,
        recordedtime=at, data=msgspec.Raw(dump_data(data)),
    )  # fmt: skip
    event = Event(id, str(id), envelope.source, data.TYPE, at, at, str(customer), data)
    return Input("kafka", at, event, body=encode(envelope))


def _told(chance: Random, who: int) -> Iterator[tuple[datetime, Data]]:
    begins = BEGINS - timedelta(days=chance.randrange(1, 30))
    born = OccasionDate(
        kind="birthday",
        month=chance.randrange(1, 13),
        day=chance.randrange(1, 29),
        lunar=who % 5 == 0,
        volunteered=True,
    )
    yield (
        _at(chance, begins),
        profile.CustomerRegistered(
            party="individual", kind="consumer", registered_on=begins, owner=f"agent-{who % 40}",
            time_zone=ZONES[who % len(ZONES)], region=REGIONS[who % len(REGIONS)], dates=(born,),
        ),
    )  # fmt: skip
    day = begins
    while day < ENDS:
        yield _at(chance, day), _grade(chance, day)
        day += timedelta(days=chance.randrange(40, 160))
    if who % 3 == 0:
        on = BEGINS + timedelta(days=chance.randrange(300))
        yield _at(chance, on), grading.TierAssigned(tier="key", basis="computed", supply_priority=False)
    for n in range(chance.randrange(4)):
        on, name = BEGINS + timedelta(days=chance.randrange(330)), f"p{who}-{n}"
        due_on = on + timedelta(days=chance.randrange(20))
        yield _at(chance, on), profile.CommitmentMade(commitment_id=name, due_on=due_on)
        if chance.random() < 0.5:
            kept_on = on + timedelta(days=chance.randrange(25))
            yield _at(chance, kept_on) + timedelta(days=1), profile.CommitmentFulfilled(commitment_id=name)


def _grade(chance: Random, on: date) -> grading.GradeAssigned:
    return grading.GradeAssigned(
        grade=chance.choice("ABCDE"), changed=True, basis="computed", deal_status="prospect", importance="standard",
        urgency="moderate", demand="target", policy_id="pol", as_of=on,
    )  # fmt: skip


def _at(chance: Random, on: date) -> datetime:
    """Some of it in the very instant at which days begin somewhere."""
    minute = chance.choice((0, 60 * chance.randrange(24), chance.randrange(24 * 60)))
    return datetime.combine(on, time.min, UTC) + timedelta(minutes=minute)
