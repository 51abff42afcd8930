"""What time moves: the letter A-E (GR-06…GR-10) and the urgency (GR-04) of a customer on a day."""

from __future__ import annotations

from datetime import date, timedelta
from typing import NamedTuple

from services.grading.domain.state import CustomerState, NeedInForce
from services.grading.domain.windows import opens_on
from shared.contracts.policy import Policy
from shared.contracts.values import Demand, Grade, GradeFlag, Urgency

DEALS = (Grade.A, Grade.B, Grade.C)
HASTE = (Urgency.URGENT, Urgency.MODERATE, Urgency.NOT_URGENT)


class Letter(NamedTuple):
    """A letter, the rule that gave it, what that rule looked at, and the flag that it raises."""

    grade: Grade
    rule: str
    input: str
    flag: GradeFlag | None = None


class Haste(NamedTuple):
    """An urgency, the rule that gave it, and what that rule looked at."""

    urgency: Urgency
    rule: str
    input: str


def letter(need: NeedInForce | None, day: date, policy: Policy) -> Letter:
    """Exactly one letter for every need (K-07, K-08, "Rules that the defaults need")."""
    if need is None:
        return Letter(Grade.D, "no_need_known", "demand latent")
    if need.demand is Demand.NONE:
        return Letter(Grade.E, "no_need", "demand none")
    if not need.deal_possible:
        return Letter(Grade.E, "no_deal_possible", "deal_possible false")
    if need.demand is Demand.LATENT:
        return Letter(Grade.D, "latent_need", "demand latent")
    if need.expected_close_on is None:
        return Letter(Grade.D, "expected_close_missing", "demand target", GradeFlag.EXPECTED_CLOSE_MISSING)
    return _by_close(need.expected_close_on, day, policy)


def _by_close(close: date, day: date, policy: Policy) -> Letter:
    if day >= overdue_on(close):
        return Letter(Grade.A, "forecast_overdue", f"expected close {close}", GradeFlag.FORECAST_OVERDUE)
    for grade, opening, days in deal_windows(close, policy):
        if day >= opening:
            return Letter(grade, "close_within_window", f"expected close {close}, within {days} days since {opening}")
    return Letter(Grade.D, "close_beyond_windows", f"expected close {close}")


def overdue_on(close: date) -> date:
    """The day on which an expected close has passed."""
    return close + timedelta(days=1)


def deal_windows(close: date, policy: Policy) -> list[tuple[Grade, date, int]]:
    """For A, B, C: the day from which an expected close is near enough, and the window's days."""
    mode = policy.grading.month_mode
    return [(g, opens_on(close, days, mode), days) for g, days in zip(DEALS, policy.grading.window_days, strict=True)]


def haste(state: CustomerState, day: date, policy: Policy) -> Haste:
    """An open complaint, else the handle-by date, else the expected close, else none: long-horizon."""
    if state.open_cases:
        return Haste(Urgency.URGENT, "complaint_open", f"{len(state.open_cases)} open")
    target = target_of(state.need)
    if target is None:
        return Haste(Urgency.LONG_HORIZON, "no_date", "neither handle-by date nor expected close")
    for urgency, opening, days in haste_windows(target, policy):
        if day >= opening:
            return Haste(urgency, "date_within_window", f"{target}, within {days} days since {opening}")
    return Haste(Urgency.LONG_HORIZON, "date_beyond_windows", f"{target}")


def target_of(need: NeedInForce | None) -> date | None:
    """The day that urgency counts towards."""
    return (need.handle_by_on or need.expected_close_on) if need else None


def haste_windows(target: date, policy: Policy) -> list[tuple[Urgency, date, int]]:
    """For urgent, moderate, not urgent: the day from which the date is near enough, and the window's days."""
    return [(u, opens_on(target, days), days) for u, days in zip(HASTE, policy.urgency.days, strict=True)]
