"""What the scheduler knows about one customer, and the words its rules answer with."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace

from services.scheduler.domain.rows import ComplaintCase, Customer, Followup, Task
from shared.clock import business_date
from shared.contracts.values import ConsentPurpose, Grade, Loyalty, Segment, Tier, Urgency
from shared.engine.decision import Context, Fact, Refused, Superseded


class Standing(Struct, frozen=True):
    """A schedule: the inner minimum of the due formula, and the due date that was made of it."""

    inner: date
    due_on: date


class Plan(Struct, frozen=True):
    """The schedule as of `at`, and the one before that instant.

    Order between services within one instant is open, so whether anything changed is asked against what stood before
    the instant: the schedule at rest is then the same in any order.
    """

    now: Standing
    at: datetime
    before: Standing | None = None


class Made(Struct, frozen=True):
    """What was scheduled on a day, by what it is, and how often: tells a schedule that comes back from its first."""

    on: date | None = None
    times: dict[str, int] = {}


class Anniversary(Struct, frozen=True, omit_defaults=True):
    """A day of every year on which this customer is greeted; a lunar one is of the Chinese calendar."""

    kind: str
    month: int
    day: int
    year: int | None = None
    lunar: bool = False


class Consent(Struct, frozen=True, omit_defaults=True):
    """What the customer said last about a channel and a purpose; None: about all of them (CN-05)."""

    at: datetime
    granted: bool
    channel: str | None = None
    purpose: ConsentPurpose | None = None


class Place(Struct, frozen=True):
    """A place in the attention cap, held from a day on (CA-18)."""

    key: str
    on: date


class Commitment(Struct, frozen=True):
    """A promise that is not kept yet (SC-21)."""

    commitment_id: str
    due_on: date


class Wanted(Struct, frozen=True, omit_defaults=True):
    """The need in force, as far as it makes tasks; `stated_at` orders needs."""

    stated_at: datetime
    feasible: bool = False
    tags: tuple[str, ...] = ()


class Verdict(Struct, frozen=True):
    """The last answer to the question of recommendation (nps)."""

    at: datetime
    answer_id: str
    score: int


class Cared(Struct, frozen=True):
    """The occasions that were met on a day: none is met twice."""

    on: date
    occasions: tuple[str, ...] = ()
    gifts: tuple[str, ...] = ()
    """Those for which there is something to give."""


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
    cared: Cared | None = None
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

    def then(self, rule: Callable[[CustomerState], Change]) -> Change:
        """Go on from the state that this change leaves."""
        after = rule(self.state)
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
