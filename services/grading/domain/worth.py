"""A customer's books in one line, beside what was said of them: whom the day's start ranks, and looks at again."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from msgspec import Struct

from services.grading.domain.books import changes_on, last_year
from services.grading.domain.state import CustomerState
from shared.contracts.values import Tier


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
    goods: int
    """Ever, as the two that follow."""
    cost: int
    minutes_ever: int
    changes_on: date | None
    """The day on which the twelve months change by themselves."""
    placed: Tier
    """Where the cuts put them; the tier in force may be one that a person has set."""
    uplift_to: Tier | None
    is_held: bool
    """Above the tier of the profit, by hysteresis."""
    model_level: str | None


def is_told_anew(before: CustomerState, after: CustomerState) -> bool:
    """Whether there is another line."""
    if not before.registered or after.books is not before.books:
        return True
    return (after.standing, after.outlook) != (before.standing, before.outlook)


def worth_of(customer_id: UUID, state: CustomerState, day: date) -> Worth:
    books, standing = state.books, state.standing
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
        goods=books.total.goods,
        cost=books.total.cost,
        minutes_ever=books.total.minutes,
        changes_on=changes_on(books, day),
        placed=standing.tier,
        uplift_to=standing.uplift_to,
        is_held=standing.below_since is not None,
        model_level=state.outlook.level if state.outlook else None,
    )
