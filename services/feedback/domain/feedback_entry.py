"""Feedback: evaluations, suggestions and complaints as they are tagged, planned and flagged (FB-01, FB-04, FB-09)."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import UUID

from msgspec import Struct

from services.feedback.domain.improvement_seed import Seed, item_id_of
from services.feedback.domain.signals import Signal, SignalKind, signal_id_of
from shared.contracts.values import FeedbackKind, FeedbackSource


class Plan(Struct, frozen=True, omit_defaults=True):
    """What is done about it, by whom and by when; and when it was done, with what result."""

    action: str
    owner: str
    due_on: date
    done_on: date | None = None
    result: str | None = None


class FeedbackEntry(Struct, frozen=True):
    """One feedback; without an element of the policy it waits to be tagged and counts in none (FB-04)."""

    feedback_id: str
    customer_id: UUID
    kind: FeedbackKind
    source: FeedbackSource
    received_at: datetime
    received_on: date
    element: str | None = None
    touchpoint: str | None = None
    score: int | None = None
    untagged: bool = False
    no_plan: bool = False
    plan: Plan | None = None
    item_id: UUID | None = None
    aspects: tuple[str, ...] = ()
    text: str | None = None
    """Of a departed customer's opinions alone: other texts stay in profile."""

    @property
    def rows(self) -> tuple[Struct, ...]:
        """The entry, what is counted of it, and the improvement that a suggestion begins."""
        counted = Signal(
            signal_id=signal_id_of(SignalKind.FEEDBACK, self.feedback_id),
            kind=SignalKind.FEEDBACK,
            customer_id=self.customer_id,
            at=self.received_at,
            on_day=self.received_on,
            element=None if self.untagged else self.element,
            touchpoint=self.touchpoint,
            score=self.score,
            status=self.kind,
        )
        return (self, counted) if self.item_id is None else (self, counted, self._seed(self.item_id))

    def _seed(self, item_id: UUID) -> Seed:
        return Seed(
            item_id=item_id,
            source="suggestion",
            origin=self.feedback_id,
            seeded_at=self.received_at,
            element=None if self.untagged else self.element,
            touchpoint=self.touchpoint,
        )


def suggested_item(feedback_id: str, kind: FeedbackKind) -> UUID | None:
    """A suggestion begins an improvement (FB-01)."""
    return item_id_of(f"feedback {feedback_id}") if kind == FeedbackKind.SUGGESTION else None


def flagged_on(entry: FeedbackEntry, plan_days: int) -> date:
    """The day after its plan was due."""
    return entry.received_on + timedelta(days=plan_days + 1)
