"""Driving a simulated clock: day by day, with a rest at each."""

from __future__ import annotations

import re
import uuid
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta

from aiokafka import AIOKafkaProducer
from msgspec import Raw

from holdfast.local.rest import TICK, Probe
from holdfast.local.state import StackState
from shared.clock import business_date, start_of_day
from shared.contracts.clock import ClockMoved
from shared.contracts.envelope import CONTENT_TYPE, Envelope, encode
from shared.contracts.reading import dump_data
from shared.contracts.topics import topics
from shared.kafka.settings import KafkaSettings

UNITS = {"w": "weeks", "d": "days", "h": "hours", "m": "minutes", "s": "seconds"}
DURATION = re.compile(r"(\d+)([wdhms])")


class NotSimulated(Exception):
    """The clock cannot be moved to where it was asked to."""


def parse_instant(text: str, zone: str) -> datetime:
    """`2025-03-01` (00:00 of that day in the zone) or RFC 3339 with an offset, in UTC. Raises ValueError."""
    if len(text) == len("2025-03-01"):
        return start_of_day(date.fromisoformat(text), zone)
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError(f"{text} has no offset: write {text}Z, or a date alone")
    return at.astimezone(UTC)


def parse_duration(text: str) -> timedelta:
    """`1d`, `12h`, `2w`, `1d12h`. Raises ValueError."""
    parts = DURATION.findall(text)
    if not parts or "".join(number + unit for number, unit in parts) != text:
        raise ValueError(f"{text} is no duration: write for example 1d, 12h or 2w")
    return sum((timedelta(**{UNITS[unit]: int(number)}) for number, unit in parts), timedelta(0))


def stops(now: datetime, to: datetime, zone: str) -> Iterator[datetime]:
    """Each day's 00:00 in the zone after `now` and before `to`, then `to`."""
    day = business_date(now, zone) + timedelta(days=1)
    while (midnight := start_of_day(day, zone)) < to:
        if midnight > now:
            yield midnight
        day += timedelta(days=1)
    yield to


class ClockHand:
    """Writes `clock.moved`; one producer for all of its strokes."""

    def __init__(self, settings: KafkaSettings, producer: AIOKafkaProducer) -> None:
        self.topic = topics(settings.topic_prefix).clock
        self.producer = producer

    async def move(self, to: datetime) -> tuple[tuple[str, int], int]:
        """Returns once the broker has it: ((topic, partition), offset after it)."""
        event = Envelope(
            specversion="1.0",
            id=str(uuid.uuid4()),
            source="holdfast/local",
            type=ClockMoved.TYPE,
            time=to,
            datacontenttype="application/json",
            data=Raw(dump_data(ClockMoved(now=to))),
        )
        sent = await self.producer.send_and_wait(self.topic, encode(event), headers=[*CONTENT_TYPE])
        return (sent.topic, sent.partition), sent.offset + 1


@asynccontextmanager
async def clock_hand(settings: KafkaSettings) -> AsyncIterator[ClockHand]:
    """A hand for as long as the block runs."""
    producer = AIOKafkaProducer(**settings.client_options(), acks="all")
    await producer.start()
    try:
        yield ClockHand(settings, producer)
    finally:
        await producer.stop()


class Driver:
    """Moves the clock of a running stack and waits for rest at every stop; an async context of `driving`."""

    def __init__(self, state: StackState, probe: Probe, hand: ClockHand) -> None:
        self.state, self.probe, self.hand = state, probe, hand

    async def advance(self, to: datetime, seconds: float) -> int:
        """How often it stopped. `seconds` bounds each rest. Raises NotSimulated, NotAtRest."""
        now = await self.now(seconds)
        if to < now:
            raise NotSimulated(f"the clock stands at {now.isoformat()} already and never goes back")
        halts = list(stops(now, to, self.state.time_zone))
        for at in halts:
            place, end = await self.hand.move(at)
            self.probe.topics.ends[place] = end
            await self.probe.rest(seconds, at)
        return len(halts)

    async def now(self, seconds: float) -> datetime:
        """What the clocks were last told, at rest, so that they agree. Raises NotSimulated, NotAtRest."""
        if self.state.clock != "simulated":
            raise NotSimulated("the clock is the database's: start the stack with --clock simulated")
        return await self.probe.rest(seconds) - TICK


@asynccontextmanager
async def driving(state: StackState) -> AsyncIterator[Driver]:
    """A driver for as long as the block runs."""
    async with Probe(state) as probe, clock_hand(state.kafka_settings()) as hand:
        yield Driver(state, probe, hand)
