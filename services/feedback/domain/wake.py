"""When time alone changes a stream."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from services.feedback.domain import passing
from services.feedback.domain.state import CustomerState
from shared.engine.decision import Context


def next_wake(state: Any, context: Context) -> datetime | None:
    """Of a customer; the other streams change by what somebody says or does."""
    return passing.next_wake(state, context) if isinstance(state, CustomerState) else None
