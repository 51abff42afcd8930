"""One assigned partition: where it starts, whether its topic is still the same one, and when it is read to the end."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg
import structlog
from aiokafka import AIOKafkaConsumer, TopicPartition

from shared.engine import offsets
from shared.engine.intake import print_of
from shared.engine.step import Partition
from shared.engine.streams import NEVER
from shared.engine.watermarks import Watermarks

log = structlog.get_logger(__name__)


POSITION_SECONDS = 0.2


class RetentionPassed(Exception):
    """Records that were never applied are no longer on the topic."""


class Reading(Partition):
    """A partition between its row in the database and the broker."""

    __slots__ = ("_armed", "_gap", "_met", "expected_print", "fresh", "open", "started", "tp")

    def __init__(self, tp: TopicPartition, rank: int) -> None:
        super().__init__(tp.topic, tp.partition, rank, NEVER)
        self.tp = tp
        self.started = False
        self.open = False
        self.fresh = True
        """Its pause or resume has not been said to the client since it was assigned."""
        self.expected_print: UUID | None = None
        self._gap: int | None = None
        """Where the client went on instead of at `next_offset`, once that was sought for a second time."""
        self._met = False
        """The client has been seen where it was sought."""
        self._armed: tuple[datetime, int] | None = None

    async def start(self, kafka: AIOKafkaConsumer, pool: asyncpg.Pool, marks: Watermarks) -> None:
        """Seek to the stored offset, or one before it to see that the last applied record is still the same."""
        row = await offsets.read(pool, self.topic, self.number)
        beginning = (await marks.beginnings([self.tp]))[self.tp]
        self.until, at, self.expected_print = row.applied_until, row.next_offset, None
        if row.last_print is None and at < beginning:
            await offsets.reset(pool, self.topic, self.number, at, beginning)
            at = beginning
        elif at < beginning:
            raise RetentionPassed(
                f"{self.topic}/{self.number}: applied up to {at}, but the topic begins at {beginning}"
            )
        elif row.last_print is not None and at > beginning:
            at, self.expected_print = at - 1, row.last_print
        self._seek(kafka, at)
        self.started = True

    def _seek(self, kafka: AIOKafkaConsumer, offset: int) -> None:
        kafka.seek(self.tp, offset)
        self.next_offset, self._gap, self._met, self._armed = offset, None, False, None

    def continues(self, first: Any, kafka: AIOKafkaConsumer) -> bool:
        """Whether a poll starts where this reader stands; else it is dropped and the position sought again."""
        return self._stands(first.offset, kafka)

    def _stands(self, at: int, kafka: AIOKafkaConsumer) -> bool:
        """Whether the client goes on where this reader stands, or else seek.

        It can deliver from Kafka's own committed offset before a seek lands. A gap that is the same after another
        seek is one of the log's own (transaction markers) and is stepped over.
        """
        if at == self.next_offset or (at == self._gap and at > self.next_offset):
            self._met = True
            return True
        log.warning("poll_out_of_place", topic=self.topic, part=self.number, at=at, expected=self.next_offset)
        self._seek(kafka, self.next_offset)
        self._gap = at
        return False

    def verified(self, records: Sequence[Any]) -> Sequence[Any] | None:
        """The records to apply, without the one that was read again to compare its print; None where it differs."""
        if self.expected_print is None:
            return records
        first, expected = records[0], self.expected_print
        same = first.offset != self.next_offset or print_of(first.timestamp, first.key, first.value) == expected
        if not same:
            return None
        self.expected_print = None
        if first.offset == self.next_offset:
            self.next_offset = first.offset + 1
            return records[1:]
        self.next_offset += 1  # a marker stood there: nothing to compare
        return records

    async def made_again(self, kafka: AIOKafkaConsumer, pool: asyncpg.Pool, marks: Watermarks) -> None:
        """The topic was made again: say so, start at its beginning; the journal drops what it knows."""
        row = await offsets.read(pool, self.topic, self.number)
        beginning = (await marks.beginnings([self.tp]))[self.tp]
        log.error("topic_made_again", topic=self.topic, part=self.number, stood_at=row.next_offset, starts_at=beginning)
        await offsets.reset(pool, self.topic, self.number, row.next_offset, beginning)
        self.waiting.clear()
        self.expected_print = None
        self._seek(kafka, beginning)

    def ask(self, clock: datetime, end: int) -> None:
        """The clock stood at `clock` before the partition was found to end at `end`."""
        self._armed = (clock, end)

    async def is_read(self, kafka: AIOKafkaConsumer, pool: asyncpg.Pool, marks: Watermarks) -> bool:
        """Whether it has been polled up to the end that was asked for; then `until` is the clock of then.

        What has been fetched since counts as well: a broker may name a place within its last batch as the end.
        """
        position = await self._position(kafka)
        if position is None or self._armed is None:
            return False
        end = max(self._armed[1], kafka.highwater(self.tp) or 0)
        if position < end or not self._stands(position, kafka):
            return False
        until, self._armed = self._armed[0], None
        if self.expected_print is not None:  # the record before the stored offset is not there
            await self.made_again(kafka, pool, marks)
            return False
        moved = until > self.until
        self.until = max(self.until, until)
        return moved

    async def _position(self, kafka: AIOKafkaConsumer) -> int | None:
        """Where the client stands; one that does not know is told: it would wait for that as long as nobody seeks."""
        if self._armed is None:
            return None
        try:
            async with asyncio.timeout(POSITION_SECONDS):
                position: int = await kafka.position(self.tp)
                return position
        except TimeoutError:
            self._seek(kafka, self.next_offset)
            return None

    @property
    def asked(self) -> datetime:
        """The clock up to which it is being read, or has been; none, until the client has been seen in its place."""
        return self._armed[0] if self._armed else self.until if self._met else NEVER
