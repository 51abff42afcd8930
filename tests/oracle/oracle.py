"""Folds a whole history, one input after the other, and says how every customer must stand at the end."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import assert_never

from tests.oracle.customer import Customer
from tests.oracle.history import Acknowledged, Bad, DayBegins, FollowedUp, Op, Resolved, Sent, StepDone, Work
from tests.oracle.tables import Calendar
from tests.oracle.worth import NOBODY, Cuts, cuts_of


@dataclass
class Oracle:
    today: date
    """The day on which the history starts."""
    calendar: Calendar = frozenset()
    customers: dict[str, Customer] = field(default_factory=dict)
    cuts: Cuts = NOBODY
    seen: set[tuple[str, str]] = field(default_factory=set)
    redelivered: int = 0
    bad: set[tuple[str, str, str]] = field(default_factory=set)
    """(source, id, reason) of what must be a dead letter."""
    refused: list[tuple[Op, str]] = field(default_factory=list)

    def run(self, history: Iterable[Op]) -> Oracle:
        for op in history:
            self.take(op)
        return self

    def take(self, op: Op) -> None:
        match op:
            case Sent():
                self._receive(op)
            case Bad():
                self.bad.add((op.event["source"], op.event["id"], op.reason))
            case DayBegins(day):
                while self.today < day:
                    self.today += timedelta(days=1)
                    self._begin_day()
            case _:
                refused = self._work(self.customers[op.handle], op)
                if refused:
                    self.refused.append((op, refused))

    def _begin_day(self) -> None:
        """What time alone does comes first; then all are ranked, which is of the day's own instant."""
        for customer in self.customers.values():
            customer.tick()
        self.cuts = cuts_of(customer.file.profit for customer in self.customers.values())
        for customer in self.customers.values():
            customer.rank(self.cuts)

    def _receive(self, sent: Sent) -> None:
        key = (sent.event["source"], sent.event["id"])
        if key in self.seen:
            self.redelivered += 1
            return
        self.seen.add(key)
        if sent.handle not in self.customers:
            self.customers[sent.handle] = Customer(self.today, self.calendar, cuts=self.cuts)
        self.customers[sent.handle].receive(sent.event)

    @property
    def clock(self) -> datetime:
        """What the services read after the clock was moved to this day's 00:00."""
        return datetime.combine(self.today, time(microsecond=1), UTC)

    def _work(self, customer: Customer, work: Work) -> str | None:
        match work:
            case FollowedUp():
                return customer.complete(self.clock, work.need, work.mode, work.outcome, work.channel)
            case Acknowledged():
                customer.acknowledge(work.complaint_id)
                return None
            case StepDone():
                return customer.step(work.complaint_id, work.step, work.result, told=work.told)
            case Resolved():
                return customer.resolve(work.complaint_id)
        assert_never(work)
