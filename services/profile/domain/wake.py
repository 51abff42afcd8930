"""When time alone changes a customer's file: a benefit expires."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from services.profile.domain.benefits import next_expiry
from services.profile.domain.state import CustomerState
from shared.engine.decision import Context


def next_wake(state: Any, context: Context) -> datetime | None:
    """None: nothing in a file falls due, and nothing ever in a stream of another kind."""
    return next_expiry(state, context) if isinstance(state, CustomerState) else None
