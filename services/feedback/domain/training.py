"""Training of staff: regularly, and where the service at one touchpoint is scored low again and again (KP-06)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from shared.contracts.policy import Policy


def plan(last_on: date | None, today: date, policy: Policy) -> dict[str, Any]:
    """When the next one is due; where there has been none yet, today."""
    next_on = today if last_on is None else last_on + timedelta(days=policy.training.every_days)
    return {
        "every_days": policy.training.every_days,
        "last_on": last_on,
        "next_on": next_on,
        "overdue_days": max(0, (today - next_on).days),
    }
