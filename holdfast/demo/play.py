"""The steps of the demo: the clock moves, people work through what is due, then the world goes on."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import date, datetime, timedelta

from msgspec import Struct

from holdfast.demo.agents import WORKING, Agents
from holdfast.demo.chance import Chance, midnight
from holdfast.demo.desk import Desk
from holdfast.demo.people import Person
from holdfast.demo.script import Script
from holdfast.demo.work import Work
from holdfast.local.state import StackState
from holdfast.outside.api import Api
from holdfast.outside.calm import Calm
from holdfast.outside.feed import Feed, Record, feeding

REST_SECONDS = 120.0


class Clocked(Struct):
    """Seconds that went into each part of the days."""

    history: float = 0.0
    night: float = 0.0
    people: float = 0.0
    events: float = 0.0


class Player:
    """Plays steps one after the other; an async context of `playing`."""

    def __init__(self, api: Api, calm: Calm, feed: Feed, people: Sequence[Person], chance: Chance, since: date) -> None:
        self.api, self.calm, self.feed = api, calm, feed
        self.work = Work(api)
        self.agents = Agents(people, self.work, chance, since)
        self.desk = Desk(self.work, chance)
        self._cared_for: set[bytes | None] = {
            person.handle.encode() for person in people if person.owner or person.complains
        }
        self._put_off: list[Record] = []
        self._slept_until: date | None = None
        self.clocked = Clocked()
        self.lag = 0.0
        """Seconds from the last event of the last step to rest."""

    async def recall(self, at: datetime, records: Sequence[Record]) -> None:
        """A part of what happened before the first step, told at this instant. Raises NotAtRest."""
        began = time.monotonic()
        await self.feed.move_clock(at)
        await self.calm.rest(REST_SECONDS, at)
        await self.feed.send(self._one_of_each([*self._put_off, *records], set()))
        self.lag = await self.calm.rest(REST_SECONDS)
        self.clocked.history += time.monotonic() - began

    async def play(self, day: date, records: Sequence[Record]) -> None:
        """One step from the 00:00 of its day to rest. Raises NotAtRest, Unexpected.

        What people do for a customer has its effect before anything else happens to that customer, whose events are
        put off to the next step; to the others they happen meanwhile. To whom people may attend one thing happens at a
        time: of several at one instant nobody could tell which one the services heard of first.
        """
        began = time.monotonic()
        await self._sleep_until(day)
        rested = time.monotonic()
        records, self._put_off = [*self._put_off, *records], []
        touched, _ = await asyncio.gather(self._people(day), self.feed.send(self._untended(records)))
        worked = time.monotonic()
        tended = [record for record in records if record.key in self._cared_for]
        await self.feed.send(self._one_of_each(tended, touched))
        self.lag = await self.calm.rest(REST_SECONDS)
        self.clocked.night += rested - began
        self.clocked.people += worked - rested
        self.clocked.events += time.monotonic() - worked

    async def _sleep_until(self, day: date) -> None:
        """Through every 00:00 on the way, with a rest: what one service says then, the others hear before the next."""
        for night in days(self._slept_until + timedelta(days=1), day) if self._slept_until else [day]:
            await self.feed.move_clock(midnight(night))
            await self.calm.rest(REST_SECONDS, midnight(night))
        self._slept_until = day

    async def end(self) -> None:
        """What was put off at the last step happens after all."""
        await self.feed.send(self._put_off)
        await self.calm.rest(REST_SECONDS)

    def _one_of_each(self, records: Sequence[Record], touched: set[bytes | None]) -> list[Record]:
        """Those for now; the others, and all of the `touched`, are put off."""
        now: list[Record] = []
        self._put_off = []
        busy = set(touched)
        for record in records:
            (self._put_off if record.key in busy else now).append(record)
            busy |= {record.key} & self._cared_for
        return now

    def _untended(self, records: Sequence[Record]) -> list[Record]:
        return [record for record in records if record.key not in self._cared_for]

    async def _people(self, day: date) -> set[bytes | None]:
        """The handles of those whom people worked for."""
        self.work.begin_day()
        await self.agents.work_on(day)
        await self.desk.work_on(day)
        return {handle.encode() for handle in self.work.touched}


def days(first: date, last: date) -> list[date]:
    """Both inclusive."""
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def history(script: Script, before: date) -> list[list[Record]]:
    """What happened before this day, a week at a time."""
    first = min(script, default=before)
    weeks: list[list[Record]] = [[] for _ in range(-(-(before - first).days // 7))]
    for day in sorted(day for day in script if day < before):
        weeks[(day - first).days // 7] += script[day]
    return weeks


def steps(script: Script, first: date, last: date) -> Iterator[tuple[date, list[Record]]]:
    """The days on which people work and the last day, each with what has happened since the one before."""
    happened: list[Record] = []
    for day in days(first, last):
        happened += script.get(day, ())
        if day.weekday() in WORKING or day == last:
            yield day, happened
            happened = []


@asynccontextmanager
async def playing(state: StackState, people: Sequence[Person], chance: Chance, since: date) -> AsyncIterator[Player]:
    """A player for as long as the block runs. `since`: its first day; before it the history is told."""
    async with AsyncExitStack() as stack:
        api = await stack.enter_async_context(Api(state))
        calm = Calm(api)
        feed = await stack.enter_async_context(feeding(state, calm))
        yield Player(api, calm, feed, people, chance, since)
