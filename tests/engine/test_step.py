"""Partitions in step: nothing is applied that something unread could precede."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.engine.inputs import Input
from shared.engine.step import Partition, take

START = datetime(2025, 3, 1, tzinfo=UTC)
NO_GRACE = timedelta(0)


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def partition(number: int, waiting: list[float], until: float = -1, rank: int = 1) -> Partition:
    made = Partition(f"topic{rank}", number, rank, at(until))
    made.waiting.extend(Input("kafka", at(second)) for second in waiting)
    return made


def seconds(taken: list[Input]) -> list[float]:
    return [(item.recordedtime - START).total_seconds() for item in taken]


@pytest.mark.parametrize(
    ("partitions", "expected"),
    [
        pytest.param([partition(0, [1, 2, 3])], [1, 2, 3], id="one partition waits for nobody"),
        pytest.param([partition(0, [1, 3]), partition(1, [2, 4])], [1, 2, 3], id="4 may be preceded by an unread 3.5"),
        pytest.param(
            [partition(0, [1, 5]), partition(1, [], until=2)], [1], id="an empty partition read until 2 holds 5"
        ),
        pytest.param(
            [partition(0, [1, 5]), partition(1, [], until=5)], [1, 5], id="read until the same instant is enough"
        ),
        pytest.param([partition(0, [7]), partition(1, [])], [], id="a partition never read holds everything"),
        pytest.param(
            [partition(0, [3, 1]), partition(1, [], until=9)], [3, 1], id="log order within a partition stands"
        ),
        pytest.param(
            [partition(0, [9, 1]), partition(1, [5])], [5], id="read until 9, whatever old instants came after it"
        ),
        pytest.param(
            [partition(0, [2], rank=2), partition(0, [2], rank=1)], [2, 2], id="one instant: nobody precedes anybody"
        ),
    ],
)
def test_take(partitions: list[Partition], expected: list[float]) -> None:
    assert seconds(take(partitions, None, NO_GRACE, 100)) == expected


def test_ties_go_in_the_order_of_the_writers() -> None:
    later, first = partition(0, [2], rank=3), partition(0, [2], rank=1)

    take([later, first], None, NO_GRACE, 1)

    assert (len(later.waiting), len(first.waiting)) == (1, 0)


def test_other_replicas_hold_back_too() -> None:
    mine = partition(0, [1, 5])

    assert seconds(take([mine], at(3), NO_GRACE, 100)) == [1]


def test_the_grace_lets_a_little_disorder_through() -> None:
    ahead = partition(0, [40])

    assert seconds(take([ahead, partition(1, [], until=20)], None, timedelta(seconds=30), 100)) == [40]


def test_a_partition_taken_empty_stays_read_until_its_last_record() -> None:
    one, other = partition(0, [1, 2]), partition(1, [9])

    take([one, other], None, NO_GRACE, 100)

    assert one.read_until == at(2)


@given(st.lists(st.lists(st.integers(0, 20), max_size=8), min_size=1, max_size=4), st.integers(1, 5))
def test_whatever_the_batch_size_the_order_is_the_same(logs: list[list[int]], limit: int) -> None:
    def drained(size: int) -> list[float]:
        partitions = [partition(n, sorted(log)) for n, log in enumerate(logs)]
        taken: list[Input] = []
        while batch := take(partitions, None, NO_GRACE, size):
            taken += batch
        return seconds(taken)

    assert drained(limit) == drained(1000) == sorted(drained(limit))
