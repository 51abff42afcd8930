"""What another policy would have made of a period: counts that add up customer by customer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from msgspec import Struct, field

from shared.contracts.values import Grade

MOST_MOVED = 1_000
"""Customers named in an answer; `migration` counts them all."""
YEAR = 365.25
NOBODY = "none"
"""Whose customers have no owner."""


class Letter(NamedTuple):
    """A letter from this day on, and the rule that gave it."""

    on: date
    grade: Grade
    rule: str
    input: str


class Life(NamedTuple):
    """One customer in the period: the letters under both policies, owner and the days of orders."""

    customer_id: str
    owner: str | None
    before: Sequence[Letter]
    after: Sequence[Letter]
    orders: Sequence[date]


class Period(NamedTuple):
    """From the first day to the last, and how long an A is given to order."""

    first: date
    last: date
    horizon_days: int


class Side(Struct):
    """Of one policy."""

    flips: int = 0
    a: int = 0
    """Customers with an A on the first day."""
    a_ordered: int = 0


class Measures(Struct):
    """The sums so far; JSON, so that a job can put them down and go on."""

    customers: int = 0
    days: int = 0
    ordered: int = 0
    migration: dict[str, dict[str, int]] = field(default_factory=dict)
    moved: list[dict[str, str]] = field(default_factory=list)
    load: dict[str, list[float]] = field(default_factory=dict)
    before: Side = field(default_factory=Side)
    after: Side = field(default_factory=Side)


def add(sums: Measures, life: Life, period: Period, cadences: tuple[Mapping[Grade, int], Mapping[Grade, int]]) -> None:
    """Count one customer; who was not graded by the last day is none. `cadences`: days between follow-ups by letter."""
    before, after = at(life.before, period.last), at(life.after, period.last)
    if before is None or after is None:
        return
    sums.customers += 1
    sums.days += (period.last - max(period.first, life.before[0].on)).days + 1
    row = sums.migration.setdefault(before.grade, {})
    row[after.grade] = row.get(after.grade, 0) + 1
    if before.grade is not after.grade and len(sums.moved) < MOST_MOVED:
        said = {"from": str(before.grade), "to": str(after.grade), "rule": after.rule, "input": after.input}
        sums.moved.append({"customer_id": life.customer_id, **said})
    load = sums.load.setdefault(life.owner or NOBODY, [0.0, 0.0])
    load[0] += followups(life.before, period, cadences[0])
    load[1] += followups(life.after, period, cadences[1])
    _outcome(sums, life, period)


def _outcome(sums: Measures, life: Life, period: Period) -> None:
    until = period.first + timedelta(days=period.horizon_days)
    ordered = any(period.first <= on <= until for on in life.orders)
    sums.ordered += ordered
    for side, letters in ((sums.before, life.before), (sums.after, life.after)):
        side.flips += flips(letters, period)
        first = at(letters, period.first)
        if first is not None and first.grade is Grade.A:
            side.a += 1
            side.a_ordered += ordered


def at(letters: Sequence[Letter], day: date) -> Letter | None:
    """The letter in force at the end of a day."""
    return next((letter for letter in reversed(letters) if letter.on <= day), None)


def flips(letters: Sequence[Letter], period: Period) -> int:
    """Changes of the letter within the period; the first letter is none."""
    return sum(period.first <= letter.on <= period.last for letter in letters[1:])


def followups(letters: Sequence[Letter], period: Period, days_of: Mapping[Grade, int]) -> float:
    """How many follow-ups the letters ask for: the days under each of them by its cadence."""
    total = 0.0
    ends = [letter.on for letter in letters[1:]] + [period.last + timedelta(days=1)]
    for letter, end in zip(letters, ends, strict=True):
        days = (min(end, period.last + timedelta(days=1)) - max(letter.on, period.first)).days
        total += max(0, days) / days_of[letter.grade]
    return total


def answer(sums: Measures) -> dict[str, object]:
    """As `GET /v1/backtests/{id}` shows it; null where there was nothing to measure."""
    return {
        "customers": sums.customers,
        "migration": {str(a): {str(b): sums.migration.get(str(a), {}).get(str(b), 0) for b in Grade} for a in Grade},
        "moved": sums.moved,
        "load": [
            {"owner": None if owner == NOBODY else owner, "before": round(before, 4), "after": round(after, 4)}
            for owner, (before, after) in sorted(sums.load.items())
        ],
        "flips": {"before": _yearly(sums.before, sums.days), "after": _yearly(sums.after, sums.days)},
        "metrics": {"before": _metrics(sums.before, sums.ordered), "after": _metrics(sums.after, sums.ordered)},
    }


def _yearly(side: Side, days: int) -> float | None:
    return round(side.flips * YEAR / days, 4) if days else None


def _metrics(side: Side, ordered: int) -> dict[str, float | None]:
    """Percent of those with an A on the first day who ordered in time, and of those who ordered how many had one."""
    return {
        "a_ordered": round(100 * side.a_ordered / side.a, 4) if side.a else None,
        "ordered_a": round(100 * side.a_ordered / ordered, 4) if ordered else None,
    }
