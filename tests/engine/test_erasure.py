"""A person is forgotten: the stream ends empty, its bodies are gone, and what comes later for it leaves no trace."""

from __future__ import annotations

from uuid import UUID

import pytest

from shared.contracts.profile import CustomerAbsorbed
from shared.engine.fence import fence_of
from shared.engine.inputs import Input
from shared.engine.rebuild import rebuild
from tests.engine import toy
from tests.engine.conftest import CUSTOMER, OTHER, START, Bench
from tests.engine.toy import Counted, Exploded, Forgotten, Promised

BODIES = "select type, body from journal where id = $1 order by seq"


async def apply(bench: Bench, *batch: Input) -> list[str]:
    done = await bench.engine.apply(batch, fence_of(batch))
    return [outcome.result for outcome in done.outcomes]


@pytest.fixture
def history(bench: Bench) -> list[Input]:
    return [
        bench.event("a", Counted(n=1)),
        bench.event("no", Counted(n=-1)),
        bench.event("boom", Exploded()),
        bench.event("p", Promised(until=START.replace(year=2030))),
        bench.event("f", Forgotten(), 5),
    ]


@pytest.mark.parametrize("batches", [1, 5], ids=["in one batch", "one by one"])
async def test_nothing_is_left_but_the_keys(bench: Bench, history: list[Input], batches: int) -> None:
    for part in [history] if batches == 1 else [[item] for item in history]:
        await apply(bench, *part)

    bodies = await bench.pool.fetch(BODIES, CUSTOMER)
    assert [(row["type"].split(".")[-2], row["body"] == b"") for row in bodies] == [
        ("counted", True),
        ("promised", True),
        ("forgotten", False),
    ]
    assert await bench.state() == toy.State()
    row = await bench.pool.fetchrow("select wake_at, erased_at = last_now as now from stream where id = $1", CUSTOMER)
    assert (row["wake_at"], row["now"]) == (None, True)
    assert await bench.pool.fetchval("select count(*) from note") == 0
    assert await bench.dead() == []


async def test_what_comes_again_or_late_leaves_no_trace(bench: Bench, history: list[Input]) -> None:
    await apply(bench, *history)
    said = await bench.facts()

    again = bench.event("a", Counted(n=1), 6)
    late = bench.event("late", Counted(n=5), 7)
    command = bench.event("asked", Counted(n=5), 7, door="http")
    assert await apply(bench, again, late) == ["duplicate", "superseded"]
    [refused] = (await bench.engine.apply([command])).outcomes

    assert (refused.result, refused.reason, refused.status) == ("refused", "erased", 410)
    assert await bench.state() == toy.State()
    assert await bench.facts() == said
    rows = await bench.pool.fetch("select body from journal where event_key = $1", late.event.key)  # type: ignore[union-attr]
    assert [row["body"] for row in rows] == [b""]
    assert await bench.pool.fetchval("select count(*) from note") == 0


async def test_every_file_that_was_taken_in_goes_too(bench: Bench) -> None:
    await apply(bench, bench.event("a", Counted(n=1)), bench.event("b", Counted(n=10), customer=OTHER))
    await bench.pool.execute("insert into idempotency values ('k', '', 200, 'secret', now(), $1)", OTHER)
    await bench.pool.execute("insert into idempotency values ('l', '', 200, 'other', now(), $1)", UUID(int=9))
    await apply(bench, bench.event("j", CustomerAbsorbed(from_=OTHER)))
    await apply(bench, bench.event("f", Forgotten(), customer=OTHER))

    assert (
        await bench.pool.fetchval("select count(*) from journal where body <> '' and type not like '%forgotten%'") == 0
    )
    assert await bench.pool.fetchval("select count(*) from note") == 0
    assert await bench.pool.fetchval("select string_agg(key, ',') from idempotency") == "l"
    assert await apply(bench, bench.event("late", Counted(n=5), customer=OTHER)) == ["superseded"]


async def test_a_rebuild_passes_by(bench: Bench, history: list[Input]) -> None:
    await apply(bench, *history)
    await apply(bench, bench.event("alive", Counted(n=3), 8, customer=OTHER))

    progress = [step async for step in rebuild(bench.engine, repair=False)]

    assert [(step.streams, step.different) for step in progress] == [(1, ())]
