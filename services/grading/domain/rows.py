"""The ledgers of grading: the history of grades, the customers as lists show them, orders, complaints."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from msgspec import Struct

from shared.contracts.values import Basis, DealStatus, Demand, Grade, GradeFlag, Importance, Tier, Urgency


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
    policy_id: str
    cause_id: str
    cause_type: str


class Customer(Struct, frozen=True):
    """The grade in force, its reasons as they stand now, and what the letter becomes by time alone."""

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
    reasons: tuple[ReasonRow, ...]
    next_grade: Grade | None
    next_on: date | None
    policy_id: str
    cause_id: str
    cause_type: str


class Purchase(Struct, frozen=True):
    """One order: the events by which it began and ceased to count as a deal that was won (GR-02)."""

    order_id: str
    customer_id: UUID
    counted_by: str | None = None
    dropped_by: str | None = None


class Complaint(Struct, frozen=True):
    """One complaint: its case once it is opened, and whether it was withdrawn, in whatever order that is heard."""

    complaint_id: str
    customer_id: UUID
    case_id: UUID | None = None
    opened_by: str | None = None
    withdrawn: bool = False
