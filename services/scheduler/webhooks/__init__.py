"""Signed calls to the systems of the company's own people: what falls due, is overdue or broken, what is new."""

from __future__ import annotations

from typing import Final

from shared.contracts import scheduler
from shared.contracts.data import Data

TOLD: Final[tuple[type[Data], ...]] = (
    scheduler.FollowupDue,
    scheduler.FollowupOverdue,
    scheduler.FollowupEscalated,
    scheduler.TaskCreated,
    scheduler.TaskOverdue,
    scheduler.TaskEscalated,
    scheduler.CommitmentBreached,
)
TYPES: Final = tuple(fact.TYPE for fact in TOLD)
"""What an endpoint may ask for."""
