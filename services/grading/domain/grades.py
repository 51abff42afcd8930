"""What time moves: the letter A-E (GR-06…GR-10) and the urgency (GR-04) of a customer on a day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from functools import lru_cache
from typing import NamedTuple

from services.grading.domain.state import CustomerState, NeedInForce
from services.grading.domain.windows import MonthMode, openings
from shared.contracts.policy import Policy
from shared.contracts.values import Demand, Grade, GradeFlag, Urgency

DEALS = (Grade.A, Grade.B, Grade.C)
HASTE = (Urgency.URGENT, Urgency.MODERATE, Urgency.NOT_URGENT)


class Window(NamedTuple):
    """A date that counts, and the window before it that has opened."""

    target: date
    days: int | None = None
    since: date | None = None

    def __str__(self) -> str:
        return f"{self.target}" if self.since is None else f"{self.target}, within {self.days} days since {self.since}"


class Letter(NamedTuple):
    """A letter, the rule that gave it, what that rule looked at, and the flag that it raises."""

    grade: Grade
    rule: str
    input: Window | str
    flag: GradeFlag | None = None


class Haste(NamedTuple):
    """An urgency, the rule that gave it, and what that rule looked at."""

    urgency: Urgency
    rule: str
    input: Window | str


def letter(need: NeedInForce | None, day: date, policy: Policy) -> Letter:
    """Exactly one letter for every need (K-07, K-08, "Rules that the defaults need"): the first rule that holds."""
    return next(letters(need, day, policy))


def runner_up(need: NeedInForce | None, day: date, policy: Policy) -> Letter | None:
    """The first rule that holds too and gives another letter; None where there is none."""
    found = letters(need, day, policy)
    first = next(found)
    return next((other for other in found if other.grade is not first.grade), None)


def letters(need: NeedInForce | None, day: date, policy: Policy) -> Iterator[Letter]:
    """Every rule that holds, the one that counts first."""
    if need is None:
        yield Letter(Grade.D, "no_need_known", "demand latent")
        return
    if need.demand is Demand.NONE:
        yield Letter(Grade.E, "no_need", "demand none")
    if not need.deal_possible:
        yield Letter(Grade.E, "no_deal_possible", "deal_possible false")
    if need.demand is not Demand.TARGET:
        yield Letter(Grade.D, "latent_need", "demand latent")
    if need.expected_close_on is None:
        yield Letter(Grade.D, "expected_close_missing", "demand target", GradeFlag.EXPECTED_CLOSE_MISSING)
    else:
        yield from by_close(need.expected_close_on, day, policy.grading.window_days, policy.grading.month_mode)


@lru_cache(maxsize=16_384)
def by_close(close: date, day: date, windows: tuple[int, ...], mode: MonthMode) -> tuple[Letter, ...]:
    """As `letters`, of a target need; people name few days, and few days are looked at of each."""
    opened = [
        Letter(grade, "close_within_window", Window(close, days, opening))
        for grade, days, opening in zip(DEALS, windows, openings(close, windows, mode), strict=True)
        if day >= opening
    ]
    if day >= overdue_on(close):
        opened.insert(0, Letter(Grade.A, "forecast_overdue", Window(close), GradeFlag.FORECAST_OVERDUE))
    return (*opened, Letter(Grade.D, "close_beyond_windows", Window(close)))


def overdue_on(close: date) -> date:
    """The day on which an expected close has passed."""
    return close + timedelta(days=1)


def haste(state: CustomerState, day: date, policy: Policy) -> Haste:
    """An open complaint, else the handle-by date, else the expected close, else none: long-horizon."""
    if state.open_cases:
        return Haste(Urgency.URGENT, "complaint_open", "a complaint is open")
    target = target_of(state.need)
    if target is None:
        return Haste(Urgency.LONG_HORIZON, "no_date", "neither handle-by date nor expected close")
    return by_target(target, day, policy.urgency.days)


@lru_cache(maxsize=16_384)
def by_target(target: date, day: date, windows: tuple[int, ...]) -> Haste:
    """As `haste`, without a complaint."""
    for urgency, days, opening in zip(HASTE, windows, openings(target, windows), strict=True):
        if day >= opening:
            return Haste(urgency, "date_within_window", Window(target, days, opening))
    return Haste(Urgency.LONG_HORIZON, "date_beyond_windows", Window(target))


def target_of(need: NeedInForce | None) -> date | None:
    """The day that urgency counts towards."""
    return (need.handle_by_on or need.expected_close_on) if need else None
