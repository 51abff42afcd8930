"""When a person is asked whether to part (GR-19): profit at or below the margin, once until it has been above again."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

from services.grading.domain.books import BookedDay, days_of_last_year, leaves_on
from services.grading.domain.state import CustomerState, Review
from services.grading.domain.value import hour_rate, minor
from shared.contracts.policy import Policy


def reviewed(state: CustomerState, day: date, policy: Policy) -> Review:
    """The review as it stands on this day; a higher number asks for one.

    Of those with a purchase. Twelve months in which nothing was earned and nothing spent say nothing.
    """
    days = _counted(state, day)
    if not days:
        return state.review
    money, minutes = _sums(days)
    return _stands(state.review, above=_is_above(money, minutes, _limits(policy)))


def next_review_on(state: CustomerState, day: date, policy: Policy) -> date | None:
    """The next day on which time alone asks for a review, or makes another one possible."""
    days = _counted(state, day)
    (money, minutes), limits = _sums(days), _limits(policy)
    for gone, following in pairwise(days):
        money, minutes = money - _money(gone), minutes - gone.amounts.minutes
        if _is_above(money, minutes, limits) is not state.review.open:
            continue
        if leaves_on(following.on) > (leaving := leaves_on(gone.on)):
            return leaving
    return None


def _counted(state: CustomerState, day: date) -> list[BookedDay]:
    """The days that are looked at; none where nobody is asked."""
    return [] if state.gone or state.books.orders <= 0 else days_of_last_year(state.books, day)


def _stands(review: Review, *, above: bool) -> Review:
    if above:
        return Review(review.number, open=False)
    return review if review.open else Review(review.number + 1, open=True)


def _money(booked: BookedDay) -> int:
    amounts = booked.amounts
    return amounts.revenue - amounts.refunds - amounts.goods - amounts.cost


def _sums(days: list[BookedDay]) -> tuple[int, int]:
    """Money and minutes."""
    return sum(map(_money, days)), sum(booked.amounts.minutes for booked in days)


def _limits(policy: Policy) -> tuple[int, int]:
    """What a profit has to be above, and what an hour costs."""
    return minor(policy.profit.exit_margin, policy.currency.reporting), hour_rate(policy)


def _is_above(money: int, minutes: int, limits: tuple[int, int]) -> bool:
    margin, hour = limits
    return money - (minutes * hour + 30) // 60 > margin
