"""What the reference job is: four types of events, one state per customer, one grade as a function of it. Pure.

Imported by every contender, also by those in another environment: nothing but the standard library.
"""

from __future__ import annotations

from bisect import bisect_right
from typing import Final, NamedTuple

PREFIX: Final = "holdfast.profile.job."
INTERACTION, ORDER, COMPLAINT, SURVEY = (
    f"{PREFIX}{name}.v1" for name in ("interaction.logged", "order.placed", "complaint.changed", "survey.answered")
)
CHANGED: Final = "holdfast.grading.job.grade.changed.v1"
DAY: Final = 86_400
NEVER: Final = -(10**12)
"""Seconds long before any event."""


class Standing(NamedTuple):
    """What is known of one customer; instants in seconds since 1970."""

    last_event: int = NEVER
    last_contact: int = NEVER
    last_order: int = NEVER
    orders: int = 0
    cents: int = 0
    open: int = 0
    scores: int = 0
    answers: int = 0


def grade(standing: Standing) -> str:
    """A to E as of the customer's last event."""
    points = (
        _steps(-days(standing, standing.last_order), (-365, -180, -90, -30))
        + _steps(standing.orders, (1, 2, 5, 10))
        + _steps(standing.cents, (1, 20_000, 50_000, 100_000))
        + satisfaction(standing.scores, standing.answers)
        - 2 * min(standing.open, 3)
        + (days(standing, standing.last_contact) <= 60)
    )
    return "EDCBA"[_steps(points, (2, 5, 8, 11))]


def days(standing: Standing, since: int) -> float:
    """From an instant to the customer's last event."""
    return (standing.last_event - since) / DAY


def satisfaction(scores: int, answers: int) -> int:
    """1 for a mean from 4.5 on, -2 for one below 2.5, 0 where nobody has answered."""
    if not answers:
        return 0
    return 1 if scores >= 4.5 * answers else -2 if scores < 2.5 * answers else 0


def _steps(value: float, thresholds: tuple[int, ...]) -> int:
    """How many of them it reaches."""
    return bisect_right(thresholds, value)
