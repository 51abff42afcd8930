"""What the scheduler knows about one customer, and the words its rules answer with."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from uuid import UUID

from msgspec import Struct

from services.scheduler.domain.rows import ComplaintCase, Customer, Followup, Task
from shared.clock import business_date
from shared.contracts.values import Grade, Tier, Urgency
from shared.engine.decision import Context, Fact, Refused, StreamKey, Superseded


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


class CustomerState(Struct, frozen=True):
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
    """The open ones, by id."""
    cases: tuple[ComplaintCase, ...] = ()
    """The open ones, by case id."""
    withdrawn: tuple[str, ...] = ()
    """Withdrawn complaints, by id: their case may be heard of later, or again."""

    @property
    def anchor_on(self) -> date | None:
        """The last completed follow-up, else the registration."""
        return self.completed_on or self.registered_on

    @property
    def contact_on(self) -> date | None:
        """The last real contact; none yet, or only earlier ones: the registration."""
        return max((on for on in (self.last_contact_on, self.registered_on) if on is not None), default=None)


class Change(Struct, frozen=True):
    """What a rule makes of an input."""

    state: CustomerState
    facts: tuple[Fact, ...] = ()
    rows: tuple[Struct, ...] = ()
    absorbs: tuple[StreamKey, ...] = ()

    def then(self, rule: Callable[[CustomerState], Change]) -> Change:
        """Go on from the state that this change leaves."""
        after = rule(self.state)
        return Change(
            after.state, self.facts + after.facts, self.rows + after.rows, absorbs=self.absorbs + after.absorbs
        )


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
    )
