"""What is counted and measured for an operator is what the database and the broker say."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace
from typing import Any, cast

import pytest
from aiokafka import TopicPartition
from prometheus_client import REGISTRY

from shared import telemetry
from shared.engine.consumer import Consumer
from shared.engine.fence import fence_of
from shared.engine.process import Service
from shared.engine.reading import Reading
from shared.engine.wakeups import run_due
from tests.engine.conftest import START, Bench
from tests.engine.toy import Counted, Exploded, Promised

CLOCK_TOPIC = "holdfast.clock.v1"


def value(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(name, labels) or 0


def decisions(type: str, outcome: str, rule: str = "") -> float:
    return value("holdfast_decisions_total", type=type, outcome=outcome, rule=rule)


async def test_decisions_are_counted_by_type_outcome_and_the_rule_that_refused(bench: Bench) -> None:
    asked = [
        (Counted.TYPE, "applied"),
        (Counted.TYPE, "refused", "negative"),
        (Exploded.TYPE, "failed", "internal_error"),
        (Promised.TYPE, "applied"),
        ("time.passed", "applied"),
    ]
    before = [decisions(*one) for one in asked]
    batch = [
        bench.event("a", Counted()),
        bench.event("b", Counted()),
        bench.event("c", Counted(n=-1)),
        bench.event("d", Exploded()),
        bench.event("e", Promised(until=START + timedelta(seconds=50))),
    ]
    await bench.engine.apply(batch, fence_of(batch))
    again = [bench.event("a", Counted())]
    await bench.engine.apply(again, fence_of(again))
    await bench.clock(100)
    await bench.pool.execute("update consumer_offset set applied_until = $1", START + timedelta(seconds=100))
    await run_due(bench.engine, CLOCK_TOPIC)

    assert [decisions(*one) - was for one, was in zip(asked, before, strict=True)] == [2, 1, 1, 1, 1]


async def test_the_age_of_a_batch_is_that_of_its_oldest_event(bench: Bench) -> None:
    count, total = value("holdfast_event_age_seconds_count"), value("holdfast_event_age_seconds_sum")
    await bench.clock(100)
    batch = [bench.event("a", Counted(), at=40), bench.event("b", Counted(), at=90)]
    await bench.engine.apply(batch, fence_of(batch))
    await bench.engine.apply([bench.event("c", Counted(), at=1, door="http")])

    assert value("holdfast_event_age_seconds_count") - count == 1
    assert value("holdfast_event_age_seconds_sum") - total == pytest.approx(60, abs=0.001)


async def test_gauges_say_what_the_database_says(bench: Bench) -> None:
    batch = [
        bench.event("a", Counted()),
        bench.event("b", Counted(n=-1)),
        bench.event("c", Promised(until=START + timedelta(seconds=50))),
    ]
    await bench.engine.apply(batch, fence_of(batch))
    await bench.clock(100)
    await bench.pool.execute("update consumer_offset set applied_until = $1", START + timedelta(seconds=10))
    service = cast("Service", SimpleNamespace(engine=bench.engine, loops=None))

    await telemetry.measures(service, telemetry.Health(service))

    facts = len(await bench.facts())
    assert (value("holdfast_outbox_rows"), value("holdfast_streams_flagged")) == (facts, 0)
    assert value("holdfast_dead_letters", reason="negative") == 1
    assert (value("holdfast_wakeups_due"), round(value("holdfast_wakeups_late_seconds"))) == (1, 50)
    assert round(value("holdfast_backlog_seconds")) == 90
    assert value("holdfast_ready") == 0, "nobody has looked yet whether the database answers"


def test_lag_is_what_was_not_applied_of_partitions_that_are_ours() -> None:
    def reading(topic: str, part: int, next_offset: int, waiting: int) -> Reading:
        made = Reading(TopicPartition(topic, part), 0)
        made.started, made.next_offset = True, next_offset
        made.waiting.extend(cast("Any", range(waiting)))
        return made

    held = [reading("t", 0, 90, 4), reading("t", 1, 50, 0), reading("u", 0, 7, 0), reading("lost", 0, 0, 0)]
    ends = {("t", 0): 100, ("t", 1): 50, ("u", 0): None}
    kafka = SimpleNamespace(assignment=lambda: {r.tp for r in held[:3]}, highwater=lambda tp: ends[tuple(tp)])
    consumer = cast("Consumer", SimpleNamespace(readings={r.tp: r for r in held}, kafka=kafka))

    assert Consumer.lag(consumer) == {"t": 14}
