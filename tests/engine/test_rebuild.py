"""State = fold(journal), also after the state was spoilt."""

from __future__ import annotations

from datetime import timedelta

from shared.engine.fence import fence_of
from shared.engine.rebuild import Progress, rebuild
from shared.engine.wakeups import run_due
from tests.engine.conftest import CUSTOMER, OTHER, START, Bench
from tests.engine.toy import Counted, Promised


async def history(bench: Bench) -> None:
    batch = [
        bench.event("a", Counted(n=1)),
        bench.event("p", Promised(until=START + timedelta(seconds=100))),
        bench.event("b", Counted(n=10), customer=OTHER),
    ]
    await bench.engine.apply(batch, fence_of(batch))
    await bench.clock(1000)
    await bench.pool.execute("update consumer_offset set applied_until = $1", START + timedelta(seconds=1001))
    assert await run_due(bench.engine, "holdfast.clock.v1") == 1


async def run(bench: Bench, repair: bool) -> Progress:
    return [progress async for progress in rebuild(bench.engine, repair)][-1]


async def test_what_was_folded_is_what_the_journal_gives(bench: Bench) -> None:
    await history(bench)

    assert await run(bench, repair=False) == Progress(2, ())


async def test_a_spoilt_state_is_found_and_put_right(bench: Bench) -> None:
    await history(bench)
    await bench.pool.execute("update stream set state = '{\"total\":999}' where id = $1", CUSTOMER)
    await bench.pool.execute("delete from note")

    assert [key.id for key in (await run(bench, repair=True)).different] == [CUSTOMER]

    assert (await bench.state()).total == 1
    assert (await bench.state()).broken == 1
    assert await bench.pool.fetchval("select n from note") == 1
    assert (await run(bench, repair=False)).different == ()


async def test_a_file_whose_rule_was_mended_may_wake_again(bench: Bench) -> None:
    promise = [bench.event("p", Promised(until=START + timedelta(seconds=100)))]
    await bench.engine.apply(promise, fence_of(promise))
    await bench.pool.execute("update stream set flagged = 'internal_error', wake_at = null")

    assert (await run(bench, repair=True)).different == ()

    [row] = await bench.pool.fetch("select flagged, wake_at from stream")
    assert (row["flagged"], row["wake_at"]) == (None, START + timedelta(seconds=100))
