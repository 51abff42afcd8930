"""A customer's books in one line: whom the day's start ranks, and looks at again."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from msgspec import Struct

from services.grading.domain.books import Books, changes_on, last_year


class Worth(Struct, frozen=True):
    """As of a day; a ledger's row."""

    customer_id: UUID
    orders: int
    net: int
    """Revenue less refunds, ever; minor units of the reporting currency."""
    order_days: int
    first_order_on: date | None
    last_order_on: date | None
    margin: int
    """Of twelve months: revenue less refunds, goods and cost; what `minutes` cost the policy says."""
    minutes: int
    changes_on: date | None
    """The day on which the twelve months change by themselves."""


def worth_of(customer_id: UUID, books: Books, day: date) -> Worth:
    last = last_year(books, day)
    return Worth(
        customer_id=customer_id,
        orders=books.orders,
        net=books.total.revenue - books.total.refunds,
        order_days=books.days_ordered,
        first_order_on=books.first_order_on,
        last_order_on=books.last_order_on,
        margin=last.revenue - last.refunds - last.goods - last.cost,
        minutes=last.minutes,
        changes_on=changes_on(books, day),
    )
