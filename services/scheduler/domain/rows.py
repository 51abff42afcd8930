"""The ledgers: follow-ups, tasks, the cases they hang on, and who the customer is for the work list."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from msgspec import Struct

from shared.contracts.values import (
    ConsentPurpose,
    Direction,
    DueBecause,
    Fault,
    FollowupMode,
    Grade,
    Journal,
    Segment,
    SuppressedBy,
    Tier,
    Urgency,
)

FollowupStatus = Literal["scheduled", "due", "overdue", "completed", "superseded"]
TaskStatus = Literal["open", "awaiting_approval", "suppressed", "completed", "cancelled"]
CaseStatus = Literal["open", "closed"]


class Followup(Struct, frozen=True, omit_defaults=True):
    """One entry of a customer's journal, from its scheduling to what became of it."""

    followup_id: UUID
    customer_id: UUID
    cycle: int
    """How many follow-ups were completed before it: those of one cycle stand for each other (T137)."""
    journal: Journal
    grade: Grade
    due_on: date
    because: tuple[DueBecause, ...]
    scheduled_at: datetime
    cause_id: str
    cause_type: str
    """What scheduled it; once it is closed, what closed it."""
    status: FollowupStatus = "scheduled"
    closed_at: datetime | None = None
    superseded_by: UUID | None = None
    mode: FollowupMode | None = None
    channel: str | None = None
    outcome: str | None = None
    need: dict[str, Any] | None = None
    """The refreshed need as JSON, with its `stated_at`."""
    on_time: bool | None = None
    agent: str | None = None
    note: str | None = None
    rung: int = 0
    """How far up the policy's ladder it has gone since it was last worked on."""
    escalated_to: str | None = None
    worked_on: date | None = None


class Meeting(Struct, frozen=True):
    """The customer meeting that a dinner or a tour belongs to (CA-11, CA-12)."""

    cycle: Literal["quarterly", "half_yearly", "annual"]
    theme: Literal["ordering", "new_product", "review"]
    items: tuple[Literal["lecture", "award"], ...] = ()


class Task(Struct, frozen=True, omit_defaults=True):
    """Something a person is to do for a customer by a day."""

    task_id: UUID
    customer_id: UUID
    kind: str
    key: str
    """What it is for, among the tasks of its kind: with the kind it makes the id."""
    due_on: date
    because: str
    created_at: datetime
    cause_id: str
    cause_type: str
    """What made it; once it is closed, what closed it."""
    consent_purpose: ConsentPurpose = ConsentPurpose.SERVICE
    caused_by_case: UUID | None = None
    complaint_id: str | None = None
    step: str | None = None
    occasion: str | None = None
    occasion_key: str | None = None
    """The occasion on its day: its tasks are one contact."""
    options: tuple[str, ...] = ()
    channel: str | None = None
    owner: str | None = None
    department: str | None = None
    purpose: str | None = None
    amount: int | None = None
    currency: str | None = None
    approvers: tuple[str, ...] = ()
    """Who may approve; nobody named: anybody may."""
    approved_by: tuple[str, ...] = ()
    meeting: Meeting | None = None
    service_type: str | None = None
    status: TaskStatus = "open"
    let_through_on: date | None = None
    """Since when its contact holds a place in the customer's cap."""
    rule: SuppressedBy | None = None
    until: datetime | None = None
    """Why its contact is held back, and when it is judged again."""
    due_at: datetime | None = None
    """By when, where its kind is counted in working hours."""
    snoozed_because: str | None = None
    """Why somebody put it off, last."""
    overdue_at: datetime | None = None
    """When it was said to be overdue: once."""
    rung: int = 0
    """How far up the policy's ladder it has gone since it was last worked on."""
    escalated_to: str | None = None
    worked_on: date | None = None
    closed_at: datetime | None = None
    outcome: str | None = None
    need: dict[str, Any] | None = None
    agent: str | None = None
    note: str | None = None
    reason: str | None = None
    """Why it was cancelled: a code, or the words of the person who did it."""


class Contact(Struct, frozen=True):
    """One contact with a customer, planned, made or held back; a desk review is none."""

    contact_id: UUID
    customer_id: UUID
    at: datetime
    direction: Direction
    channel: str | None
    consent_purpose: ConsentPurpose
    status: Literal["planned", "made", "suppressed", "given_back"]
    cause_id: str
    cause_type: str
    rule: SuppressedBy | None = None
    until: datetime | None = None
    task_id: UUID | None = None
    place_on: date | None = None
    """The day from which it holds a place in the cap; contacts of one `place` share it."""
    place: str | None = None


class ExitReview(Struct, frozen=True):
    """Whether to part from a customer: a person decides (GR-19)."""

    review_id: UUID
    customer_id: UUID
    profit: int
    currency: str
    requested_at: datetime
    status: Literal["open", "approved", "declined"] = "open"
    decided_by: str | None = None
    reason: str | None = None


class ComplaintCase(Struct, frozen=True):
    """A complaint's case as the scheduler heard of it, open or not."""

    case_id: UUID
    customer_id: UUID
    complaint_id: str
    opened_on: date
    fault: Fault
    status: CaseStatus = "open"


class Customer(Struct, frozen=True):
    """What the work list ranks and routes by."""

    customer_id: UUID
    registered_on: date | None
    time_zone: str | None
    owner: str | None
    preferred_channel: str | None
    """Where service may use it, else another one that was granted by name."""
    grade: Grade | None
    urgency: Urgency | None
    tier: Tier
    last_contact_on: date | None
    segments: tuple[Segment, ...] = ()
    exited: bool = False
    anchor_on: date | None = None
    case_on: date | None = None
    inner_on: date | None = None
    """With the days above: what the due formula is worked out from, and the inner minimum that the schedule has."""


class Launch(Struct, frozen=True):
    """A product that reaches the market: its job offers it to whom it fits."""

    id: UUID
    product: str
    tags: tuple[str, ...]
    pilot: bool | None
