"""When time alone changes a stream."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from services.feedback.domain import improving, passing
from services.feedback.domain.improvement import ImprovementState
from services.feedback.domain.state import CustomerState
from shared.engine.decision import Context


def next_wake(state: Any, context: Context) -> datetime | None:
    """Of a customer, or of an improvement that is planned; the others change by what somebody says or does."""
    if isinstance(state, CustomerState):
        return passing.next_wake(state, context)
    due = improving.late_at(state, context) if isinstance(state, ImprovementState) else None
    return None if due is None else max(due, context.now)
