"""The backtest: every customer's history folded again under the active policy and under a draft, side by side."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

import msgspec
from msgspec import Struct

from services.grading.domain.measure import Letter, Life, Measures, Period, add, answer
from shared.clock import business_date, start_of_day
from shared.contracts.grading import GradeAssigned
from shared.contracts.profile import CustomerRegistered, CustomerUpdated, PurchaseRecorded
from shared.contracts.values import PurchaseKind
from shared.engine.decision import Event, Fact, Rows, StreamKey
from shared.engine.jobs import Job
from shared.engine.journal import past_of
from shared.engine.refold import by_inputs
from shared.engine.run import Chunk, Run
from shared.engine.streams import Past, World

KIND = "backtest"
NOBODY = UUID(int=0)
NEXT = """
select id from stream
 where kind = 'customer' and id > $1 and version > 0 and erased_at is null order by id limit $2
"""
HOW_MANY = "select count(*) from stream where kind = 'customer' and id >= $1 and version > 0"


class Given(Struct, frozen=True):
    """What was asked: the draft, and the days from the first to the last."""

    policy_id: str
    from_on: date
    to_on: date


async def backtest(run: Run) -> None:
    """A chunk of customers at a time; the sums are put down with the place."""
    await run.through(_chunk)


async def _chunk(run: Run, chunk: Chunk) -> int:
    connection, given = chunk.connection, msgspec.convert(run.given, Given)
    place = chunk.cursor or {
        "after": str(UUID(int=0)),
        "sums": {},
        "of": await connection.fetchval(HOW_MANY, UUID(int=0)),
    }
    sums = msgspec.convert(place["sums"], Measures)
    ids = [UUID(bytes=row["id"].bytes) for row in await connection.fetch(NEXT, UUID(place["after"]), run.size)]
    if not ids:
        chunk.cursor, chunk.result = place, answer(sums)
        return 0
    keys = [StreamKey("customer", id) for id in ids]
    past = await past_of(connection, run.engine.types, keys)
    events = [row.event for rows in past.values() for row in rows if row.event]
    rows = await run.engine.needed.for_deciding(connection, events)
    draft = await run.engine.policies.known(connection, given.policy_id)
    both = (chunk.world, World(draft, given.policy_id, chunk.world.clock, chunk.world.reference))
    period = Period(given.from_on, given.to_on, chunk.world.policy.grading.window_days[0])
    cadences = (chunk.world.policy.cadence.days, draft.cadence.days)
    for key in keys:
        add(sums, _life(run, key, past[key], rows, both, given), period, cadences)
    chunk.cursor = {"after": str(ids[-1]), "sums": msgspec.to_builtins(sums), "of": place["of"]}
    chunk.progress = {"customers": chunk.progress.get("customers", 0) + len(ids), "of": place["of"]}
    return len(ids)


def _life(run: Run, key: StreamKey, items: Sequence[Past], rows: Rows, both: tuple[World, World], given: Given) -> Life:
    events = [item.event for item in items if item.event]
    before, after = (_letters(run, key, items, rows, world, given.to_on) for world in both)
    zone = both[0].policy.calendar.time_zone
    orders = [business_date(event.time, zone) for event in events if _is_order(event)]
    return Life(str(key.id), _owner(events), before, after, orders)


def _letters(run: Run, key: StreamKey, items: Sequence[Past], rows: Rows, world: World, last: date) -> list[Letter]:
    """The letters that the history up to the end of the last day gives under this policy."""
    end = start_of_day(last + timedelta(days=1), world.policy.calendar.time_zone)
    fold = run.engine.new_fold(world, {}, rows)
    by_inputs(fold, key, [past for past in items if past.event and past.now < end], end)
    return list(_told(fold.said_again))


def _told(said: Sequence[tuple[datetime, Fact]]) -> Iterator[Letter]:
    for _, fact in said:
        if isinstance(fact.data, GradeAssigned) and fact.data.changed:
            told = fact.data
            why = told.reasons[0] if told.reasons else None
            yield Letter(told.as_of, told.grade, why.rule if why else "", why.input if why else "")


def _is_order(event: Event) -> bool:
    return isinstance(event.data, PurchaseRecorded) and event.data.kind is PurchaseKind.PLACED


def _owner(events: Sequence[Event]) -> str | None:
    """Whose the customer is in the end."""
    owner = None
    for event in events:
        if isinstance(event.data, CustomerRegistered | CustomerUpdated):
            owner = event.data.owner or owner
    return owner


BACKTEST = Job(KIND, backtest)
