"""Two files become one: their journals are joined and folded again, and only what is different is said."""

from __future__ import annotations

from shared.engine.alias import canonical
from shared.engine.fence import fence_of
from tests.engine.conftest import CUSTOMER, OTHER, Bench
from tests.engine.toy import Counted, Joined


async def joined(bench: Bench) -> None:
    batch = [
        bench.event("a", Counted(n=1)),
        bench.event("b", Counted(n=10), customer=OTHER),
        bench.event("c", Counted(n=2)),
        bench.event("j", Joined(other=OTHER)),
    ]
    await bench.engine.apply(batch, fence_of(batch))


async def test_the_joined_stream_is_the_fold_of_both(bench: Bench) -> None:
    await joined(bench)

    assert (await bench.state()).total == 13
    assert (await bench.facts())[-1] == ("grading.toy.total", {"total": 13})
    assert await bench.pool.fetchval("select count(*) from journal where id = $1", CUSTOMER) == 4
    assert await bench.pool.fetchval("select count(*) from note where customer_id = $1", CUSTOMER) == 3


async def test_joining_what_was_applied_in_earlier_batches_gives_the_same(bench: Bench) -> None:
    for item in [
        bench.event("a", Counted(n=1)),
        bench.event("b", Counted(n=10), customer=OTHER),
        bench.event("c", Counted(n=2)),
        bench.event("j", Joined(other=OTHER)),
    ]:
        await bench.engine.apply([item], fence_of([item]))

    assert (await bench.state()).total == 13
    assert await bench.pool.fetchval("select count(*) from journal where id = $1", OTHER) == 0


async def test_what_is_said_about_the_old_id_reaches_the_surviving_file(bench: Bench) -> None:
    await joined(bench)
    late = [bench.event("late", Counted(n=100), customer=OTHER)]

    await bench.engine.apply(late, fence_of(late))

    assert (await bench.state()).total == 113
    async with bench.pool.acquire() as connection:
        assert await canonical(connection, OTHER) == CUSTOMER  # type: ignore[arg-type]


async def test_being_told_twice_changes_nothing(bench: Bench) -> None:
    await joined(bench)
    again = [bench.event("k", Joined(other=OTHER))]

    done = await bench.engine.apply(again, fence_of(again))

    assert done.outcomes[0].result == "superseded"
