"""What profile holds of one customer between two inputs; all that grows is a ledger's."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from msgspec import Struct

from services.profile.domain.lots import Benefits
from services.profile.domain.stages import Lifecycle
from shared.contracts.values import (
    ConsentPurpose,
    CustomerKind,
    DateKind,
    Demand,
    Grade,
    NeedSource,
    Party,
    Segment,
    Tier,
    Urgency,
)
from shared.engine.decision import Cause


class Occasion(Struct, frozen=True, omit_defaults=True):
    """A day to greet on (PR-13); only those that the customer volunteered are kept (CN-01)."""

    kind: DateKind
    month: int
    day: int
    year: int | None = None
    lunar: bool = False
    volunteered: bool = True


class File(Struct, frozen=True, omit_defaults=True):
    """What upstream told about the customer, the newest word on each field.

    PR-01 to PR-03, PR-05, PR-06, PR-08, PR-09, PR-14, PR-17, PR-19.
    """

    party: Party = Party.INDIVIDUAL
    kind: CustomerKind | None = None
    name: str | None = None
    preferred_channel: str | None = None
    preferences: tuple[str, ...] = ()
    dislikes: tuple[str, ...] = ()
    interests: tuple[str, ...] = ()
    address: str | None = None
    time_zone: str | None = None
    region: str | None = None
    owner: str | None = None
    lead_source: str | None = None
    approach: str | None = None
    attraction: str | None = None
    dates: tuple[Occasion, ...] = ()
    credit_rating: str | None = None
    spending_capacity: str | None = None
    greeting_style: str | None = None
    pain_points: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()


class Signals(Struct, frozen=True, rename=lambda name: f"{name}_at"):
    """What the customer does: category, or way to buy -> the instant at which it was last (PR-18).

    Which day that was depends on a time zone that may be told later.
    """

    bought: dict[str, datetime] = {}
    browsed: dict[str, datetime] = {}
    buys: dict[str, datetime] = {}


class Stamp(Struct, frozen=True, order=True):
    """When a field was told, and by which event: the later one holds."""

    at: datetime
    event_id: str


class Consent(Struct, frozen=True, omit_defaults=True):
    """What a customer granted or withdrew; `channel` None: all channels, `purpose` None: all purposes.

    `home`: the file that it was said to, where another one has taken that in.
    """

    channel: str | None
    purpose: ConsentPurpose | None
    granted: bool
    told: Stamp
    home: UUID | None = None

    @property
    def place(self) -> tuple[datetime, bool, str]:
        """The later word holds, and a withdrawal of the same instant."""
        return (self.told.at, not self.granted, self.told.event_id)


class Reason(Struct, frozen=True, omit_defaults=True):
    """One rule that had a say in a grade."""

    rule: str
    input: str
    points: int | None = None


class Standing(Struct, frozen=True, omit_defaults=True):
    """How grading sees the customer."""

    grade: Grade | None = None
    urgency: Urgency | None = None
    reasons: tuple[Reason, ...] = ()
    as_of: date | None = None
    graded_at: datetime | None = None
    tier: Tier | None = None
    segments: tuple[Segment, ...] = ()
    tiered_at: datetime | None = None


class Learnt(Struct, frozen=True, omit_defaults=True):
    """What our own people brought back from their last work on the customer."""

    at: datetime
    event_id: str
    type: str
    outcome: str
    agent: str | None = None


class NeedSnapshot(Struct, frozen=True):
    """A whole need; amounts in minor units of the reporting currency."""

    demand: Demand
    expected_close_on: date | None = None
    expected_amount: int | None = None
    potential_volume: int | None = None
    currency: str | None = None
    deal_possible: bool = True
    handle_by_on: date | None = None
    negotiating: bool = False
    tags: tuple[str, ...] = ()
    feasible: bool | None = None


class NeedVersion(Struct, frozen=True, omit_defaults=True):
    """One version of the customer's need. `order_id`: the order that an inferred one follows from.

    `home`: the file that it was said to, where another one has taken that in.
    """

    stated_at: datetime
    cause: Cause
    source: NeedSource
    snapshot: NeedSnapshot
    version: int = 0
    order_id: str | None = None
    home: UUID | None = None

    @property
    def position(self) -> tuple[datetime, str]:
        """Needs take their place by this, whenever they arrive."""
        return (self.stated_at, self.cause.event_id)


class SourceVersion(Struct, frozen=True):
    """The highest version of the need that one upstream system has sent."""

    version: int
    stated_at: datetime


class Spending(Struct, frozen=True, omit_defaults=True):
    """An order that spends the need stated before it (K-08); `home` as of a need."""

    at: datetime
    order_id: str
    cause: Cause
    home: UUID | None = None

    @property
    def position(self) -> tuple[datetime, str]:
        return (self.at, self.order_id)


class CustomerState(Struct, frozen=True, omit_defaults=True):
    """One customer's file. `first_at` None: nothing has opened it yet."""

    first_at: datetime | None = None
    """The earliest upstream event."""
    registered_at: datetime | None = None
    """The earliest explicit registration."""
    file: File = File()
    told: dict[str, Stamp] = {}
    """Field of the file -> its stamp."""
    need: NeedVersion | None = None
    """The need in force; None: none known and nothing bought."""
    stated: NeedVersion | None = None
    """The newest need that a person stated, spent or not."""
    needs: int = 0
    """How many versions there are."""
    versions: dict[str, SourceVersion] = {}
    """Upstream source -> its newest version."""
    last_order: Spending | None = None
    unplaced: dict[str, Spending] = {}
    """Deliveries whose order has not been seen yet, by order id."""
    consents: tuple[Consent, ...] = ()
    """Statements that no later one wholly covers, oldest first."""
    suggestions: int = 0
    """How many the customer has made (PR-04)."""
    lifecycle: Lifecycle = Lifecycle()
    standing: Standing = Standing()
    learnt: Learnt | None = None
    benefits: Benefits = Benefits()
    signals: Signals = Signals()
    groups: tuple[str, ...] = ()
    """Those of the policy that the customer is in, as they were said last."""
