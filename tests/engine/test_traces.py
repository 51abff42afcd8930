"""The trace of an event goes on in what follows from it; where somebody looks, what was decided is a span."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import msgspec
import pytest
from msgspec.structs import replace

from shared.contracts.data import Data
from shared.contracts.ids import derived, wake_key
from shared.engine.fence import FenceLost, fence_of
from shared.engine.inputs import Input
from shared.engine.wakeups import run_due
from shared.traces.context import decision, handed_on
from shared.traces.spans import Span, Spans
from tests.engine.conftest import CUSTOMER, START, Bench
from tests.engine.toy import Counted, Exploded, Promised

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
CAME, UNSEEN = (f"00-{TRACE}-00f067aa0ba902b7-{flags}" for flags in ("01", "00"))
CLOCK_TOPIC = "holdfast.clock.v1"
ALL, OUT_OF_PLACE = 1.0, 99


def traced(bench: Bench, id: str, data: Data, context: str | None = CAME, offset: int | None = None) -> Input:
    item = bench.event(id, data, offset=offset)
    assert item.event is not None
    return replace(item, event=replace(item.event, traceparent=context))


def followed(bench: Bench, share: float = ALL) -> list[Span]:
    """What is told from now on."""
    told: list[Span] = []
    bench.engine.spans = Spans("grading", share, told.append)
    return told


async def apply(bench: Bench, *inputs: Input) -> None:
    await bench.engine.apply(inputs, fence_of(inputs))


async def outbox(bench: Bench) -> list[dict[str, str]]:
    rows = await bench.pool.fetch("select payload from outbox order by id")
    return [msgspec.json.decode(row["payload"]) for row in rows]


async def wake(bench: Bench) -> UUID:
    """Let a promise of the customer break; the id of the instant."""
    await apply(bench, bench.event("promise", Promised(until=START + timedelta(seconds=100))))
    await bench.clock(10_000)
    await bench.pool.execute("update consumer_offset set applied_until = $1", START + timedelta(seconds=10_000))
    assert await run_due(bench.engine, CLOCK_TOPIC) == 1
    return wake_key("grading", "customer", CUSTOMER, START + timedelta(seconds=100))


@pytest.mark.parametrize("is_followed", [False, True], ids=["nobody looks", "somebody does"])
@pytest.mark.parametrize("context", [CAME, UNSEEN, None], ids=["sampled", "not sampled", "none"])
async def test_a_fact_is_of_the_trace_of_its_event(bench: Bench, context: str | None, is_followed: bool) -> None:
    told = followed(bench) if is_followed else []

    await apply(bench, traced(bench, "a", Counted(), context))

    (fact,) = await outbox(bench)
    assert fact.get("traceparent") == (handed_on(context, fact["id"]) if context else None)
    assert len(told) == (is_followed and context == CAME)


async def test_a_fact_that_is_decided_again_is_the_same_bytes(bench: Bench) -> None:
    first, again = (traced(bench, "a", Counted(), offset=0) for _ in range(2))
    await apply(bench, first)
    before = await bench.pool.fetch("select event_id, payload from outbox")
    await bench.pool.execute(
        "truncate journal, outbox, note; update consumer_offset set next_offset = 0; delete from stream"
    )

    await apply(bench, again)

    assert await bench.pool.fetch("select event_id, payload from outbox") == before


async def test_what_is_decided_is_a_span_below_what_brought_it(bench: Bench) -> None:
    told = followed(bench)

    await apply(bench, traced(bench, "a", Counted()), traced(bench, "b", Counted(n=-1)), traced(bench, "c", Exploded()))

    key = str(derived("toy", "a"))
    assert (told[0].context, told[0].id, told[0].kind) == (CAME, decision("grading", CAME, key), "consumer")
    assert told[0].began < told[0].ended
    assert told[0].attributes == {
        "holdfast.door": "kafka",
        "holdfast.outcome": "applied",
        "holdfast.customer.id": str(CUSTOMER),
        "cloudevents.event_id": key,
        "cloudevents.event_type": Counted.TYPE,
        "messaging.system": "kafka",
        "messaging.operation.type": "process",
        "messaging.destination.name": "holdfast.profile.v1",
        "messaging.destination.partition.id": "0",
        "messaging.kafka.offset": 0,
    }
    ends = [
        (span.attributes["holdfast.outcome"], span.attributes.get("holdfast.rule"), span.has_failed) for span in told
    ]
    assert ends == [("applied", None, False), ("refused", "negative", False), ("failed", "internal_error", True)]


async def test_what_came_before_is_no_span(bench: Bench) -> None:
    await apply(bench, traced(bench, "a", Counted()))
    told = followed(bench)

    await apply(bench, traced(bench, "a", Counted()))

    assert told == []


async def test_what_was_rolled_back_is_no_span(bench: Bench) -> None:
    told = followed(bench)

    with pytest.raises(FenceLost):
        await apply(bench, traced(bench, "a", Counted(), offset=OUT_OF_PLACE))

    assert told == []


async def test_an_instant_that_comes_begins_a_trace_of_its_own(bench: Bench) -> None:
    told = followed(bench)

    instant = await wake(bench)

    (fact,) = await outbox(bench)
    span = decision("grading", f"00-{instant.hex}", str(instant))
    assert fact["traceparent"] == handed_on(f"00-{instant.hex}-{'0' * 16}-01", fact["id"])
    assert [(one.id, one.attributes["holdfast.door"]) for one in told] == [(span, "wake")]


@pytest.mark.parametrize("share", [None, 0.0], ids=["nobody looks", "no trace begins here"])
async def test_an_instant_begins_none_where_none_is_followed(bench: Bench, share: float | None) -> None:
    told = followed(bench, share) if share is not None else []

    await wake(bench)

    assert ["traceparent" in fact for fact in await outbox(bench)] == [False]
    assert told == []


async def test_a_publication_is_a_span_between_decision_and_decision(bench: Bench) -> None:
    told = followed(bench)
    await apply(
        bench, traced(bench, "a", Counted()), traced(bench, "b", Counted(), UNSEEN), bench.event("c", Counted())
    )
    rows = await bench.pool.fetch("select payload from outbox order by id")
    assert bench.engine.spans is not None

    bench.engine.spans.published("holdfast.grading.v1", 3, (row["payload"] for row in rows), 7)

    decided, published = told
    fact = (await outbox(bench))[0]
    assert published.context[36:52] == decided.id
    assert published.id == fact["traceparent"][36:52]
    assert (published.kind, published.began) == ("producer", 7)
    assert published.attributes["holdfast.customer.id"] == str(CUSTOMER)
