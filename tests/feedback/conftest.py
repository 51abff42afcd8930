"""A pure fold of feedback: events and commands of one customer, in order, without a database."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time
from typing import Any
from uuid import UUID, uuid5

import pytest
from msgspec import Struct

from services.feedback.domain.commands import ChangeCase, CompleteStep, FindCause, ResolveCase
from services.feedback.domain.rows import CaseFile, CaseStep, case_id_of
from services.feedback.domain.rules import RULES
from services.feedback.domain.state import ClosedCase, CustomerState, OpenCase
from services.feedback.store import LEDGERS
from shared.contracts import grading, profile, scheduler
from shared.contracts.data import Data
from shared.contracts.policy import Policy, default_policy, overlay
from shared.engine.decision import Accepted, Cause, Context, Decision, Event, Rows, StreamKey, TimePassed
from tests.feedback.database import stack

__all__ = ["stack"]

CUSTOMER = UUID("00000000-0000-4000-8000-000000000001")
KEYS = {ledger.row: ledger.key for ledger in LEDGERS}


def key_of(table: type[Struct], key: Any) -> Any:
    """By its key alone; a case as it was closed is named as its file is."""
    return (table.__name__, key) if table is ClosedCase else key


def at(day: str, clock: str = "09:00") -> datetime:
    return datetime.combine(date.fromisoformat(day), time.fromisoformat(clock), tzinfo=UTC)


class Desk:
    """One customer's stream: `tell` folds an event at its `now`, rows and facts add up."""

    def __init__(self, policy: Policy | None = None, customer: UUID = CUSTOMER) -> None:
        self.policy = policy or default_policy()
        self.stream = StreamKey("customer", customer)
        self.state = CustomerState()
        self.rows = Rows()
        self.saved: dict[Any, Struct] = {}
        self.facts: list[Data] = []
        self.dated: list[tuple[datetime, Data]] = []
        self.wake_at: datetime | None = None
        self.now = at("2025-03-10")
        self.told: list[Event] = []
        self.last: Decision | None = None

    # -- the fold

    def event(self, data: Data, when: datetime | None = None, id: str | None = None) -> Event:
        key = uuid5(self.stream.id, id or f"event {len(self.told)}")
        moment = when or self.now
        return Event(key, id or str(key), "test", data.TYPE, moment, self.now, str(self.stream.id), data)

    def context(self, event: Event) -> Context:
        cause = Cause(event.id, event.type)
        return Context(self.now, self.policy, "pol_test", self.stream, cause, self.rows)

    def wake(self, until: datetime) -> None:
        """What time alone does before this instant, as the engine folds it."""
        while self.wake_at is not None and self.wake_at < until:
            now, self.now = self.now, self.wake_at
            cause = Cause("wake", "time.passed")
            context = Context(self.now, self.policy, "pol_test", self.stream, cause, Rows())
            self.take(RULES.decide(self.state, TimePassed(self.now), context), context)
            assert self.wake_at is None or self.wake_at > self.now, "it spins"
            self.now = now

    def take(self, decision: Decision, context: Context) -> None:
        if isinstance(decision, Accepted):
            self.state = decision.state
            self.facts += [fact.data for fact in decision.facts]
            self.dated += [(self.now, fact.data) for fact in decision.facts]
            self.saved |= {key_of(type(row), KEYS[type(row)](row)): row for row in decision.rows}
            self.wake_at = RULES.next_wake(self.state, context)

    def fold(self, event: Event) -> Decision:
        self.wake(self.now)
        self.told.append(event)
        named = {key_of(table, key) for table, key in RULES.names(event) if table in KEYS}
        rows = Rows()
        for key in named & self.saved.keys():
            rows.put(key[1] if isinstance(key, tuple) else key, self.saved[key])
        self.rows = rows
        context = self.context(event)
        self.last = RULES.decide(self.state, event, context)
        self.take(self.last, context)
        return self.last

    def tell(self, data: Data, when: datetime | None = None, id: str | None = None) -> Decision:
        """Fold it; `when` is the event's own time, by default now."""
        return self.fold(self.event(data, when, id))

    def to(self, day: str, clock: str = "09:00") -> Desk:
        """At this time of this day, with all that was due before."""
        self.now = at(day, clock)
        self.wake(self.now)
        return self

    # -- what happens

    def complain(self, complaint_id: str = "c1", on: str | None = None, id: str | None = None, **more: Any) -> Decision:
        facts: dict[str, Any] = {"fault": "company", "severity": "minor", "correctable": True} | more
        when = at(on) if on else None
        return self.tell(profile.ComplaintReceived(complaint_id=complaint_id, **facts), when, id)

    def update(self, complaint_id: str = "c1", on: str | None = None, id: str | None = None, **more: Any) -> Decision:
        return self.tell(profile.ComplaintUpdated(complaint_id=complaint_id, **more), at(on) if on else None, id)

    def withdraw(self, complaint_id: str = "c1") -> Decision:
        return self.tell(profile.ComplaintWithdrawn(complaint_id=complaint_id))

    def tier(self, tier: str) -> Decision:
        return self.tell(grading.TierAssigned(tier=tier, basis="computed", supply_priority=False))

    def register(self, time_zone: str | None) -> Decision:
        registered = {"party": "individual", "kind": "consumer", "registered_on": date(2025, 3, 1)}
        return self.tell(profile.CustomerRegistered(**registered, time_zone=time_zone))

    def acknowledge(self, complaint_id: str = "c1", kind: str = "acknowledge") -> Decision:
        task = {"task_id": UUID(int=7), "kind": kind, "outcome": "advanced"}
        return self.tell(scheduler.TaskCompleted(**task, caused_by_case=case_id_of(complaint_id)))

    def complete(self, step: str, result: str = "done", complaint_id: str = "c1", **more: Any) -> Decision:
        return self.complete_of(case_id_of(complaint_id), step, result, **more)

    def complete_of(self, case_id: UUID, step: str, result: str = "done", **more: Any) -> Decision:
        return self.tell(CompleteStep(case_id=case_id, step=step, result=result, **more))

    def complete_all(self, complaint_id: str = "c1") -> Desk:
        for step in self.steps(complaint_id):
            self.complete(step, complaint_id=complaint_id, **({"customer_told": True} if step == "R7" else {}))
        return self

    def resolve(self, satisfied: bool = True, complaint_id: str = "c1", **more: Any) -> Decision:
        return self.tell(ResolveCase(case_id=case_id_of(complaint_id), customer_satisfied=satisfied, **more))

    def state_satisfaction(self, satisfied: bool, complaint_id: str = "c1") -> Decision:
        """The customer's own word, as a fact."""
        return self.tell(profile.SatisfactionStated(complaint_id=complaint_id, satisfied=satisfied))

    def change(
        self, action: str, complaint_id: str = "c1", reason: str | None = "why", to: str | None = None
    ) -> Decision:
        """Pause, resume, reassign, escalate, withdraw, reopen."""
        return self.tell(ChangeCase(case_id=case_id_of(complaint_id), action=action, reason=reason, to=to))

    def cause(self, complaint_id: str = "c1", **more: Any) -> Decision:
        return self.tell(FindCause(case_id=case_id_of(complaint_id), **more))

    # -- what is there

    def case(self, complaint_id: str = "c1") -> OpenCase | None:
        return self.state.find(case_id_of(complaint_id))

    def file(self, complaint_id: str = "c1") -> CaseFile:
        found = self.saved[case_id_of(complaint_id)]
        assert isinstance(found, CaseFile)
        return found

    def step(self, step: str, complaint_id: str = "c1") -> CaseStep:
        found = self.saved[f"{case_id_of(complaint_id)}:{step}"]
        assert isinstance(found, CaseStep)
        return found

    def steps(self, complaint_id: str = "c1") -> list[str]:
        rows = [r for r in self.saved.values() if isinstance(r, CaseStep) and r.case_id == case_id_of(complaint_id)]
        return [str(row.step) for row in sorted(rows, key=lambda row: row.place)]

    def dues(self, complaint_id: str = "c1") -> dict[str, str]:
        return {step: f"{self.step(step, complaint_id).due_on:%m-%d}" for step in self.steps(complaint_id)}

    def said(self, fact: type[Data]) -> list[Any]:
        return [each for each in self.facts if isinstance(each, fact)]


@pytest.fixture
def desk() -> Desk:
    """One customer, 2025-03-10 09:00 UTC, default policy."""
    return Desk()


@pytest.fixture
def desk_of() -> Callable[..., Desk]:
    """A desk under the default policy with these values laid over it, or another customer's."""

    def build(customer: UUID = CUSTOMER, **values: Any) -> Desk:
        policy = overlay(default_policy(), {"values": values}) if values else default_policy()
        return Desk(policy, customer)

    return build
