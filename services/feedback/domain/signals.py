"""What figures are counted from: one row per contact, answer, mention, feedback, cost and more, by its own id."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from msgspec import Struct

from shared.contracts.ids import named
from shared.contracts.values import Grade, Journal, Sentiment

SIGNALS = UUID("8d2f53d4-3c5c-5c1f-9d7e-0a3b9f6e2c33")
GRIEVANCES = UUID("6a0c1a52-9b7e-5b4e-8a26-5f1d2e4c7b44")

GRADE_OF = {
    Journal.DAILY: Grade.A,
    Journal.WEEKLY: Grade.B,
    Journal.HALF_MONTHLY: Grade.C,
    Journal.MONTHLY: Grade.D,
    Journal.YEARLY: Grade.E,
}


class SignalKind(StrEnum):
    CONTACT = "contact"
    ANSWER = "answer"
    MENTION = "mention"
    FEEDBACK = "feedback"
    FOLLOWUP = "followup"
    COST = "cost"
    REFERRAL = "referral"
    STEP = "step"


class Signal(Struct, frozen=True):
    """Known by what it is about, so that what is told twice counts once."""

    signal_id: UUID
    kind: SignalKind
    customer_id: UUID | None
    at: datetime
    on_day: date
    channel: str | None = None
    agent: str | None = None
    element: str | None = None
    touchpoint: str | None = None
    dimension: str | None = None
    grade: Grade | None = None
    survey: str | None = None
    score: int | None = None
    """Of an answer; of a gap the experience less the expectation."""
    sentiment: Sentiment | None = None
    status: str | None = None
    """Of a follow-up: on_time, late, overdue, superseded; of a step: on_time, late, declined, rejected."""
    minutes: int | None = None
    amount: int | None = None
    """What it cost, minor units of the reporting currency."""
    complaint_id: str | None = None
    """The complaint that the minutes or the amount were spent on."""


class Grievance(Struct, frozen=True):
    """A grievance, or the word that one is resolved which has not been heard of yet."""

    grievance_id: UUID
    customer_id: UUID
    source: str | None = None
    origin: str | None = None
    logged_on: date | None = None
    resolved_at: datetime | None = None


class Purchase(Struct, frozen=True):
    """An order as it stands: what it is worth and how long it is guaranteed (CP-15)."""

    order_id: str
    customer_id: UUID
    ordered_on: date
    amount: int | None = None
    """Less refunds."""
    cancelled: bool = False
    guarantee_until_on: date | None = None


def signal_id_of(kind: SignalKind, id: str) -> UUID:
    return named(SIGNALS, f"{kind}:{id}")


def grievance_id_of(source: str, id: str) -> UUID:
    return named(GRIEVANCES, f"{source}:{id}")
