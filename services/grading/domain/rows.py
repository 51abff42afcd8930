"""The ledgers of grading: the history of grades, the customers as lists show them, orders, complaints."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from msgspec import Struct

from services.grading.domain.books import Line
from services.grading.domain.state import Standing
from shared.contracts.values import (
    Basis,
    DealStatus,
    Demand,
    Fault,
    Grade,
    GradeFlag,
    Importance,
    OverrideEnd,
    OverrideField,
    Tier,
    Urgency,
)


class ReasonRow(Struct, frozen=True):
    """As `Reason` of the contract."""

    rule: str
    input: str
    points: int | None = None


class Inputs(Struct, frozen=True):
    """What the rules looked at; money in minor units of the reporting currency."""

    demand: Demand | None
    stated_at: datetime | None
    expected_close_on: date | None
    handle_by_on: date | None
    deal_possible: bool
    negotiating: bool
    reach: int | None
    """The larger of expected amount and potential volume."""
    live_orders: int
    open_complaints: int


class Grading(Struct, frozen=True):
    """One announced assignment (GR-11, X-05)."""

    id: UUID
    customer_id: UUID
    number: int
    decided_at: datetime
    as_of: date
    grade: Grade
    previous: Grade | None
    changed: bool
    basis: Basis
    deal_status: DealStatus
    importance: Importance
    urgency: Urgency
    demand: Demand
    flags: tuple[GradeFlag, ...]
    tier: Tier
    inputs: Inputs
    reasons: tuple[ReasonRow, ...]
    runner_up: Grade | None
    """What it would be did the rule that gave the letter not hold."""
    runner_up_rule: str | None
    next_grade: Grade | None
    next_on: date | None
    policy_id: str
    cause_id: str
    cause_type: str


class Customer(Struct, frozen=True):
    """The grade in force, as lists show it."""

    customer_id: UUID
    time_zone: str | None
    grade: Grade
    previous: Grade | None
    deal_status: DealStatus
    importance: Importance
    urgency: Urgency
    demand: Demand
    flags: tuple[GradeFlag, ...]
    tier: Tier
    cause_id: str
    cause_type: str


class Purchase(Struct, frozen=True):
    """One order as it stands (GR-02, GR-18); amounts in minor units of the reporting currency."""

    order_id: str
    customer_id: UUID
    on: date | None = None
    """The day it was placed; None while only a delay or a refund speaks of it."""
    amount: int | None = None
    goods: int | None = None
    refunded: int = 0
    cancelled: bool = False


class Spent(Struct, frozen=True, array_like=True):
    """What a complaint cost on a day, whoever's account it is on."""

    on: date
    cost: int = 0
    minutes: int = 0


class Complaint(Struct, frozen=True):
    """One complaint: its case, whose fault it was, what it cost, whether it was withdrawn; heard in any order."""

    complaint_id: str
    customer_id: UUID
    case_id: UUID | None = None
    opened_by: str | None = None
    withdrawn: bool = False
    fault: Fault | None = None
    """As the case was opened."""
    found: Fault | None = None
    found_at: datetime | None = None
    spent: tuple[Spent, ...] = ()


class Posting(Struct, frozen=True):
    """What one event changed in the books of its customer; the receipt and the cuts of the tiers are sums of these."""

    event_id: str
    customer_id: UUID
    lines: tuple[Line, ...]


class Referral(Struct, frozen=True):
    """Somebody who was recommended to us: counted once, for the first who did."""

    referred_id: UUID
    customer_id: UUID
    counted_by: str


class Tiering(Struct, frozen=True):
    """One assignment of a tier (X-05), by the event that caused it."""

    event_id: str
    customer_id: UUID
    decided_at: datetime
    as_of: date
    tier: Tier
    previous: Tier | None
    standing: Standing
    """All that was decided with it."""
    profit_12m: int
    cuts_of: date | None
    """The day of the cuts by which it was placed."""
    policy_id: str
    cause_type: str


class OverrideRow(Struct, frozen=True):
    """What a person has set, why and until when."""

    override_id: UUID
    customer_id: UUID
    field: OverrideField
    value: str
    reason: str
    author: str
    until_on: date | None
    set_at: datetime


class OverrideEnding(Struct, frozen=True):
    """When it ended and why."""

    override_id: UUID
    customer_id: UUID
    ended_at: datetime
    because: OverrideEnd
