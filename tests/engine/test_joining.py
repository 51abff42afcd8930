"""Two files become one, and two again: their journals are dealt out and folded anew, only what is different is said."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from itertools import permutations
from typing import Any
from uuid import UUID

import msgspec
import pytest

from shared.contracts.profile import CustomerAbsorbed, CustomerMerged, CustomerSplit
from shared.engine.alias import canonical
from shared.engine.inputs import Input
from shared.engine.rebuild import rebuild
from shared.engine.wakeups import run_due
from tests.engine.conftest import CUSTOMER, OTHER, START, Bench
from tests.engine.toy import Amended, Counted, Kept, Promised

THIRD = UUID(int=3)


async def apply(bench: Bench, *batch: Input) -> Any:
    return await bench.engine.apply(batch)


def merge(bench: Bench, loser: UUID = OTHER, winner: UUID = CUSTOMER, turn: int = 1) -> tuple[Input, Input]:
    """Both facts of profile's."""
    return (
        bench.event(f"m{loser}{turn}", CustomerMerged(into=winner, turn=turn), customer=loser),
        bench.event(f"a{loser}{turn}", CustomerAbsorbed(from_=loser, turn=turn), customer=winner),
    )


def split(bench: Bench, loser: UUID = OTHER, winner: UUID = CUSTOMER, turn: int = 2) -> tuple[Input, Input]:
    word = CustomerSplit(from_=winner, into=loser, turn=turn)
    return (
        bench.event(f"sl{loser}{turn}", word, customer=loser),
        bench.event(f"sw{loser}{turn}", word, customer=winner),
    )


async def totals(bench: Bench, *customers: UUID) -> list[int]:
    return [(await bench.state(customer)).total for customer in customers]


async def rows_of(bench: Bench, customer: UUID) -> int:
    found: int = await bench.pool.fetchval("select count(*) from journal where id = $1", customer)
    return found


def counted(bench: Bench) -> list[Input]:
    return [
        bench.event("a", Counted(n=1)),
        bench.event("b", Counted(n=10), customer=OTHER),
        bench.event("c", Counted(n=2)),
    ]


async def joined(bench: Bench) -> None:
    await apply(bench, *counted(bench), *merge(bench))


@pytest.mark.parametrize("at_once", [True, False], ids=["in one batch", "one by one"])
async def test_the_joined_stream_is_the_fold_of_both(bench: Bench, at_once: bool) -> None:
    inputs = [*counted(bench), *merge(bench)]
    for batch in [inputs] if at_once else [[item] for item in inputs]:
        await apply(bench, *batch)

    assert (await bench.state()).total == 13
    assert (await bench.facts())[-1] == ("grading.toy.total", {"total": 13})
    assert await rows_of(bench, OTHER) == 0
    assert await bench.pool.fetchval("select count(*) from note where customer_id = $1", CUSTOMER) == 3


async def test_what_is_said_about_the_old_id_reaches_the_surviving_file(bench: Bench) -> None:
    await joined(bench)

    await apply(bench, bench.event("late", Counted(n=100), customer=OTHER))

    assert (await bench.state()).total == 113
    async with bench.pool.acquire() as connection:
        assert await canonical(connection, OTHER) == CUSTOMER  # type: ignore[arg-type]


async def test_being_told_twice_changes_nothing(bench: Bench) -> None:
    await joined(bench)
    said = await bench.facts()

    done = await apply(bench, bench.event("again", CustomerAbsorbed(from_=OTHER, turn=1)))

    assert done.outcomes[0].result == "superseded"
    assert await bench.facts() == said


@pytest.mark.parametrize("at_once", [True, False], ids=["in one batch", "one by one"])
async def test_a_merge_taken_back_leaves_both_as_they_would_have_been(bench: Bench, at_once: bool) -> None:
    after = [
        bench.event("d", Counted(n=100), customer=OTHER),
        bench.event("e", Counted(n=200), home=OTHER),
        bench.event("f", Counted(n=1000 - 1)),
    ]
    inputs = [*counted(bench), *merge(bench), *after, *split(bench)]
    for batch in [inputs] if at_once else [[item] for item in inputs]:
        await apply(bench, *batch)

    assert await totals(bench, CUSTOMER, OTHER) == [1002, 310]
    assert (await bench.facts())[-2:] == [("grading.toy.total", {"total": 1002}), ("grading.toy.total", {"total": 310})]
    owners = await bench.pool.fetch("select n, customer_id from note order by n")
    assert [row["customer_id"] for row in owners] == [CUSTOMER, CUSTOMER, OTHER, OTHER, OTHER, CUSTOMER]


async def test_what_comes_after_a_split_is_its_own_files(bench: Bench) -> None:
    await joined(bench)
    await apply(bench, *split(bench))

    await apply(bench, bench.event("g", Counted(n=500), customer=OTHER), bench.event("h", Counted(n=40), home=OTHER))

    assert await totals(bench, CUSTOMER, OTHER) == [3, 550]


async def test_what_is_about_a_thing_goes_with_the_thing_and_says_whose_it_is(bench: Bench) -> None:
    await joined(bench)
    note = bench.event("b", Counted(n=10), customer=OTHER).event
    assert note is not None
    await apply(bench, bench.event("amended", Amended(note=note.id, n=5)))

    payload = msgspec.json.decode(await bench.pool.fetchval("select payload from outbox order by id desc limit 1"))
    assert (payload["subject"], payload["homeid"]) == (str(CUSTOMER), str(OTHER))
    await apply(bench, *split(bench))
    assert await totals(bench, CUSTOMER, OTHER) == [3, 15]


async def test_a_thing_stays_with_the_file_that_brought_it_whoever_changes_it(bench: Bench) -> None:
    first, *_ = inputs = counted(bench)
    await apply(bench, *inputs, *merge(bench))
    assert first.event is not None
    await apply(bench, bench.event("amended", Amended(note=first.event.id, n=5), home=OTHER))

    await apply(bench, *split(bench))

    assert await totals(bench, CUSTOMER, OTHER) == [3, 15]


async def test_what_many_merges_need_is_loaded_at_once(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    pairs = [(UUID(int=2 * n), UUID(int=2 * n + 1)) for n in range(50, 90)]
    for pair in pairs:
        await apply(bench, *(bench.event(f"c{id}", Counted(n=1), customer=id) for id in pair))
    loads, with_past = list[Any](), bench.engine.with_past

    async def counted_load(*args: Any) -> Any:
        loads.append(args)
        return await with_past(*args)

    monkeypatch.setattr(bench.engine, "with_past", counted_load)
    await apply(bench, *(word for loser, winner in pairs for word in merge(bench, loser, winner)))

    assert await totals(bench, *(winner for _, winner in pairs)) == [2] * len(pairs)
    assert len(loads) == 1


@pytest.mark.parametrize("order", list(permutations(range(4))), ids=str)
async def test_words_heard_in_any_sequence_end_in_the_last_one(bench: Bench, order: Sequence[int]) -> None:
    await apply(bench, *counted(bench))
    words = [*merge(bench)[1:], *split(bench)[:1], *merge(bench, turn=3)[:1], *split(bench, turn=4)[1:]]

    for place in order:
        await apply(bench, words[place])

    assert await totals(bench, CUSTOMER, OTHER) == [3, 10]


async def test_a_chain_gives_back_the_middle_with_what_it_had_taken_in(bench: Bench) -> None:
    await apply(bench, *counted(bench), bench.event("t", Counted(n=100), customer=THIRD))
    await apply(bench, *merge(bench, OTHER, CUSTOMER), *merge(bench, CUSTOMER, THIRD))
    assert await totals(bench, THIRD) == [113]
    await apply(bench, bench.event("late", Counted(n=1000 - 1), customer=OTHER))

    await apply(bench, *split(bench, CUSTOMER, THIRD))
    assert await totals(bench, THIRD, CUSTOMER, OTHER) == [100, 1012, 0]

    await apply(bench, *split(bench, OTHER, CUSTOMER))
    assert await totals(bench, THIRD, CUSTOMER, OTHER) == [100, 3, 1009]


async def test_a_chain_gives_back_its_first_link_alone(bench: Bench) -> None:
    await apply(bench, *counted(bench), bench.event("t", Counted(n=100), customer=THIRD))
    await apply(bench, *merge(bench, OTHER, CUSTOMER), *merge(bench, CUSTOMER, THIRD))

    await apply(bench, *split(bench, OTHER, THIRD))

    assert await totals(bench, THIRD, CUSTOMER, OTHER) == [103, 0, 10]


async def test_after_a_split_the_two_can_be_one_the_other_way_round(bench: Bench) -> None:
    await joined(bench)

    await apply(bench, *split(bench), *merge(bench, CUSTOMER, OTHER, turn=1))

    assert await totals(bench, CUSTOMER, OTHER) == [0, 13]


async def test_a_file_that_goes_to_one_below_it_hears_later_that_that_one_came_out(bench: Bench) -> None:
    """Words on different keys are heard in any sequence: the later one's first, nobody gets what is another's."""
    await apply(bench, *counted(bench), bench.event("d", Counted(n=100), customer=THIRD))
    await apply(bench, *merge(bench, OTHER, CUSTOMER), *merge(bench, THIRD, OTHER))
    said = len(await bench.facts())

    await apply(bench, *merge(bench, CUSTOMER, THIRD))
    assert await totals(bench, CUSTOMER, OTHER, THIRD) == [0, 0, 113]
    await apply(bench, *split(bench, THIRD, CUSTOMER))
    assert await totals(bench, CUSTOMER, OTHER, THIRD) == [0, 0, 113]
    assert (await bench.facts())[said:] == [("grading.toy.total", {"total": 113})]


async def test_time_goes_on_in_both_files_after_a_split(bench: Bench) -> None:
    due = START + timedelta(seconds=100)
    await apply(bench, bench.event("p", Promised(until=due), customer=OTHER), *merge(bench), bench.event("k", Kept()))

    await apply(bench, *split(bench))
    await bench.clock(1000)
    await bench.pool.execute("update consumer_offset set applied_until = $1", START + timedelta(seconds=1001))

    assert await run_due(bench.engine, "holdfast.clock.v1") == 1
    assert [(await bench.state(each)).broken for each in (CUSTOMER, OTHER)] == [0, 1]


async def test_the_journal_gives_what_was_folded_also_after_a_split(bench: Bench) -> None:
    due = START + timedelta(seconds=100)
    await apply(bench, bench.event("p", Promised(until=due), customer=OTHER), *counted(bench))
    await apply(bench, bench.event("q", Counted(n=7), at=200, customer=OTHER), *merge(bench))
    assert [each.different async for each in rebuild(bench.engine, repair=False)][-1] == ()

    await apply(bench, bench.event("r", Counted(n=9), at=300, home=OTHER), *split(bench))

    assert [each.different async for each in rebuild(bench.engine, repair=False)][-1] == ()
    assert [(await bench.state(each)).broken for each in (CUSTOMER, OTHER)] == [0, 1]


async def test_a_rule_that_fails_while_files_are_joined_leaves_both_as_they_were(bench: Bench) -> None:
    await apply(bench, *counted(bench))
    broken: Any = bench.engine.rules

    def fails(*_: Any) -> tuple[()]:
        raise ArithmeticError("announced")

    bench.engine.rules = msgspec.structs.replace(broken, announce=fails)
    done = await apply(bench, *merge(bench)[:1], bench.event("z", Counted(n=50)))

    assert [outcome.result for outcome in done.outcomes] == ["failed", "applied"]
    assert await totals(bench, CUSTOMER, OTHER) == [53, 10]
    assert await bench.pool.fetchval("select count(*) from alias") == 0


@pytest.mark.parametrize("sequence", list(permutations(range(4))), ids=str)
@pytest.mark.parametrize("at_once", [True, False], ids=["in one batch", "one by one"])
async def test_what_follows_from_what_was_anothers_is_anothers_too(
    bench: Bench, sequence: Sequence[int], at_once: bool
) -> None:
    """A handle whose release is heard late: what it brought, what that caused, and who works on it all move."""
    brought = bench.event("brought", Counted(n=1), cause="upstream-1")
    assert brought.event is not None
    caused = bench.event("caused", Counted(n=10), cause=brought.event.id)
    assert caused.event is not None
    inputs = [
        brought,
        caused,
        bench.event("worked", Counted(n=100), cause=caused.event.id),
        bench.event("own", Counted(n=500), cause="upstream-2"),
    ]
    released = bench.event("r", CustomerSplit(from_=CUSTOMER, into=OTHER, causes=("upstream-1",)), customer=OTHER)
    inputs = [*(inputs[n] for n in sequence), released]
    for batch in [inputs] if at_once else [[item] for item in inputs]:
        await apply(bench, *batch)

    assert await totals(bench, CUSTOMER, OTHER) == [500, 111]


async def test_what_is_about_a_thing_of_anothers_is_anothers_too(bench: Bench) -> None:
    about = bench.event("about", Amended(note="n", n=1), cause="upstream-1")
    work = bench.event("work", Amended(note="n", n=10))
    other = bench.event("other", Amended(note="m", n=100))
    await apply(bench, about, work, other)

    released = CustomerSplit(from_=CUSTOMER, into=OTHER, causes=("upstream-1",))
    await apply(bench, bench.event("r", released, customer=OTHER))

    assert await totals(bench, CUSTOMER, OTHER) == [100, 11]
