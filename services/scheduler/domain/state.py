"""What the scheduler knows about one customer, and the words its rules answer with."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Concatenate, ParamSpec
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace

from services.scheduler.domain.memory import Anniversary, Cared, Commitment, Consent, Made, Place, Plan, Verdict, Wanted
from services.scheduler.domain.rows import ComplaintCase, Customer, Followup, Task
from shared.clock import business_date
from shared.contracts.values import Grade, Loyalty, Segment, Tier, Urgency
from shared.engine.decision import Context, Fact, Refused, Superseded

Given = ParamSpec("Given")


class CustomerState(Struct, frozen=True, omit_defaults=True):
    """One customer. Without a registration date and a grade there is nothing to schedule yet."""

    registered_on: date | None = None
    time_zone: str | None = None
    owner: str | None = None
    preferred_channel: str | None = None
    grade: Grade | None = None
    urgency: Urgency | None = None
    tier: Tier = Tier.REGULAR
    last_contact_on: date | None = None
    """The last real contact that was heard of."""
    completed_on: date | None = None
    """The last completed follow-up."""
    cycle: int = 0
    """How many follow-ups were completed."""
    plan: Plan | None = None
    open: Followup | None = None
    made: Made = Made()
    tasks: tuple[Task, ...] = ()
    """The open ones, by kind and key."""
    cases: tuple[ComplaintCase, ...] = ()
    """The open ones, by case id."""
    withdrawn: tuple[str, ...] = ()
    """Withdrawn complaints, by id: their case may be heard of later, or again."""
    reopened: tuple[str, ...] = ()
    """Complaints whose case was opened again, by id: a withdrawal is of before."""
    region: str | None = None
    preferences: tuple[str, ...] = ()
    interests: tuple[str, ...] = ()
    dislikes: tuple[str, ...] = ()
    dates: tuple[Anniversary, ...] = ()
    segments: tuple[Segment, ...] = ()
    loyalty: Loyalty = Loyalty.NONE
    exited: bool = False
    consents: tuple[Consent, ...] = ()
    """The oldest first; one that a later one covers is gone."""
    places: tuple[Place, ...] = ()
    """Those of the cap's window."""
    commitments: tuple[Commitment, ...] = ()
    kept: tuple[str, ...] = ()
    """Promises that were kept before they were heard of."""
    wanted: Wanted | None = None
    verdict: Verdict | None = None
    referral_asked: str | None = None
    """The answer after which a referral was asked for."""
    bought: dict[str, date] = {}
    browsed: dict[str, date] = {}
    recommended: dict[str, date] = {}
    """Category -> when last; the latest ones."""
    offered: tuple[str, ...] = ()
    """Products that were launched and offered, the latest ones."""
    owner_asked: bool = False
    """A key account without an owner was given a task for that."""
    plan_asked: bool = False
    """A key account was given a task for a plan of its own."""
    cared: Cared | None = None
    delays: tuple[str, ...] = ()
    """Orders and the days to which they were put off, or why they are waited for no more; the latest ones."""
    lived: tuple[str, ...] = ()
    """Life events that were heard of, with their days; the latest ones."""
    routines: dict[str, date] = {}
    """Routine -> when it comes round next."""

    @property
    def likes(self) -> tuple[str, ...]:
        """The dearest first."""
        return self.interests + self.preferences

    @property
    def anchor_on(self) -> date | None:
        """The last completed follow-up, else the registration."""
        return self.completed_on or self.registered_on

    @property
    def contact_on(self) -> date | None:
        """The last real contact; none yet, or only earlier ones: the registration."""
        last, registered = self.last_contact_on, self.registered_on
        return max(last, registered) if last and registered else last or registered


NOBODY = CustomerState()
"""A customer of whom nothing was heard yet."""


class Change(Struct, frozen=True):
    """What a rule makes of an input."""

    state: CustomerState
    facts: tuple[Fact, ...] = ()
    rows: tuple[Struct, ...] = ()

    def then(
        self, rule: Callable[Concatenate[CustomerState, Given], Change], *given: Given.args, **named: Given.kwargs
    ) -> Change:
        """Go on from the state that this change leaves; what is given comes after it."""
        after = rule(self.state, *given, **named)
        if not self.facts and not self.rows:
            return after
        return Change(after.state, self.facts + after.facts, self.rows + after.rows)


Answer = Change | Refused | Superseded


def zone_of(state: CustomerState, context: Context) -> str:
    """The customer's time zone, else the deployment's."""
    return state.time_zone or context.policy.calendar.time_zone


def day_of(state: CustomerState, at: datetime, context: Context) -> date:
    """The customer's calendar day of an instant."""
    return business_date(at, zone_of(state, context))


def customer_row(state: CustomerState, customer_id: UUID) -> Customer:
    """The read model's row."""
    return Customer(
        customer_id=customer_id,
        registered_on=state.registered_on,
        time_zone=state.time_zone,
        owner=state.owner,
        preferred_channel=state.preferred_channel,
        grade=state.grade,
        urgency=state.urgency,
        tier=state.tier,
        last_contact_on=state.contact_on,
        segments=state.segments,
        exited=state.exited,
        anchor_on=state.anchor_on,
        case_on=min((case.opened_on for case in state.cases), default=None),
        inner_on=state.plan.now.inner if state.plan is not None else None,
    )


def counted(state: CustomerState, what: str, today: date) -> tuple[CustomerState, int]:
    """The state that remembers one more of these on this day, and how many there were before."""
    times = state.made.times if state.made.on == today else {}
    count = times.get(what, 0)
    return replace(state, made=Made(today, {**times, what: count + 1})), count


def place_of(task: Task) -> str:
    """What it takes a place in the cap for: all that one occasion brings is one contact."""
    return task.occasion_key or f"{task.kind}|{task.key}"


def with_task(state: CustomerState, task: Task) -> CustomerState:
    """The state with this open task in place of its earlier form."""
    return replace(state, tasks=tuple(task if t.task_id == task.task_id else t for t in state.tasks))


def without_task(state: CustomerState, task: Task) -> CustomerState:
    """The state without this task."""
    return replace(state, tasks=tuple(t for t in state.tasks if t.task_id != task.task_id))
