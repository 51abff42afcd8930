"""A customer of the scheduler in a test: inputs fold as the engine folds them, wake-ups in between."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID, uuid5

from services.scheduler.domain.commands import CompleteFollowup, CompleteTask
from services.scheduler.domain.rows import ComplaintCase, Contact, Customer, ExitReview, Followup, Task
from services.scheduler.domain.rules import RULES
from services.scheduler.domain.state import CustomerState
from shared.contracts import feedback, grading, profile
from shared.contracts.data import Data
from shared.contracts.ids import wake_key
from shared.contracts.policy import Policy, default_policy
from shared.engine.decision import Accepted, Cause, Context, Decision, Event, Rows, StreamKey, TimePassed

ID = UUID("7f3e0000-0000-4000-8000-000000000001")
CASE = UUID("ca5e0000-0000-4000-8000-000000000001")
KEYS = {
    Customer: "customer_id",
    Followup: "followup_id",
    Task: "task_id",
    ComplaintCase: "case_id",
    Contact: "contact_id",
    ExitReview: "review_id",
}
TICK = timedelta(microseconds=1)
"""A simulated clock moved to T reads T and this."""


def day(text: str | date) -> datetime:
    """The first instant of a day."""
    return datetime.combine(date.fromisoformat(str(text)), time.min, tzinfo=UTC)


class Desk:
    """One customer's stream: state, facts said (with their instants) and rows, as a database would hold them."""

    def __init__(self, policy: Policy | None = None) -> None:
        self.policy = policy or default_policy()
        self.state = CustomerState()
        self.facts: list[tuple[datetime, Data]] = []
        self.tables: dict[type, dict[UUID, Any]] = {table: {} for table in KEYS}
        self.rows = Rows()
        self.last_now = day("1900-01-01")
        self.wake_at: datetime | None = None
        self.inputs = 0
        self.steps: list[tuple[Event | TimePassed, datetime, Cause]] = []

    # -- the fold

    def fold(self, data: Data, at: datetime, *, time: datetime | None = None, time_alone: bool = False) -> Decision:
        self.inputs += 1
        now = max(at, self.last_now)
        self.wake(now)
        moment = time or at
        event = Event(
            key=uuid5(ID, str(self.inputs)),
            id=f"event-{self.inputs}",
            source="test",
            type=data.TYPE,
            time=moment,
            recordedtime=at,
            subject=str(ID),
            data=data,
            causationid=str(wake_key("grading", "customer", ID, moment)) if time_alone else "a-cause",
        )
        decision = self._settle(event, now, Cause(event.id, event.type))
        self.last_now = now
        return decision

    def wake(self, limit: datetime) -> None:
        """Every wake-up due strictly before the limit."""
        while self.wake_at is not None and self.wake_at < limit:
            at = self.wake_at
            decision = self._settle(TimePassed(at), at, Cause("wake", "time.passed"))
            assert isinstance(decision, Accepted)
            assert self.wake_at is None or self.wake_at > at, "it would spin"
            self.last_now = max(self.last_now, at)

    def tick(self, on: str | date) -> None:
        """The simulated clock moves to the start of a day; then rest."""
        self.wake(day(on) + TICK)

    def context(self, now: datetime, cause: Cause, *, again: bool = False) -> Context:
        stream = StreamKey("customer", ID)
        return Context(
            now=now, policy=self.policy, policy_id="pol", stream=stream, cause=cause, rows=self.rows, again=again
        )

    def folded_again(self) -> CustomerState:
        """What the same steps give while the ledgers hold what they hold now."""
        state = CustomerState()
        for event, now, cause in self.steps:
            decision = RULES.decide(state, event, self.context(now, cause, again=isinstance(event, Event)))
            if isinstance(decision, Accepted):
                state = decision.state
                for row in decision.rows:
                    self.rows.put(getattr(row, KEYS[type(row)]), row)
        return state

    def _settle(self, event: Event | TimePassed, now: datetime, cause: Cause) -> Decision:
        self.steps.append((event, now, cause))
        context = self.context(now, cause)
        decision = RULES.decide(self.state, event, context)
        if isinstance(decision, Accepted):
            self.state = decision.state
            self.facts += [(fact.time or now, fact.data) for fact in decision.facts]
            for row in decision.rows:
                key = getattr(row, KEYS[type(row)])
                self.tables[type(row)][key] = row
                self.rows.put(key, row)
            self.wake_at = RULES.next_wake(self.state, context)
        return decision

    # -- what others say

    def registered(self, on: str, **more: Any) -> None:
        said = profile.CustomerRegistered(
            party="individual", kind="consumer", registered_on=date.fromisoformat(on), **more
        )
        self.fold(said, day(on) + TICK)

    def updated(self, on: str, *fields: str, **values: Any) -> None:
        self.fold(profile.CustomerUpdated(fields=fields or tuple(values), **values), day(on) + TICK)

    def withdrew(self, on: str, complaint: str = "c-1") -> None:
        self.fold(profile.ComplaintWithdrawn(complaint_id=complaint), day(on) + TICK)

    def graded(
        self, grade: str, on: str, urgency: str = "moderate", *, time_alone: bool = False, hour: int = 0
    ) -> None:
        """`time_alone`: grading's own wake-up is the cause, at this hour."""
        said = grading.GradeAssigned(
            grade=grade, changed=True, basis="computed", deal_status="prospect", importance="standard",
            urgency=urgency, demand="target", policy_id="pol", as_of=date.fromisoformat(on),
        )  # fmt: skip
        at = day(on) + timedelta(hours=hour) if time_alone else day(on) + TICK
        self.fold(said, at, time_alone=time_alone)

    def tiered(self, tier: str, on: str) -> None:
        self.fold(grading.TierAssigned(tier=tier, basis="computed", supply_priority=False), day(on) + TICK)

    def spoke(self, on: str, channel: str = "phone", *, human: bool = False, arrived: str | None = None) -> None:
        said = profile.InteractionRecorded(
            interaction_id=f"i-{on}", channel=channel, direction="inbound", human=human, grievance=False,
            question=False, objection=False, consent_purpose="service",
        )  # fmt: skip
        self.fold(said, day(arrived or on) + TICK, time=day(on) + timedelta(hours=9))

    def complained(self, on: str, fault: str = "company", case: UUID = CASE, complaint: str = "c-1") -> Decision:
        opened = date.fromisoformat(on)
        said = feedback.ComplaintOpened(
            case_id=case, complaint_id=complaint, fault=fault, severity="minor", opened_on=opened,
            acknowledge_by_on=opened,
        )  # fmt: skip
        return self.fold(said, day(on) + TICK)

    def found_fault(self, on: str, fault: str) -> None:
        self.fold(feedback.ComplaintFaultFound(case_id=CASE, complaint_id="c-1", fault=fault), day(on) + TICK)

    def resolved(self, on: str) -> None:
        self.fold(feedback.ComplaintResolved(case_id=CASE, days=1), day(on) + TICK)

    def reopened(self, on: str) -> None:
        self.fold(feedback.ComplaintReopened(case_id=CASE), day(on) + TICK)

    def moved(self, on: str, step: str, due_on: str) -> None:
        said = feedback.CaseMoved(case_id=CASE, step=step, due_on=date.fromisoformat(due_on))
        self.fold(said, day(on) + TICK)

    def step_done(self, on: str, step: str, result: str = "done", **more: Any) -> None:
        self.fold(feedback.RemediationStepCompleted(case_id=CASE, step=step, result=result, **more), day(on) + TICK)

    def remedy(self, on: str, **steps: str) -> None:
        plan = tuple(feedback.PlannedStep(step=step, due_on=date.fromisoformat(due)) for step, due in steps.items())
        self.fold(feedback.RemediationStarted(case_id=CASE, steps=plan), day(on) + TICK)

    # -- what agents do

    def complete(self, on: str, *, followup: UUID | None = None, **body: Any) -> Decision:
        given = {"mode": "contact", "channel": "phone", "outcome": "advanced", "need": {"demand": "latent"}} | body
        followup = followup or self.open.followup_id
        return self.fold(CompleteFollowup(followup_id=followup, **given), day(on) + TICK)

    def complete_task(self, task: Task, on: str, **body: Any) -> Decision:
        return self.fold(CompleteTask(task_id=task.task_id, **({"outcome": "advanced"} | body)), day(on) + TICK)

    # -- what there is to see

    @property
    def open(self) -> Followup:
        assert self.state.open is not None
        return self.state.open

    @property
    def due(self) -> str:
        return self.open.due_on.isoformat()

    def said(self, name: str) -> list[Data]:
        """The facts whose type ends so, e.g. `followup.due`."""
        return [data for _, data in self.facts if f"holdfast.scheduler.{name}.v1" == data.TYPE]

    def at(self, name: str) -> list[str]:
        return [at.isoformat() for at, data in self.facts if f"holdfast.scheduler.{name}.v1" == data.TYPE]

    def tasks(self, kind: str | None = None, status: str | None = None) -> list[Task]:
        found = [t for t in self.tables[Task].values() if kind in (None, t.kind) and status in (None, t.status)]
        return sorted(found, key=lambda t: (t.kind, t.step or ""))

    def journal(self, status: str) -> list[Followup]:
        return [f for f in self.tables[Followup].values() if f.status == status]
