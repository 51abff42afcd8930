"""What a customer brought and cost, day by day: sums that come out the same in whatever order events arrive."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from datetime import date, timedelta
from functools import lru_cache
from operator import attrgetter
from typing import TypeVar

from msgspec import Struct
from msgspec.structs import astuple, replace

from services.grading.domain.windows import plus_months

KEPT = timedelta(days=400)
"""Days older than this are in the totals alone: the twelve months and what zones and leap days add to them."""
MOST_ORDER_DAYS = 400
"""Of a customer with more, the earliest are a number."""


class Amounts(Struct, frozen=True, array_like=True):
    """Minor units of the reporting currency, and minutes; what is excused was spent on our own faults (K-13)."""

    revenue: int = 0
    refunds: int = 0
    goods: int = 0
    cost: int = 0
    minutes: int = 0
    excused_cost: int = 0
    excused_minutes: int = 0

    def plus(self, other: Amounts, sign: int = 1) -> Amounts:
        return Amounts(*(a + sign * b for a, b in zip(astuple(self), astuple(other), strict=True)))


NOTHING = Amounts()


class Line(Struct, frozen=True):
    """What one event changed about one day; `orders` and `unpriced` count live orders, and those without goods cost."""

    on: date
    amounts: Amounts = NOTHING
    orders: int = 0
    unpriced: int = 0

    def reversed(self) -> Line:
        return Line(self.on, NOTHING.plus(self.amounts, -1), -self.orders, -self.unpriced)

    @property
    def is_nothing(self) -> bool:
        return self.amounts == NOTHING and not self.orders and not self.unpriced


class BookedDay(Struct, frozen=True, array_like=True):
    on: date
    amounts: Amounts


class OrderDay(Struct, frozen=True, array_like=True):
    on: date
    orders: int


Day = TypeVar("Day", BookedDay, OrderDay)
_on = attrgetter("on")


class Books(Struct, frozen=True):
    """All that money rules look at; bounded."""

    total: Amounts = NOTHING
    days: tuple[BookedDay, ...] = ()
    """Ascending, of the last `KEPT` before the newest."""
    orders: int = 0
    """Neither cancelled nor fully refunded (GR-02)."""
    unpriced: int = 0
    """Of these, how many came without goods cost."""
    order_days: tuple[OrderDay, ...] = ()
    """Ascending; the days on which these were placed."""
    earlier_days: int = 0
    began_on: date | None = None
    """The first of the order days that are a number only."""

    @property
    def days_ordered(self) -> int:
        return self.earlier_days + len(self.order_days)

    @property
    def first_order_on(self) -> date | None:
        return self.began_on or (self.order_days[0].on if self.order_days else None)

    @property
    def last_order_on(self) -> date | None:
        return self.order_days[-1].on if self.order_days else None


def booked(books: Books, lines: Iterable[Line]) -> Books:
    """The books with these lines in them."""
    for line in lines:
        books = _with(books, line)
    return books


@lru_cache(maxsize=4_096)
def window_start(day: date) -> date:
    """The last day before the twelve months that end with `day`."""
    return plus_months(day, -12)


@lru_cache(maxsize=16_384)
def leaves_on(on: date) -> date:
    """The first day whose twelve months do not hold `on` any more."""
    leaving = plus_months(on, 12)
    return leaving if window_start(leaving) >= on else leaving + timedelta(days=1)


def days_of_last_year(books: Books, day: date) -> list[BookedDay]:
    """Of the twelve months that end with `day`, ascending."""
    after = window_start(day)
    return [booked_day for booked_day in books.days if after < booked_day.on <= day]


def last_year(books: Books, day: date) -> Amounts:
    """The sums of the twelve months that end with `day`."""
    days = days_of_last_year(books, day)
    return Amounts(*map(sum, zip(*(astuple(booked_day.amounts) for booked_day in days), strict=True)))


def changes_on(books: Books, day: date) -> date | None:
    """The next day on which the twelve months hold other days than on `day`; None when all have left them."""
    after = window_start(day)
    days = [booked_day.on for booked_day in books.days]
    return min((on if on > day else leaves_on(on) for on in days if on > after), default=None)


def _with(books: Books, line: Line) -> Books:
    changed = {
        "total": books.total.plus(line.amounts),
        "days": _days(books.days, line),
        "orders": books.orders + line.orders,
        "unpriced": books.unpriced + line.unpriced,
    }
    books = replace(books, **changed)
    return _with_order_day(books, line) if line.orders else books


def _parted(days: tuple[Day, ...], on: date) -> tuple[tuple[Day, ...], Day | None, tuple[Day, ...]]:
    """Those before this day, the day itself, and those behind it: a long history is not gone through for one order."""
    at = bisect_left(days, on, key=_on)
    there = days[at] if at < len(days) and days[at].on == on else None
    return days[:at], there, days[at + (there is not None) :]


def _days(days: tuple[BookedDay, ...], line: Line) -> tuple[BookedDay, ...]:
    if line.amounts == NOTHING:
        return days
    before, there, behind = _parted(days, line.on)
    amounts = (there.amounts if there else NOTHING).plus(line.amounts)
    found = (*before, BookedDay(line.on, amounts), *behind) if amounts != NOTHING else (*before, *behind)
    newest = behind[-1].on if behind else line.on
    return found[bisect_right(found, newest - KEPT, key=_on) :]


def _with_order_day(books: Books, line: Line) -> Books:
    if books.began_on is not None and line.on < books.order_days[0].on:
        return replace(books, began_on=min(books.began_on, line.on))
    before, there, behind = _parted(books.order_days, line.on)
    orders = (there.orders if there else 0) + line.orders
    days = (*before, OrderDay(line.on, orders), *behind) if orders > 0 else (*before, *behind)
    gone = days[: max(0, len(days) - MOST_ORDER_DAYS)]
    began = books.began_on or (gone[0].on if gone else None)
    return replace(books, order_days=days[len(gone) :], earlier_days=books.earlier_days + len(gone), began_on=began)
