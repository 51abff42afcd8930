"""When time alone changes a customer's file: not yet ever."""

from __future__ import annotations

from datetime import datetime

from services.profile.domain.state import CustomerState
from shared.engine.decision import Context


def next_wake(_state: CustomerState, _context: Context) -> datetime | None:
    """None: nothing in a file falls due."""
    return None
