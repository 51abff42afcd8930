"""The backtest: what every customer's history gives under the active policy and under a draft, side by side."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

import asyncpg
import msgspec
from msgspec import Struct

from services.grading.domain.commands import RemoveOverride, SetOverride
from services.grading.domain.measure import Letter, Life, Measures, Period, add, answer
from services.grading.domain.pasts import BEARING, RETURNING, known_of, letters_of
from shared.clock import start_of_day
from shared.contracts.grading import GradeAssigned
from shared.contracts.profile import CustomerChurned, CustomerRegistered, CustomerUpdated
from shared.contracts.values import ChurnKind
from shared.engine.decision import Cause, Context, Event, Rows, StreamKey
from shared.engine.jobs import Job
from shared.engine.journal import past_of
from shared.engine.refold import by_inputs
from shared.engine.run import Run
from shared.engine.streams import Past, World
from shared.postgres.pool import READING, begun, borrow

KIND = "backtest"
NOBODY = UUID(int=0)
NEXT = """
select id from stream
 where kind = 'customer' and id > $1 and version > 0 and erased_at is null order by id limit $2
"""
HOW_MANY = "select count(*) from stream where kind = 'customer' and version > 0 and erased_at is null"
ORDERED = """
select customer_id, array_agg("on") as days from purchase
 where customer_id = any($1::uuid[]) and "on" between $2 and $3 and not cancelled group by customer_id
"""
SET_BY_PEOPLE = (SetOverride, RemoveOverride)
Told = Sequence[tuple[datetime, Event]]
"""Events, each with the instant at which it was folded."""
Worlds = tuple[World, World]
"""Of the active policy and of the draft."""
READ = [*(type_.TYPE for type_ in BEARING), *(type_.TYPE for type_ in SET_BY_PEOPLE)]


class Given(Struct, frozen=True):
    """What was asked: the draft, and the days from the first to the last."""

    policy_id: str
    from_on: date
    to_on: date


class Page(NamedTuple):
    """Some customers by id: what bears on their letters, and the days on which they ordered."""

    past: Mapping[StreamKey, Sequence[Past]]
    ordered: Mapping[UUID, Sequence[date]]
    worlds: Worlds
    of: int

    @property
    def against(self) -> str:
        """The policy that the draft is held against."""
        return self.worlds[0].policy_id


async def backtest(run: Run) -> None:
    """A page of customers is read and measured before the transaction that puts down the sums and the place.

    The policy that is active on the first page is that of all: an activation in between changes no sums.
    """
    given = msgspec.convert(run.given, Given)
    while not run.has_ended:
        place = run.cursor or {"after": str(NOBODY), "sums": {}}
        sums = msgspec.convert(place["sums"], Measures)
        page = await _page(run, given, place)
        await _measured(run, page, sums, given)
        async with run.chunk() as chunk:
            after = max((str(key.id) for key in page.past), default=place["after"])
            chunk.cursor = {"after": after, "sums": msgspec.to_builtins(sums), "of": page.of, "against": page.against}
            done = chunk.progress.get("customers", 0) + len(page.past)
            chunk.progress = {"customers": done, "of": page.of}
            chunk.is_last = not page.past
            chunk.result = answer(sums) if chunk.is_last else None


async def _page(run: Run, given: Given, place: Mapping[str, Any]) -> Page:
    async with borrow(run.engine.pool) as connection, begun(connection, READING):
        now = await run.engine.world(connection)
        world, draft = [
            World(await run.engine.policies.known(connection, id), id, now.clock, now.reference)
            for id in (place.get("against") or now.policy_id, given.policy_id)
        ]
        of = place.get("of") or await connection.fetchval(HOW_MANY)
        ids = [row["id"] for row in await connection.fetch(NEXT, UUID(place["after"]), run.size)]
        past = await past_of(connection, run.engine.types, [StreamKey("customer", id) for id in ids], READ)
        await _with_returns(run, connection, past)
        until = given.from_on + timedelta(days=world.policy.grading.window_days[0])
        rows = await connection.fetch(ORDERED, ids, given.from_on, until)
    ordered = {row["customer_id"]: row["days"] for row in rows}
    return Page(past, ordered, (world, draft), of or 0)


async def _with_returns(run: Run, connection: asyncpg.Connection, past: dict[StreamKey, list[Past]]) -> None:
    """Whether those who have left have bought again: orders are many, and bear on nobody else's letters."""
    left = [key for key, rows in past.items() if any(row.event and _is_parting(row.event.data) for row in rows)]
    if left:
        bought = await past_of(connection, run.engine.types, left, [type_.TYPE for type_ in RETURNING])
        past.update({key: sorted((*past[key], *bought[key]), key=lambda row: (row.now, row.seq)) for key in left})


def _is_parting(data: object) -> bool:
    return isinstance(data, CustomerChurned) and data.kind is ChurnKind.NORMAL


async def _measured(run: Run, page: Page, sums: Measures, given: Given) -> None:
    active, draft = (world.policy for world in page.worlds)
    period = Period(given.from_on, given.to_on, active.grading.window_days[0])
    for key, past in page.past.items():
        events = [(row.now, row.event) for row in past if row.event]
        if any(isinstance(event.data, SET_BY_PEOPLE) for _, event in events):
            before, after = await _folded(run, key, page.worlds, given.to_on)
        else:
            before, after = _worked_out(key, events, page.worlds, given.to_on)
        life = Life(str(key.id), _owner(events), before, after, page.ordered.get(key.id, ()))
        add(sums, life, period, (active.cadence.days, draft.cadence.days))


def _worked_out(key: StreamKey, events: Told, worlds: Worlds, last: date) -> tuple[list[Letter], ...]:
    """The letters up to the end of the last day, under each policy."""
    world = worlds[0]
    known = known_of(
        events, Context(world.clock, world.policy, world.policy_id, key, Cause("", KIND), Rows(), world.reference)
    )
    return tuple(letters_of(known, world.policy, _end(last, world)) for world in worlds)


async def _folded(run: Run, key: StreamKey, worlds: Worlds, last: date) -> tuple[list[Letter], ...]:
    """The same of somebody for whom people have set what is computed otherwise: that ends by all that is known."""
    async with borrow(run.engine.pool) as connection, begun(connection, READING):
        past = (await past_of(connection, run.engine.types, [key]))[key]
        needed = run.engine.needed
        rows = await needed.for_deciding(connection, needed.asked([row.event for row in past if row.event]))
    return tuple(list(_told(run, key, past, rows, world, _end(last, world))) for world in worlds)


def _told(run: Run, key: StreamKey, past: Sequence[Past], rows: Rows, world: World, end: datetime) -> Iterator[Letter]:
    fold = run.engine.new_fold(world, {}, rows)
    by_inputs(fold, key, [row for row in past if row.event and row.now < end], end)
    for _, fact in fold.said_again:
        if isinstance(fact.data, GradeAssigned) and fact.data.changed:
            [why, *_] = fact.data.reasons
            yield Letter(fact.data.as_of, fact.data.grade, why.rule, why.input)


def _end(last: date, world: World) -> datetime:
    return start_of_day(last + timedelta(days=1), world.policy.calendar.time_zone)


def _owner(events: Told) -> str | None:
    """Whose the customer is in the end."""
    owner = None
    for _, event in events:
        if isinstance(event.data, CustomerRegistered | CustomerUpdated):
            owner = event.data.owner or owner
    return owner


BACKTEST = Job(KIND, backtest)
