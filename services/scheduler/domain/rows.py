"""The ledgers: follow-ups, tasks, the cases they hang on, and who the customer is for the work list."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from msgspec import Struct

from shared.contracts.values import DueBecause, Fault, FollowupMode, Grade, Journal, Tier, Urgency

FollowupStatus = Literal["scheduled", "due", "overdue", "completed", "superseded"]
TaskKind = Literal["acknowledge", "assist", "case_step"]
TaskStatus = Literal["open", "completed", "cancelled"]
CaseStatus = Literal["open", "closed"]


class Followup(Struct, frozen=True):
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


class Task(Struct, frozen=True):
    """Something a person is to do for a customer by a day."""

    task_id: UUID
    customer_id: UUID
    kind: TaskKind
    due_on: date
    caused_by_case: UUID
    complaint_id: str
    created_at: datetime
    cause_id: str
    cause_type: str
    """What made it; once it is closed, what closed it."""
    step: str | None = None
    status: TaskStatus = "open"
    overdue_at: datetime | None = None
    """When it was said to be overdue: once."""
    closed_at: datetime | None = None
    channel: str | None = None
    outcome: str | None = None
    need: dict[str, Any] | None = None
    agent: str | None = None
    note: str | None = None
    reason: str | None = None
    """Why it was cancelled: a code."""


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
    grade: Grade | None
    urgency: Urgency | None
    tier: Tier
    last_contact_on: date | None
