"""What was counted from the ledgers between two days."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from msgspec import Struct

Histogram = tuple[tuple[int, int], ...]
"""(score, how many)."""


class Spent(Struct, frozen=True):
    """On `n` cases or win-backs; of the win-backs, `returned` customers are back."""

    n: int = 0
    minutes: int = 0
    amount: int = 0
    """Minor units of the reporting currency."""
    returned: int = 0


class Imported(Struct, frozen=True):
    """A figure that somebody else worked out, as it was told last (KP-05)."""

    value: float
    n: int
    from_on: date
    to_on: date
    source: str | None = None


class Counts(Struct, frozen=True):
    """What was counted from the ledgers between two days."""

    from_on: date
    to_on: date
    contacts: int
    complaints: int
    reported: int
    nps: Histogram
    csat: Histogram
    ces: Histogram
    staff: Histogram
    base: int
    lost: int
    followups: tuple[tuple[str | None, str, int], ...]
    buyers: int
    repeaters: int
    registered: int
    converted: int
    winbacks: int
    returned: int
    lost_winbacks: int
    valued: int
    profit: int
    key_profit: int
    earned: int = 0
    """With customers who bring a profit."""
    key_earned: int = 0
    period_id: UUID | None = None
    orders: int = 0
    sales: int = 0
    referrals: int = 0
    on_cases: Spent = Spent()
    on_winbacks: Spent = Spent()
    solved: tuple[tuple[str, int], ...] = ()
    """(how a step ended, how many)."""
    measured: tuple[tuple[str, float, float], ...] = ()
    """(type of solution, score before, score after) of every improvement that was measured."""
    market_share: Imported | None = None
