"""Where a partition goes on: never where the client happens to stand."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from aiokafka import TopicPartition

from shared.engine.reading import Reading

PLACE = TopicPartition("topic", 0)
CLOCK = datetime(2025, 3, 1, tzinfo=UTC)


class Client:
    """Kafka's client as far as it has a position of its own; it may go on elsewhere than it was told to."""

    def __init__(self) -> None:
        self.stands: int | None = 5
        self.fetched: int | None = None

    def seek(self, _place: TopicPartition, offset: int) -> None:
        self.stands = offset

    async def position(self, _place: TopicPartition) -> int:
        return self.stands if self.stands is not None else await asyncio.Event().wait()

    def highwater(self, _place: TopicPartition) -> int | None:
        return self.fetched


@pytest.fixture
def kafka() -> Client:
    return Client()


@pytest.fixture
def reading() -> Reading:
    """It stands at 5."""
    made = Reading(PLACE, 0)
    made.next_offset = 5
    return made


def polled(offset: int) -> SimpleNamespace:
    return SimpleNamespace(offset=offset)


def test_what_comes_next_is_taken(reading, kafka):
    assert reading.continues(polled(5), kafka)


@pytest.mark.parametrize("offset", [3, 9], ids=["behind", "ahead"])
def test_what_comes_from_elsewhere_is_dropped_and_sought_again(reading, kafka, offset):
    assert not reading.continues(polled(offset), kafka)
    assert kafka.stands == 5


def test_a_client_that_runs_on_is_called_back_each_time(reading, kafka):
    assert [reading.continues(polled(offset), kafka) for offset in (9, 12, 15)] == [False] * 3


def test_a_gap_that_stays_is_the_logs_own(reading, kafka):
    assert [reading.continues(polled(7), kafka) for _ in range(2)] == [False, True]


def test_records_behind_are_never_the_logs_own(reading, kafka):
    assert [reading.continues(polled(3), kafka) for _ in range(3)] == [False] * 3


async def read_to(reading: Reading, kafka: Client, end: int) -> bool:
    reading.ask(CLOCK, end)
    return await reading.is_read(kafka, None, None)


async def test_read_to_the_end_is_read_until_the_clock_of_then(reading, kafka):
    assert (await read_to(reading, kafka, 5), reading.until) == (True, CLOCK)


async def test_a_client_at_the_end_has_read_nothing_for_a_reader_that_is_not_there(reading, kafka):
    kafka.stands = 9
    assert (await read_to(reading, kafka, 9), kafka.stands) == (False, 5)


async def test_where_the_client_stands_is_asked_after_a_start_however_far_its_row_had_been_read(reading, kafka):
    reading.until = CLOCK
    assert reading.asked < CLOCK
    await read_to(reading, kafka, 5)
    assert reading.asked == CLOCK


async def test_markers_at_the_end_are_nothing_to_read(reading, kafka):
    for read in (False, True):
        kafka.stands = 6
        assert await read_to(reading, kafka, 6) is read


async def test_the_rest_of_a_batch_that_was_fetched_is_still_to_be_read(reading, kafka):
    kafka.fetched = 8
    assert not await read_to(reading, kafka, 5)
    reading.next_offset = kafka.stands = 8
    assert await read_to(reading, kafka, 5)


async def test_a_client_that_does_not_know_where_it_stands_is_told(reading, kafka):
    kafka.stands = None
    assert (await read_to(reading, kafka, 5), kafka.stands) == (False, 5)
