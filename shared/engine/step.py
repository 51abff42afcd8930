"""Partitions in step: a record is taken only when every other partition has been read up to its time. Pure."""

from __future__ import annotations

import heapq
from collections import deque
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from operator import attrgetter

from shared.engine.inputs import Input

RECORDED = attrgetter("recordedtime")


class Partition:
    """One partition as this reader holds it; `until` is how far in time it has been read when nothing waits."""

    __slots__ = ("next_offset", "number", "rank", "topic", "until", "waiting")

    def __init__(self, topic: str, number: int, rank: int, until: datetime) -> None:
        self.topic = topic
        self.number = number
        self.rank = rank
        """The writer's place among inputs of one instant: profile, grading, scheduler, feedback."""
        self.next_offset = 0
        self.waiting: deque[Input] = deque()
        self.until = until

    @property
    def read_until(self) -> datetime:
        """The latest instant that was polled: a service that was away announces old instants late."""
        return max(self.until, *map(RECORDED, self.waiting)) if self.waiting else self.until


def take(partitions: Collection[Partition], others: datetime | None, grace: timedelta, limit: int) -> list[Input]:
    """Remove and return, in fold order, at most `limit` inputs that nothing still unread can precede.

    By `recordedtime`, ties in the order of the writers, log order within a partition. `others` is how far the
    partitions of other replicas have been applied; None where there are none.
    """
    read = {p: p.read_until for p in partitions}
    bounds = _bounds(read, others, grace)
    heads = [(_order(p), p) for p in partitions if p.waiting]
    heapq.heapify(heads)
    taken: list[Input] = []
    while heads and len(taken) < limit:
        _, head = heads[0]
        bound = bounds[head]
        if bound is not None and bound < head.waiting[0].recordedtime:
            break
        taken.append(head.waiting.popleft())
        if head.waiting:
            heapq.heapreplace(heads, (_order(head), head))
        else:
            heapq.heappop(heads)
    for partition, until in read.items():
        partition.until = max(partition.until, until) if not partition.waiting else partition.until
    return taken


def _bounds(
    read: Mapping[Partition, datetime], others: datetime | None, grace: timedelta
) -> dict[Partition, datetime | None]:
    """Up to when each may be taken: how far all others have been read, and the grace. None: there are none."""
    ascending = sorted(read, key=lambda partition: read[partition])[:2]
    bounds: dict[Partition, datetime | None] = {}
    for partition in read:
        until = [read[other] for other in ascending if other is not partition][:1]
        until += [] if others is None else [others]
        bounds[partition] = min(until) + grace if until else None
    return bounds


def _order(partition: Partition) -> tuple[datetime, int, str, int]:
    return (partition.waiting[0].recordedtime, partition.rank, partition.topic, partition.number)
