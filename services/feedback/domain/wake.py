"""When time alone changes a customer's cases."""

from __future__ import annotations

from datetime import datetime

from services.feedback.domain.state import CustomerState
from shared.engine.decision import Context


def next_wake(_state: CustomerState, _context: Context) -> datetime | None:
    """Never: a case changes by what somebody says or does; a due date that passes is shown, not acted on."""
    return None
