"""What an event costs, by counts that are the same on every machine: statements, calls, what stays in memory."""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from types import FrameType
from typing import Any

import msgspec
import pytest

from bench.reference.decider import RULES, SUBSCRIPTIONS
from bench.reference.records import Record, Size, records
from bench.waking.lives import customer_id, heard, told
from services.scheduler.domain.rules import RULES as SCHEDULER
from services.scheduler.domain.state import CustomerState
from services.scheduler.store import LEDGERS
from shared.contracts.policy import default_policy
from shared.contracts.topics import DEFAULT
from shared.engine.alias import ALIASES, BELONGINGS
from shared.engine.apply import Engine
from shared.engine.decision import Rows, StreamKey
from shared.engine.fence import fence_of
from shared.engine.fold import Fold
from shared.engine.settlement import settle
from shared.engine.streams import Stream, World
from shared.engine.tables import stream_of, streams_part
from shared.engine.waking import wake
from shared.postgres.pool import PROBE
from tests.bench.reading import batches, taken_in
from tests.harness.engines import EngineOf

CALLS_PER_EVENT = 93
"""Of Python and of C, from a record's bytes to the columns of its rows: what Python 3.11 counts."""
CALLS_PER_WAKE_UP = 262
"""Of the scheduler's, from the row of its stream to the columns of what it leaves: the half year of some customers."""
STATEMENTS = 6
"""Of a batch whose streams are there: begin, the world, streams, rows, what is saved, commit; a long journal is
copied beside them."""
ROW = "insert into consumer_offset (topic, part, next_offset) values ($1, 0, 0)"
SIZES = (20, 200, 1_000)
"""After one in which every customer comes up for the first time."""

WORLD = World(default_policy(), "policy", datetime(2026, 1, 1, tzinfo=UTC))
MIDSUMMER = datetime(2025, 7, 1, tzinfo=UTC)
SCHEDULERS = (ALIASES, BELONGINGS, *LEDGERS)


@pytest.fixture(scope="module")
def made() -> list[Record]:
    return records(Size(events=3_000, customers=50))


@pytest.fixture
async def engine(engine_of: EngineOf) -> Engine:
    made = await engine_of(RULES, (), SUBSCRIPTIONS, "2026-01-01T00:00:00+00:00")
    await made.pool.execute(ROW, DEFAULT.profile)
    return made


async def test_a_batch_is_as_many_statements_whatever_its_size(engine: Engine, made: Sequence[Record]):
    said: list[str] = []
    async with engine.pool.acquire() as connection:
        connection.add_query_logger(lambda query: None if query.query == PROBE else said.append(query.query))
    counts = []
    for inputs in batches(made, (1_500, *SIZES)):
        said.clear()
        await engine.apply(inputs, fence_of(inputs))
        counts.append(len(said))
    assert counts[1:] == [STATEMENTS] * len(SIZES), said


def test_an_event_is_as_many_calls_as_it_was(made: Sequence[Record]):
    fold(made[:500])  # caches fill
    assert calls_of(lambda: fold(made[500:1_000])) / 500 == pytest.approx(CALLS_PER_EVENT, rel=0.2)


def test_a_wake_up_is_as_many_calls_as_it_was():
    rows = [row_of(live(who)) for who in range(40)]
    number = wake_all(rows)  # caches fill
    assert calls_of(lambda: wake_all(rows)) / number == pytest.approx(CALLS_PER_WAKE_UP, rel=0.1)


async def test_memory_is_flat(engine: Engine, made: Sequence[Record]):
    """A batch leaves some thirty objects until the loop forgets its timers; one per event would be seen."""
    held = []
    for n, inputs in enumerate(batches(made, [250] * 10)):
        await engine.apply(inputs, fence_of(inputs))
        del inputs
        if n in (3, 9):
            gc.collect()
            held.append(sys.getallocatedblocks())
    assert held[1] - held[0] < 0.4 * 250 * 6


def calls_of(work: Callable[[], object]) -> int:
    count = 0

    def counted(_frame: FrameType, event: str, _argument: Any) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(counted)
    try:
        work()
    finally:
        sys.setprofile(None)
    return count


def live(who: int) -> Stream:
    """One of the scheduler's customers with what was heard of it by the middle of a year."""
    stream = Stream(StreamKey("customer", customer_id(who)), CustomerState())
    heard_of = [heard(who, n) for n, (at, _) in enumerate(told(who)) if at < MIDSUMMER]
    settle(Fold(SCHEDULER, SCHEDULERS, WORLD, {stream.key: stream}, Rows()), heard_of, set())
    return stream


def row_of(stream: Stream) -> tuple[Any, ...]:
    state = msgspec.json.encode(stream.state)
    return (*stream.key, stream.version, state, stream.last_now, stream.wake_at, None, None, WORLD.policy_id)


def wake_all(rows: Sequence[tuple[Any, ...]]) -> int:
    """How many wake-ups the rest of the year has."""
    streams = {stream.key: stream for stream in (stream_of(SCHEDULER, row) for row in rows)}
    work = Fold(SCHEDULER, SCHEDULERS, WORLD, streams, Rows())
    for stream in streams.values():
        wake(work, stream, WORLD.clock)
    assert [row.columns() for rows in (work.journal, work.outbox) for row in rows]
    streams_part(streams.values())
    return len(work.journal)


def fold(part: Sequence[Record]) -> None:
    """All that is not the database's or the broker's."""
    inputs = taken_in(part)
    keys = {RULES.route(item.event, Rows()) for item in inputs if item.event}
    work = Fold(RULES, (), WORLD, {key: Stream(key, RULES.states[key.kind]()) for key in keys}, Rows())
    settle(work, inputs, set())
    for rows in (work.journal, work.outbox):
        assert [row.columns() for row in rows]
    streams_part(work.streams.values())
    fence_of(inputs)
