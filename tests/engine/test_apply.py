"""One batch, one transaction: what is recorded, what is dropped, what is set aside."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import asyncpg
import pytest

from holdfast.local.databases import connected
from shared.engine import attempts
from shared.engine.fence import FenceLost, fence_of
from shared.engine.inputs import Input
from shared.engine.tables import JOURNALED, MANY
from tests.engine.conftest import CUSTOMER, OTHER, Bench
from tests.engine.toy import Counted, Exploded


async def test_a_batch_becomes_journal_state_facts_and_ledger(bench: Bench) -> None:
    batch = [bench.event("a", Counted(n=2)), bench.event("b", Counted(n=3))]

    done = await bench.engine.apply(batch, fence_of(batch))

    assert [o.result for o in done.outcomes] == ["applied", "applied"]
    assert (await bench.state()).total == 5
    assert await bench.facts() == [("grading.toy.total", {"total": 2}), ("grading.toy.total", {"total": 5})]
    assert await bench.pool.fetchval("select sum(n) from note") == 5
    assert await bench.pool.fetchval("select next_offset from consumer_offset") == 2


async def test_a_journal_is_the_same_whether_it_is_copied_or_not(bench: Bench) -> None:
    said = [[bench.event(f"{n} of {size}", Counted()) for n in range(size)] for size in (MANY - 1, MANY)]
    for batch in said:
        await bench.engine.apply(batch, fence_of(batch))

    rows = await bench.pool.fetch(f"select {', '.join(JOURNALED)} from journal order by seq")
    assert [(row["event_key"], row["body"]) for row in rows] == [
        (item.event.key, item.body) for batch in said for item in batch if item.event
    ]
    assert len({(row["kind"], row["id"], row["door"], row["policy_id"], row["outcome"]) for row in rows}) == 1


@pytest.mark.parametrize("size", [1, MANY], ids=["one fact", "many, which are copied"])
async def test_the_relay_hears_of_facts_with_their_commit(bench: Bench, size: int) -> None:
    heard = asyncio.Event()
    batch = [bench.event(f"{n}", Counted()) for n in range(size)]
    async with connected(bench.dsn) as connection:
        await connection.add_listener("outbox", lambda *_: heard.set())
        await bench.engine.apply(batch, fence_of(batch))
        await asyncio.wait_for(heard.wait(), 10)

    assert [data["total"] for _, data in await bench.facts()] == list(range(1, size + 1))


async def test_an_input_that_comes_again_has_no_effect(bench: Bench) -> None:
    first, within = bench.event("a", Counted()), bench.event("a", Counted())
    await bench.engine.apply([first, within], fence_of([first, within]))
    again = bench.event("a", Counted(n=9))

    done = await bench.engine.apply([again], fence_of([again]))

    assert [o.result for o in done.outcomes] == ["duplicate"]
    assert (await bench.state()).total == 1
    assert len(await bench.facts()) == 1


async def test_a_batch_that_does_not_continue_is_rolled_back(bench: Bench) -> None:
    ahead = [bench.event("a", Counted(), offset=7)]

    with pytest.raises(FenceLost):
        await bench.engine.apply(ahead, fence_of(ahead))

    assert await bench.pool.fetchval("select count(*) from journal") == 0
    assert await bench.pool.fetchval("select next_offset from consumer_offset") == 0


async def test_the_same_batch_twice_is_stopped_by_the_fence(bench: Bench) -> None:
    batch = [bench.event("a", Counted())]
    await bench.engine.apply(batch, fence_of(batch))

    with pytest.raises(FenceLost):
        await bench.engine.apply(batch, fence_of(batch))


async def test_a_refusal_is_a_dead_letter_and_the_batch_around_it_applies(bench: Bench) -> None:
    batch = [bench.event("a", Counted()), bench.event("bad", Counted(n=-1)), bench.event("c", Counted())]

    done = await bench.engine.apply(batch, fence_of(batch))

    [dead] = await bench.dead()
    assert [o.result for o in done.outcomes] == ["applied", "refused", "applied"]
    assert (dead["reason"], dead["detail"], dead["tries"]) == ("negative", "send a number from 0 on", 1)
    assert dead["body"] == batch[1].raw.value if batch[1].raw else False
    assert (await bench.state()).total == 2


async def test_a_refused_event_met_again_counts_a_try_and_says_no_second_notice(bench: Bench) -> None:
    for _ in range(2):
        batch = [bench.event("bad", Counted(n=-1))]
        await bench.engine.apply(batch, fence_of(batch))

    [dead] = await bench.dead()
    assert dead["tries"] == 2
    assert [name for name, _ in await bench.facts()] == ["dead_letter.recorded"]


async def test_a_refusal_over_http_writes_nothing(bench: Bench) -> None:
    done = await bench.engine.apply([bench.event("bad", Counted(n=-1), door="http")])

    assert (done.outcomes[0].result, done.outcomes[0].reason) == ("refused", "negative")
    assert await bench.dead() == []


async def test_a_rule_that_fails_flags_its_customer_and_lets_the_others_go_on(bench: Bench) -> None:
    batch = [bench.event("bug", Exploded()), bench.event("b", Counted(), customer=OTHER)]

    done = await bench.engine.apply(batch, fence_of(batch))

    [dead] = await bench.dead()
    assert [o.result for o in done.outcomes] == ["failed", "applied"]
    assert dead["reason"] == "internal_error"
    assert "ArithmeticError: exploded" in dead["detail"]
    assert await bench.pool.fetchval("select flagged from stream where id = $1", CUSTOMER) == "internal_error"


async def test_a_dead_letter_sent_again_heals_when_the_rule_does(bench: Bench) -> None:
    bad = [bench.event("x", Exploded())]
    await bench.engine.apply(bad, fence_of(bad))
    healed = bench.event("x", Counted(), door="replay")

    await bench.engine.apply([healed])

    [dead] = await bench.dead()
    assert dead["replayed_at"] is not None
    assert (await bench.state()).total == 1


async def test_after_a_rollback_the_same_facts_get_the_same_ids(bench: Bench) -> None:
    batch = [bench.event("a", Counted()), bench.event("b", Counted(n=4))]
    await bench.engine.apply(batch, fence_of(batch))
    ids = [row["event_id"] for row in await bench.pool.fetch("select event_id from outbox order by id")]
    await bench.pool.execute(
        "truncate journal, outbox, note; delete from stream; update consumer_offset set next_offset = 0"
    )

    await bench.engine.apply(batch, fence_of(batch))

    assert ids == [row["event_id"] for row in await bench.pool.fetch("select event_id from outbox order by id")]


async def test_a_value_that_the_database_refuses_is_isolated(bench: Bench) -> None:
    batch = [bench.event(f"e{n}", Counted(n=5000 if n == 6 else 1)) for n in range(10)]

    await bench.attempts().apply(batch)

    [dead] = await bench.dead()
    assert dead["reason"] == "internal_error"
    assert "the database refused it" in dead["detail"]
    assert (await bench.state()).total == 9
    assert await bench.pool.fetchval("select next_offset from consumer_offset") == 10


async def test_a_batch_that_takes_too_long_goes_through_in_parts(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attempts, "LONG_SECONDS", 0)
    sizes, apply = list[int](), bench.engine.apply

    async def cut_off(inputs: Sequence[Input], *args: Any) -> Any:
        sizes.append(len(inputs))
        if len(inputs) > 2:
            raise asyncpg.TransactionTimeoutError("terminating connection due to transaction timeout")
        return await apply(inputs, *args)

    monkeypatch.setattr(bench.engine, "apply", cut_off)
    await bench.attempts().apply([bench.event(str(n), Counted(n=1)) for n in range(7)])

    assert sizes == [7, 3, 1, 2, 4, 2, 2]
    assert (await bench.state()).total == 7


async def test_a_record_that_kills_the_process_is_set_aside_after_three_deaths(bench: Bench) -> None:
    batch = [bench.event("killer", Counted()), bench.event("b", Counted(n=7))]
    for _ in range(3):  # three starts that died in their first batch
        await bench.pool.execute(
            "insert into attempt values ('holdfast.profile.v1', 0, 0, 1)"
            " on conflict (topic, part) do update set n = attempt.n + 1"
        )
    await bench.pool.execute("update attempt set n = 100")  # and once alone

    await bench.attempts().apply(batch)

    [dead] = await bench.dead()
    assert "died" in dead["detail"]
    assert (await bench.state()).total == 7
