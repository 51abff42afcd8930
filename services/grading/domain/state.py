"""What grading knows about one customer: bounded, whatever the customer's age."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from msgspec import Struct

from services.grading.domain.alerts import Alerts
from services.grading.domain.books import Books
from shared.contracts.values import (
    DealStatus,
    Demand,
    Grade,
    GradeFlag,
    Importance,
    Loyalty,
    OverrideField,
    Segment,
    Tier,
    Urgency,
)


class NeedInForce(Struct, frozen=True):
    """The newest need by `mark`; what is None is unknown. Amounts are minor units of `currency` (None: reporting)."""

    stated_at: datetime
    event_id: str
    inferred: bool
    """Concluded from an order (K-08): at the same instant a need that was stated stands."""
    demand: Demand
    expected_close_on: date | None = None
    expected_amount: int | None = None
    potential_volume: int | None = None
    currency: str | None = None
    deal_possible: bool = True
    handle_by_on: date | None = None
    negotiating: bool = False

    @property
    def mark(self) -> tuple[datetime, bool, str]:
        """Needs are ordered by it, in whatever order they arrive."""
        return (self.stated_at, not self.inferred, self.event_id)


class Axes(Struct, frozen=True):
    """The letter, the four views behind it (GR-02…GR-05) and the flags: what `grade.assigned` is said for."""

    grade: Grade
    deal_status: DealStatus
    importance: Importance
    urgency: Urgency
    demand: Demand
    flags: tuple[GradeFlag, ...] = ()


class Assignment(Struct, frozen=True):
    """What was last announced, and why."""

    axes: Axes
    previous: Grade | None
    changed: bool
    as_of: date
    policy_id: str
    cause_id: str
    cause_type: str
    number: int
    """1, 2, 3 … within the customer's history."""


class Standing(Struct, frozen=True):
    """What was last announced of value and loyalty, and what it was made of."""

    tier: Tier = Tier.REGULAR
    premium: bool = False
    segments: tuple[Segment, ...] = ()
    loyalty: Loyalty = Loyalty.NONE
    uplift_to: Tier | None = None
    uplift_on: date | None = None
    below_since: date | None = None
    """With hysteresis: the first day on which the profit was found below the cut."""


class Outlook(Struct, frozen=True):
    """What the model said when the day began."""

    level: str
    p_buy: float
    last_order_on: date
    """Of an order since then it knows nothing."""


class Review(Struct, frozen=True):
    """The exit reviews that were asked for; another one only after the profit has been above the margin (GR-19)."""

    number: int = 0
    open: bool = False


class Override(Struct, frozen=True):
    """What a person has set: at most one grade, one tier, and each segment once."""

    override_id: UUID
    field: OverrideField
    value: str
    until_on: date | None = None
    """Its last day."""
    differed: bool = False
    """What is computed has been something else meanwhile: when it agrees again, this ends."""


class CustomerState(Struct, frozen=True):
    """One customer; facts that come before the registration are kept, the first grade is announced with it."""

    registered: bool = False
    time_zone: str | None = None
    need: NeedInForce | None = None
    registered_on: date | None = None
    books: Books = Books()
    referrals: int = 0
    gone: bool = False
    """Left, or was asked to: no alert and no review."""
    open_cases: tuple[UUID, ...] = ()
    """Complaint cases not yet resolved, ascending."""
    last_followup: UUID | None = None
    unsaid_since: datetime | None = None
    """A need is known from which the grade has not been told yet."""
    assigned: Assignment | None = None
    standing: Standing = Standing()
    outlook: Outlook | None = None
    alerts: Alerts = Alerts()
    review: Review = Review()
    overrides: tuple[Override, ...] = ()
