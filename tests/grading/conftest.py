"""A customer's story, folded as the engine folds it: wake-ups due before an event go first, at their own instants."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import count
from uuid import UUID, uuid5

import pytest

from services.grading.domain.commands import SettleCustomer
from services.grading.domain.references import CUTS
from services.grading.domain.rows import Customer, Grading
from services.grading.domain.rules import RULES
from services.grading.domain.wake import next_letter
from services.grading.store import LEDGERS
from shared.clock import business_date
from shared.contracts import feedback, profile, scheduler
from shared.contracts.grading import GradeAssigned
from shared.contracts.policy import default_policy, overlay
from shared.contracts.scheduler import RefreshedNeed
from shared.contracts.values import NeedSource
from shared.engine.decision import Accepted, Cause, Context, Event, Rows, StreamKey, TimePassed

SPACE = UUID("5b6dd4ee-6a3e-4d33-9a0e-0a8d4f0b3c11")
CUSTOMER = StreamKey("customer", uuid5(SPACE, "customer"))
KEYS = {ledger.row: ledger.key for ledger in LEDGERS}
NEVER = datetime(1900, 1, 1, tzinfo=UTC)


def instant(day: str, at: time = time(9)) -> datetime:
    """Nine in the morning of a day in UTC."""
    return datetime.combine(date.fromisoformat(day), at, UTC)


class Story:
    """One customer, one policy.

    `said` holds (instant, grade.assigned) in the order in which they were announced, `also` all other facts.
    """

    def __init__(self, values=None, state=None, reference=None):
        self.reference = reference or {}
        self.policy = overlay(default_policy(), {"values": values or {}})
        self.state = state or RULES.states["customer"]()
        self.rows = Rows()
        self.saved = {}
        self.said = []
        self.also = []
        self.now = NEVER
        self.wake_at = None
        self.wakes = []
        self.outcomes = []
        self._ids = count(1)

    # -- folding

    def fold(self, event):
        now = max(event.recordedtime, self.now)
        self.sleep(now)
        self._settle(event, self._context(now, Cause(event.id, event.type)))
        self.now = now
        return self

    def sleep(self, until):
        """Fold the wake-ups due strictly before."""
        while self.wake_at is not None and self.wake_at < until:
            at = self.wake_at
            self.wakes.append(at)
            self._settle(TimePassed(at), self._context(at, Cause(f"wake {at}", "time.passed")))
            self.now = max(self.now, at)
            assert self.wake_at is None or self.wake_at > at, "a wake-up spins"

    def tick(self, day):
        """The clock is moved to the start of a day: what is due at it is due."""
        until = instant(day, time.min) + timedelta(microseconds=1)
        self.sleep(until)
        self.now = max(self.now, until)
        return self

    def _settle(self, event, context):
        decision = RULES.decide(self.state, event, context)
        self.outcomes.append(decision)
        if isinstance(decision, Accepted):
            self.state = decision.state
            self.wake_at = RULES.next_wake(decision.state, context)
            for fact in decision.facts:
                kept = self.said if isinstance(fact.data, GradeAssigned) else self.also
                kept.append((context.now, fact.data))
            for row in decision.rows:
                key = KEYS[type(row)](row)
                self.rows.put(key, row)
                self.saved[type(row), key] = row

    def _context(self, now, cause):
        return Context(
            now=now,
            policy=self.policy,
            policy_id="pol_test",
            stream=CUSTOMER,
            cause=cause,
            rows=self.rows,
            reference=self.reference,
        )

    # -- the facts of other services

    def event(self, data, at, *, id=None, causationid=None):
        id = id or f"{data.TYPE}|{next(self._ids)}"
        return Event(
            key=uuid5(SPACE, id),
            id=id,
            source="holdfast/test",
            type=data.TYPE,
            time=at,
            recordedtime=at,
            subject=str(CUSTOMER.id),
            data=data,
            causationid=causationid,
        )

    def told(self, data, day, **ids):
        return self.fold(self.event(data, instant(day), **ids))

    def registered(self, day="2025-03-01", **fields):
        return self.told(registered(day, **fields), day)

    def need(self, day="2025-03-01", *, id=None, **fields):
        return self.told(need(day, **fields), day, id=id)

    def order(self, kind, day, **fields):
        return self.told(order(kind, day, **fields), day)

    def cost(self, day, **fields):
        """Service by the minute or by amount."""
        return self.told(profile.CostAllocated(**{"kind": "service"} | fields), day)

    def settled(self, day, cuts=None, **model):
        """The job of a day's start: new cuts, and a look at this customer."""
        if cuts is not None:
            self.reference = {**self.reference, CUTS: cuts}
        at = instant(day, time.min) + timedelta(microseconds=1)
        return self.fold(self.event(SettleCustomer(as_of=date.fromisoformat(day), **model), at))

    def followup(self, day, *, id=None, **fields):
        return self.told(followup(day, **fields), day, id=id)

    # -- what came of it

    @property
    def last(self) -> GradeAssigned:
        return self.said[-1][1]

    def all_of(self, type_):
        """The other facts of a type, in the order in which they were announced."""
        return [data for _, data in self.also if isinstance(data, type_)]

    @property
    def letters(self):
        return [said.grade.value for _, said in self.said]

    @property
    def customer(self):
        return self.saved[Customer, CUSTOMER.id]

    @property
    def next(self):
        """What the letter becomes by time alone, and when."""
        return next_letter(self.state, business_date(self.now, self.state.time_zone or "UTC"), self.policy)

    @property
    def history(self):
        return sorted((row for (table, _), row in self.saved.items() if table is Grading), key=lambda row: row.number)


def registered(day="2025-03-01", **fields):
    return profile.CustomerRegistered(
        **{"party": "individual", "kind": "consumer", "registered_on": date.fromisoformat(day)} | fields
    )


def need(day="2025-03-01", **fields):
    """A need stated at nine on that day; explicit unless `demand` says otherwise."""
    given = {"stated_at": instant(day), "version": 1, "source": NeedSource.STATED, "demand": "target"} | fields
    return profile.NeedChanged(**given)


def order(kind, day, order_id="o1", **fields):
    return profile.PurchaseRecorded(
        **{"order_id": order_id, "kind": kind, "ordered_on": date.fromisoformat(day)} | fields
    )


def followup(day, followup_id=None, **fields):
    """A follow-up completed at nine on that day with a refreshed need."""
    return scheduler.FollowupCompleted(
        followup_id=followup_id or uuid5(SPACE, f"followup {day}"),
        journal="monthly",
        due_on=date.fromisoformat(day),
        mode="desk_review",
        outcome="unchanged",
        need=RefreshedNeed(**{"stated_at": instant(day), "demand": "target"} | fields),
        on_time=True,
    )


def opened(day, complaint_id="c1"):
    return feedback.ComplaintOpened(
        case_id=case_id(complaint_id),
        complaint_id=complaint_id,
        fault="company",
        severity="minor",
        opened_on=date.fromisoformat(day),
        acknowledge_by_on=date.fromisoformat(day),
    )


def case_id(complaint_id):
    return uuid5(SPACE, complaint_id)


@pytest.fixture(scope="session")
def story():
    """Makes a story: `story()`, or with policy values `story({"grading.month_mode": "calendar"})`."""
    return Story


@pytest.fixture(scope="session")
def facts():
    """The facts of other services, as functions of a day."""

    class Facts:
        pass

    for make in (registered, need, order, followup, opened, case_id, instant):
        setattr(Facts, make.__name__, staticmethod(make))
    return Facts
