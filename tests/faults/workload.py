"""Seeded histories: days of work and events, with duplicates, reordering and what must be refused."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random
from typing import Any

from tests.faults.people import Person
from tests.oracle.customer import Customer
from tests.oracle.history import Acknowledged, Bad, DayBegins, FollowedUp, Op, Resolved, Sent, StepDone, Work
from tests.oracle.oracle import Oracle


@dataclass(frozen=True)
class Day:
    """One day of a history. Nobody is in both halves, so they may run at the same time."""

    on: date
    work: tuple[Work, ...]
    """Over HTTP, in this sequence per customer."""
    sent: tuple[Sent | Bad, ...]
    """In the sequence in which the producer sends them."""

    def ops(self) -> Iterator[Op]:
        yield DayBegins(self.on)
        yield from self.work
        yield from self.sent


@dataclass(frozen=True)
class Size:
    customers: int = 400
    days: int = 10
    activity: float = 0.5
    """Share of customers with something to say on a day."""
    duplicates: float = 0.06
    window: int = 50
    """How far an event may move among those of other customers."""
    all_known_by: int = 3
    """From this day of the history on nobody new comes."""
    journals_closed: frozenset[int] = frozenset()
    """Days of the history on which nobody works at the scheduler."""
    cases_closed: frozenset[int] = frozenset()
    """Days of the history on which nobody works at feedback."""


class Workload:
    """Makes day after day; the oracle is asked only what there is to work on."""

    def __init__(self, seed: int, start: date, size: Size) -> None:
        self.random = Random(seed)
        self.size = size
        self.start = start
        self.oracle = Oracle(start)
        self.people = [self._person(n) for n in range(size.customers)]
        self.old: deque[Sent] = deque(maxlen=5_000)
        self.bad = 0

    def _person(self, number: int) -> Person:
        random = Random(self.random.random())
        return Person(f"shop:{number}", random, registers=random.random() < 0.8)

    def days(self) -> Iterator[Day]:
        """Each day is folded into `oracle` before it is given out."""
        for number in range(self.size.days):
            day = self._day(self.start + timedelta(days=number))
            self.oracle.run(day.ops())
            yield day

    def _day(self, today: date) -> Day:
        self.oracle.take(DayBegins(today))
        number = (today - self.start).days
        last_chance = number == self.size.all_known_by - 1
        active = [p for p in self.people if self._speaks(p, last_chance=last_chance)]
        busy = {p.handle for p in active}
        work = [w for h, c in self.oracle.customers.items() if h not in busy for w in self._work(h, c)]
        if number in self.size.journals_closed:
            work = [one for one in work if not isinstance(one, FollowedUp | Acknowledged)]
        if number in self.size.cases_closed:
            work = [one for one in work if not isinstance(one, StepDone | Resolved)]
        events = [Sent(event) for person in active for event in person.day(today)]
        sent = self._repeat(self._shuffle(events))
        return Day(today, tuple(work), tuple(self._spoil(sent)))

    def _speaks(self, person: Person, *, last_chance: bool) -> bool:
        speaks = self.random.random() < self.size.activity or (last_chance and not person.known)
        return speaks and not person.gone

    # -- what agents do

    def _work(self, handle: str, customer: Customer) -> Iterator[Work]:
        if customer.voice.left_on is not None:  # what another need makes of who has left is another history
            return
        if self.random.random() < 0.5:
            yield from self._cases(handle, customer)
        elif customer.journal.open and customer.journal.open.due_on <= customer.today and self.random.random() < 0.6:
            need = Person(handle, self.random, registers=True).need(customer.today)
            if self.random.random() < 0.5:
                yield FollowedUp(handle, need)
            else:
                yield FollowedUp(handle, need, mode="desk_review", outcome="reviewed", channel=None)

    def _cases(self, handle: str, customer: Customer) -> Iterator[Work]:
        for case in customer.cases.values():
            if case.status != "open":
                continue
            if not case.acknowledged:
                yield Acknowledged(handle, case.complaint_id)
            open_steps = [step for step, status in case.steps.items() if status == "open"]
            for step in open_steps[: self.random.randint(1, 4)]:
                result = "rejected" if step == "R3" and self.random.random() < 0.3 else "done"
                yield StepDone(handle, case.complaint_id, step, result)
            if not open_steps:
                yield Resolved(handle, case.complaint_id)

    # -- what the network does

    def _shuffle(self, events: list[Sent]) -> list[Sent]:
        """Customers mixed, each one's own sequence kept."""
        queues: dict[str, deque[Sent]] = {}
        slots: list[tuple[float, str]] = []
        for event in events:
            queues.setdefault(event.handle, deque()).append(event)
        for place, event in enumerate(sorted(events, key=lambda e: e.event["time"])):
            slots.append((place + self.random.random() * self.size.window, event.handle))
        return [queues[handle].popleft() for _, handle in sorted(slots)]

    def _repeat(self, events: Iterable[Sent]) -> Iterator[Sent]:
        """Some come again: a moment later, days later, or with another time under the same id."""
        recent: deque[Sent] = deque(maxlen=self.size.window)
        for event in events:
            yield event
            recent.append(event)
            self.old.append(event)
            if self.random.random() < self.size.duplicates:
                again = self.random.choice(self.random.choice((recent, self.old)))
                yield again if self.random.random() < 0.8 else _at_another_time(again)

    def _spoil(self, events: Iterable[Sent]) -> Iterator[Sent | Bad]:
        for event in events:
            yield event
            if self.random.random() < 0.01:
                self.bad += 1
                yield self._bad(event)

    def _bad(self, event: Sent) -> Bad:
        data: dict[str, Any] = {"demand": "perhaps"}
        kinds = (("holdfast.need.stated.v1", "invalid_data"), ("holdfast.weather.changed.v1", "unknown_type"))
        type_, reason = self.random.choice(kinds)
        return Bad({**event.event, "id": f"bad/{self.bad}", "type": type_, "data": data}, reason)


def _at_another_time(sent: Sent) -> Sent:
    day = date.fromisoformat(sent.event["time"][:10]).isoformat()
    return replace(sent, event={**sent.event, "time": f"{day}T05:00:00+00:00"})
