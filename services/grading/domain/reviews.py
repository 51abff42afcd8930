"""When a person is asked whether to part (GR-19): profit at or below the margin, once until it has been above again."""

from __future__ import annotations

from datetime import date

from services.grading.domain.books import Amounts, Books, last_year, leaves_on, window_start
from services.grading.domain.state import CustomerState, Review
from services.grading.domain.value import profit_of
from shared.contracts.policy import Policy
from shared.money import to_minor


def reviewed(state: CustomerState, day: date, policy: Policy) -> Review:
    """The review as it stands on this day; a higher number asks for one.

    Of those with a purchase. Twelve months in which nothing was earned and nothing spent say nothing.
    """
    review = state.review
    if state.gone or state.books.orders <= 0 or not _has_activity(state.books, day):
        return review
    if _profit(last_year(state.books, day), policy) > exit_margin(policy):
        return Review(review.number, open=False)
    return review if review.open else Review(review.number + 1, open=True)


def next_review_on(state: CustomerState, day: date, policy: Policy) -> date | None:
    """The next day on which time alone asks for a review, or makes another one possible."""
    for leaving in sorted({leaves_on(booked.on) for booked in state.books.days}):
        if leaving > day and reviewed(state, leaving, policy) != state.review:
            return leaving
    return None


def exit_margin(policy: Policy) -> int:
    return to_minor(policy.profit.exit_margin, policy.currency.reporting)


def _has_activity(books: Books, day: date) -> bool:
    after = window_start(day)
    return any(after < booked.on <= day for booked in books.days)


def _profit(amounts: Amounts, policy: Policy) -> int:
    return profit_of(amounts, policy).total
