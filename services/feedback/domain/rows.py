"""The ledgers of a case: its file and its steps, open or closed."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Literal
from uuid import UUID

from msgspec import Struct

from shared.contracts.ids import named
from shared.contracts.values import Fault, Severity, Step, Tier

COMPLAINT_CASES = UUID("5f0c6f0e-7a53-5d0b-9a55-0d9f3c3b7c11")
"""The namespace in which a complaint's id gives its case's id."""


class StepStatus(StrEnum):
    """Open, or how it ended."""

    OPEN = "open"
    DONE = "done"
    DECLINED = "declined"
    REJECTED = "rejected"
    BLOCKED = "blocked"
    """Open, but nobody may do it: of a win-back alone."""


class Cause(Struct, frozen=True, omit_defaults=True):
    """One finding about a process, never about a person (WB-07)."""

    category: str
    element: str | None = None
    touchpoint: str | None = None
    text: str | None = None


class Deadline(Struct, frozen=True):
    """One version of the day by which a case is to be resolved, and what it was derived from."""

    due_on: date
    severity: Severity
    policy_id: str
    at: datetime


class Move(Struct, frozen=True):
    """Another policy gave the acknowledgement or a step another day; pauses not counted."""

    step: str
    was_on: date
    due_on: date
    policy_id: str
    at: datetime


class CaseFile(Struct, frozen=True):
    """One complaint's case; `fault`, `severity` and `correctable` are what was last said about it."""

    case_id: UUID
    complaint_id: str
    customer_id: UUID
    fault: Fault
    severity: Severity
    correctable: bool
    commitment_breached: bool
    staff_at_fault: bool
    opened_at: datetime
    opened_on: date
    acknowledge_by_on: date
    tier: Tier
    cause_id: str
    """The event that opened it."""
    cause_type: str
    kind: Literal["complaint"] = "complaint"
    status: Literal["open", "resolved"] = "open"
    about: str | None = None
    order_id: str | None = None
    element: str | None = None
    touchpoint: str | None = None
    channel: str | None = None
    acknowledged_at: datetime | None = None
    closed_at: datetime | None = None
    closed_because: Literal["satisfied", "withdrawn"] | None = None
    answer_channel: str | None = None
    answer_note: str | None = None
    """What the customer last answered when asked for satisfaction."""
    causes: tuple[Cause, ...] = ()
    said: dict[str, str] = {}
    """Field -> the mark (instant, event id) of the word in force; an older word changes nothing."""
    resolve_by_on: date | None = None
    deadlines: tuple[Deadline, ...] = ()
    moves: tuple[Move, ...] = ()
    paused_at: datetime | None = None
    owner: str | None = None
    escalation: int = 0
    """How many rungs of the policy's ladder it has climbed."""
    escalated_to: str | None = None
    reopened: int = 0


class CaseStep(Struct, frozen=True):
    """One step of a case and how it ended; `reason` and `note` never leave the case's own page."""

    case_id: UUID
    step: Step
    place: int
    due_on: date
    because: str
    status: StepStatus = StepStatus.OPEN
    customer_told: bool | None = None
    """R7 only: whether the customer knows the result (CP-11)."""
    completed_at: datetime | None = None
    reason: str | None = None
    channel: str | None = None
    outcome: str | None = None
    agent: str | None = None
    note: str | None = None
    entitlements: tuple[str, ...] = ()
    """R2 only: what the guarantee gives the customer a right to (CP-15)."""

    @property
    def key(self) -> str:
        return step_key(self.case_id, self.step)


def case_id_of(complaint_id: str) -> UUID:
    """Complaint ids are unique in the deployment, so a complaint cannot have two cases."""
    return named(COMPLAINT_CASES, complaint_id)


def step_key(case_id: UUID, step: str) -> str:
    return f"{case_id}:{step}"
