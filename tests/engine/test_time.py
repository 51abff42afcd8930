"""Time as a door: wake-ups at their own instant, never over the backlog, never spinning."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import asyncpg
import pytest

from shared.engine import wakeups
from shared.engine.fence import fence_of
from shared.engine.wakeups import Wakeups, run_due
from tests.engine.conftest import CUSTOMER, START, Bench
from tests.engine.toy import Counted, Kept, Promised

CLOCK_TOPIC = "holdfast.clock.v1"


async def promised(bench: Bench, seconds: float) -> None:
    batch = [bench.event("promise", Promised(until=START + timedelta(seconds=seconds)))]
    await bench.engine.apply(batch, fence_of(batch))


async def read_until(bench: Bench, seconds: float) -> None:
    until = START + timedelta(seconds=seconds, microseconds=1)
    await bench.pool.execute("update consumer_offset set applied_until = $1", until)


@pytest.mark.parametrize(
    ("kept_at", "broken"), [(99, 0), (100, 0), (101, 1)], ids=["before", "at the instant", "after"]
)
async def test_what_keeps_a_promise_at_its_instant_goes_first(bench: Bench, kept_at: float, broken: int) -> None:
    await promised(bench, 100)
    batch = [bench.event("kept", Kept(), at=kept_at)]

    await bench.engine.apply(batch, fence_of(batch))

    assert (await bench.state()).broken == broken


async def test_a_wake_up_carries_the_instant_it_was_due_at(bench: Bench) -> None:
    await promised(bench, 100)
    await bench.clock(10_000)
    await read_until(bench, 10_000)

    assert await run_due(bench.engine, CLOCK_TOPIC) == 1

    row = await bench.pool.fetchrow("select door, now from journal order by seq desc limit 1")
    assert row is not None
    assert (row["door"], row["now"]) == ("wake", START + timedelta(seconds=100))
    assert (await bench.state()).broken == 1


async def test_a_wake_up_never_overtakes_the_backlog(bench: Bench) -> None:
    await promised(bench, 100)
    await bench.clock(10_000)
    await read_until(bench, 50)

    assert await run_due(bench.engine, CLOCK_TOPIC) == 0


async def test_what_is_due_at_the_clock_comes_before_what_is_sent_then(bench: Bench) -> None:
    await promised(bench, 100)
    await bench.clock(100)
    await read_until(bench, 100)

    await bench.engine.apply([bench.event("late", Counted(), door="http")])

    doors = [row["door"] for row in await bench.pool.fetch("select door from journal order by seq")]
    assert doors == ["kafka", "wake", "http"]


async def test_a_wake_up_that_would_spin_sleeps_flagged_until_the_next_input(bench: Bench) -> None:
    await promised(bench, 100)
    spinning = b'{"promise":"2025-03-01T00:01:40Z","spins":true}'
    await bench.pool.execute("update stream set state = $1 where id = $2", spinning, CUSTOMER)
    await bench.clock(10_000)
    await read_until(bench, 10_000)

    assert await run_due(bench.engine, CLOCK_TOPIC) == 1
    assert await run_due(bench.engine, CLOCK_TOPIC) == 0

    row = await bench.pool.fetchrow("select flagged, wake_at from stream where id = $1", CUSTOMER)
    assert row is not None
    assert (row["flagged"], row["wake_at"]) == ("wake_spins", None)


async def test_now_never_goes_back_within_a_stream(bench: Bench) -> None:
    batch = [bench.event("a", Counted(), at=50), bench.event("b", Counted(), at=20)]

    await bench.engine.apply(batch, fence_of(batch))

    nows = [row["now"] for row in await bench.pool.fetch("select now from journal order by seq")]
    assert nows == [START + timedelta(seconds=50)] * 2


async def test_what_is_applied_during_a_look_is_looked_at_without_a_pause(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
):
    progressed = asyncio.Event()
    loop = Wakeups(bench.engine, CLOCK_TOPIC, progressed, asyncio.Event())
    looks = 0

    async def look() -> bool:
        nonlocal looks
        looks += 1
        loop.stopping = looks == 2
        progressed.set()
        return False

    async def pause() -> None:
        assert progressed.is_set()

    monkeypatch.setattr(loop, "_turn", look)
    monkeypatch.setattr(loop, "_sleep", pause)
    await loop.run()
    assert looks == 2


async def test_who_slept_through_a_year_wakes_in_transactions_that_the_database_waits_for(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A transaction in which nothing is asked for long is ended by the server: the same one would be again."""
    limits: list[int] = []

    async def slow(_engine: object, _topic: str, limit: int) -> int:
        limits.append(limit)
        if limit > 200:
            raise asyncpg.InterfaceError("cannot call Connection.execute(): connection is closed")
        loop.stopping = len(limits) == 4
        return limit

    monkeypatch.setattr(wakeups, "run_due", slow)
    await promised(bench, 100)
    await bench.clock(10_000)
    await read_until(bench, 10_000)
    loop = Wakeups(bench.engine, CLOCK_TOPIC, asyncio.Event(), asyncio.Event())

    await asyncio.wait_for(loop.run(), 10)

    assert limits == [500, 250, 125, 150]
