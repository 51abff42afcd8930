"""The letter, the axes and the flags of one customer on one day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from tests.oracle.tables import IMPORTANT_FROM, URGENCY, WINDOWS


@dataclass(frozen=True)
class Grade:
    letter: str
    deal_status: str
    importance: str
    urgency: str
    demand: str
    flags: frozenset[str] = frozenset()


def _date(value: Any) -> date | None:
    return date.fromisoformat(value) if value else None


def _letter(need: dict[str, Any], day: date) -> tuple[str, frozenset[str]]:
    demand, close = need["demand"], _date(need.get("expected_close_on"))
    if demand == "none" or not need.get("deal_possible", True):
        return "E", frozenset()
    if demand == "latent":
        return "D", frozenset()
    if close is None:
        return "D", frozenset({"expected_close_missing"})
    if close < day:
        return "A", frozenset({"forecast_overdue"})
    left = (close - day).days
    return next((letter for limit, letter in WINDOWS if left <= limit), "D"), frozenset()


def _urgency(need: dict[str, Any], complaint_open: bool, day: date) -> str:
    if complaint_open:
        return "urgent"
    until = _date(need.get("handle_by_on")) or _date(need.get("expected_close_on"))
    if until is None:
        return "long_horizon"
    left = (until - day).days
    return next((name for limit, name in URGENCY if left <= limit), "long_horizon")


def assess(need: dict[str, Any] | None, bought: bool, complaint_open: bool, day: date) -> Grade:
    """`need` None: nobody has ever said or bought anything. `bought`: an order stands."""
    need = need or {"demand": "latent"}
    letter, flags = _letter(need, day)
    status = "negotiating" if need.get("negotiating") else "won" if bought else "prospect"
    worth = max(need.get("expected_amount") or 0, need.get("potential_volume") or 0)
    return Grade(
        letter=letter,
        deal_status=status,
        importance="important" if worth >= IMPORTANT_FROM else "standard",
        urgency=_urgency(need, complaint_open, day),
        demand=need["demand"],
        flags=flags,
    )
