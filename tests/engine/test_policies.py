"""Policies come and go: whoever was decided by another one is decided again, once, and none is missed."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta
from itertools import count
from typing import Any
from uuid import UUID

import pytest
from msgspec.structs import replace

from shared.contracts.policy import Policy, default_policy, overlay, policy_id
from shared.engine import jobs, policy_life
from shared.engine.decision import Accepted, Context, Fact
from shared.engine.fence import fence_of
from shared.engine.policy_life import IsActive
from shared.engine.rebuild import rebuild
from shared.engine.redecide import DECIDE_AGAIN
from shared.engine.wakeups import run_due
from shared.engine.worker import Worker
from tests.engine import toy
from tests.engine.conftest import START, Bench
from tests.engine.toy import Counted, Promised, Total

PEOPLE = [UUID(int=n) for n in range(1, 31)]


def other(days: int) -> Policy:
    """A policy that the toy can tell by `reply.days`."""
    return overlay(default_policy(), {"values": {"reply.days": days}})


def redecide(state: toy.State, context: Context) -> Accepted:
    """The toy's total becomes a multiple of the policy's days."""
    total = state.total // 100 * 100 + context.policy.reply.days
    after = replace(state, total=total)
    return Accepted(after, (Fact(Total(total=total)),) if after != state else ())


@pytest.fixture
def deciding_again(bench: Bench) -> Bench:
    bench.engine.rules = replace(bench.engine.rules, redecide=redecide)
    return bench


async def people(bench: Bench) -> None:
    batch = [bench.event(f"e{n.int}", Counted(n=100), customer=n) for n in PEOPLE]
    await bench.engine.apply(batch, fence_of(batch))


async def activated(bench: Bench, days: int) -> str:
    id, _ = await policy_life.add(bench.engine, other(days), "other", None)
    assert await policy_life.activate(bench.engine, id)
    return id


async def states(bench: Bench) -> dict[str, str]:
    return {row["id"]: row["state"] for row in await bench.pool.fetch("select id, state from policy")}


async def decide_again(bench: Bench) -> int:
    return await Worker(bench.engine, (DECIDE_AGAIN,)).all_due()


async def same_as_journal(bench: Bench) -> None:
    assert [progress async for progress in rebuild(bench.engine, repair=False)][-1].different == ()


async def test_a_draft_changes_nothing_and_the_same_content_is_one(bench: Bench) -> None:
    first, second = [await policy_life.add(bench.engine, other(2), name, None) for name in ("a", "b")]

    assert first == (policy_id(other(2)), True)
    assert second == (policy_id(other(2)), False)
    assert (await states(bench))[first[0]] == "draft"
    assert await bench.facts() == []


async def test_activation_retires_the_policy_before_and_says_so(bench: Bench) -> None:
    before = policy_id(default_policy())

    id = await activated(bench, 2)

    assert await states(bench) == {before: "retired", id: "active"}
    assert await bench.facts() == [("grading.policy.activated", {"policy_id": id})]
    payload = await bench.pool.fetchval("select payload from outbox")
    assert b'"subject"' not in payload
    assert await policy_life.activate(bench.engine, before)  # the retired one comes back
    assert await states(bench) == {before: "active", id: "retired"}


async def test_an_unknown_policy_cannot_be_activated_and_the_active_one_is_no_shadow(bench: Bench) -> None:
    assert not await policy_life.activate(bench.engine, "pol_0")
    assert not await policy_life.shadow(bench.engine, "pol_0")
    with pytest.raises(IsActive):
        await policy_life.shadow(bench.engine, policy_id(default_policy()))


async def test_there_is_one_shadow(bench: Bench) -> None:
    ids = [(await policy_life.add(bench.engine, other(days), None, None))[0] for days in (2, 3)]

    for id in ids:
        await policy_life.shadow(bench.engine, id)

    assert [(await states(bench))[id] for id in ids] == ["draft", "shadow"]


async def test_the_job_decides_everybody_again_once(deciding_again: Bench) -> None:
    bench = deciding_again
    await people(bench)
    id = await activated(bench, 2)

    assert await decide_again(bench) == 1
    assert await decide_again(bench) == 0

    assert {(await bench.state(n)).total for n in PEOPLE} == {102}
    assert await bench.pool.fetchval("select count(*) from stream where policy_id <> $1", id) == 0
    said = [data["total"] for _, data in (await bench.facts()) if "total" in data]
    assert said.count(102) == len(PEOPLE)
    cause = await bench.pool.fetchval("select activation::text from policy where id = $1", id)
    payload = await bench.pool.fetchval("select payload from outbox order by id desc limit 1")
    assert cause.encode() in payload
    await same_as_journal(bench)


async def test_who_is_touched_meanwhile_is_carried_over_there_and_not_again(deciding_again: Bench) -> None:
    bench = deciding_again
    await people(bench)
    await activated(bench, 2)

    batch = [bench.event("late", Counted(n=1), at=5, customer=PEOPLE[0])]
    await bench.engine.apply(batch, fence_of(batch))
    await decide_again(bench)

    assert (await bench.state(PEOPLE[0])).total == 103  # 100, by the new policy 102, and one more
    assert (await bench.state(PEOPLE[1])).total == 102
    await same_as_journal(bench)


async def test_nobody_is_missed_by_batches_in_flight(deciding_again: Bench) -> None:
    bench = deciding_again
    await people(bench)

    async def feed() -> None:
        for n in range(40):
            batch = [bench.event(f"f{n} {id.int}", Counted(n=0), at=n, customer=id) for id in PEOPLE[n % 7 :: 7]]
            await bench.engine.apply(batch, fence_of(batch))

    async def change() -> None:
        for days in (2, 3, 4):
            await asyncio.sleep(0.02)
            await activated(bench, days)
            await decide_again(bench)

    await asyncio.gather(feed(), change())
    await decide_again(bench)

    assert {(await bench.state(n)).total for n in PEOPLE} == {104}
    await same_as_journal(bench)


async def test_each_half_of_the_ids_goes_on_where_a_lost_connection_left_it(
    deciding_again: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench, saved, saves = deciding_again, jobs.save, count(1)
    both = [*PEOPLE, *(UUID(int=(1 << 127) + id.int) for id in PEOPLE)]
    batch = [bench.event(f"e{n.int}", Counted(n=100), customer=n) for n in both]
    await bench.engine.apply(batch, fence_of(batch))
    await activated(bench, 2)

    async def broken(*given: Any) -> bool:
        if next(saves) in (2, 3, 5):
            raise ConnectionResetError
        return await saved(*given)

    monkeypatch.setattr(jobs, "save", broken)
    monkeypatch.setattr("shared.engine.run.FIRST", 8)
    monkeypatch.setattr("shared.engine.run.LARGEST", 8)
    assert await decide_again(bench) == 1

    said = [data["total"] for _, data in (await bench.facts()) if "total" in data]
    assert said.count(102) == len(both)
    task = await bench.pool.fetchrow("select state, progress::text from job where kind = $1", DECIDE_AGAIN.kind)
    assert (task["state"], json.loads(task["progress"])["done"]) == ("done", len(both))
    await same_as_journal(bench)


async def test_a_policy_that_comes_back_is_another_activation(deciding_again: Bench) -> None:
    bench = deciding_again
    await people(bench)
    first = policy_id(default_policy())
    await activated(bench, 2)
    await decide_again(bench)
    await bench.clock(60)
    await policy_life.activate(bench.engine, first)
    await decide_again(bench)

    assert {(await bench.state(n)).total for n in PEOPLE} == {100 + default_policy().reply.days}
    await same_as_journal(bench)


async def test_a_wake_up_after_the_activation_is_by_the_new_policy(deciding_again: Bench) -> None:
    bench = deciding_again
    batch = [bench.event("p", Promised(until=START + timedelta(seconds=100)), customer=PEOPLE[0])]
    await bench.engine.apply(batch, fence_of(batch))
    await activated(bench, 2)
    await bench.clock(200)
    await bench.pool.execute("update consumer_offset set applied_until = $1", START + timedelta(seconds=201))

    assert await run_due(bench.engine, "holdfast.clock.v1") == 1

    state = await bench.state(PEOPLE[0])
    assert (state.total, state.broken) == (2, 1)
    await decide_again(bench)
    assert (await bench.state(PEOPLE[0])).total == 2
    await same_as_journal(bench)


async def test_a_rule_that_fails_flags_its_customer_and_the_others_go_on(bench: Bench) -> None:
    def fails(state: toy.State, context: Context) -> Accepted:
        if context.stream.id == PEOPLE[3]:
            raise ArithmeticError("a bug")
        return redecide(state, context)

    bench.engine.rules = replace(bench.engine.rules, redecide=fails)
    await people(bench)
    id = await activated(bench, 2)
    await decide_again(bench)

    left = await bench.pool.fetch("select id, flagged from stream where policy_id <> $1", id)
    assert [(row["id"], row["flagged"]) for row in left] == [(PEOPLE[3], "internal_error")]


@pytest.mark.parametrize("digest", ["none", "values"])
async def test_a_start_with_the_same_settings_undoes_no_activation(bench: Bench, digest: str) -> None:
    await policy_life.start(bench.engine, default_policy(), digest)
    id = await activated(bench, 2)

    await policy_life.start(bench.engine, default_policy(), digest)
    assert (await states(bench))[id] == "active"

    await policy_life.start(bench.engine, other(9), "other values")
    assert (await states(bench))[policy_id(other(9))] == "active"
