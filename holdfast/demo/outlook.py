"""What customers say about their next order: now and then the truth, which the log knows."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random
from typing import Any

from holdfast.demo.orders import LAST_DAY, Order
from holdfast.demo.people import Person

SOON_DAYS = 150


def next_order(person: Person, after: date) -> Order | None:
    """The first order after this day; None where the log ends before."""
    return next((order for order in person.orders if order.on > after), None)


def told_need(person: Person, day: date, lot: Random) -> dict[str, Any]:
    """The need as the customer tells it on this day: fields of `need.stated`.

    Three in four who will buy soon say so, a little wrong about the day; some who will not, say they will.
    """
    coming = next_order(person, day)
    if coming is not None and coming.on <= day + timedelta(days=SOON_DAYS) and lot.random() < 0.75:
        return expecting(coming, day, lot)
    if lot.random() < 0.06:
        return target(day + timedelta(days=lot.randint(10, 120)), 1500)
    is_over = coming is None and day < LAST_DAY - timedelta(days=SOON_DAYS)
    return {"demand": "none" if is_over and lot.random() < 0.3 else "latent"}


def expecting(order: Order, day: date, lot: Random) -> dict[str, Any]:
    """Of the order that will come, expected up to ten days early or fifteen late."""
    close = max(day, order.on + timedelta(days=lot.randint(-10, 15)))
    return target(close, order.cents)


def target(close: date, cents: int) -> dict[str, Any]:
    """A target need."""
    return {
        "demand": "target",
        "expected_close_on": close.isoformat(),
        "expected_amount": cents,
        "currency": "USD",
    }
