"""Who the customers of the log are in this simulation: what the log does not say."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Literal

from msgspec import Struct

from holdfast.demo.chance import Chance
from holdfast.demo.orders import FIRST_DAY, Order

AGENTS = ("ana", "ben", "chen")
MOST_OWNED = 45
MOST_COMPLAINTS, MOST_SHARE = 70, 0.036
OWNED_COMPLAIN = 3
"""So many times as often as the others: somebody listens."""
REPEATS = 3
"""Orders from which on a customer may get an agent."""

Habit = Literal["on_time", "late", "never"]


class Person(Struct, frozen=True):
    """One customer. `owner`: the agent who looks after them; `habit`: how well. `complains`: about which orders."""

    number: str
    orders: tuple[Order, ...]
    registers: bool
    channel: str
    owner: str | None = None
    habit: Habit = "on_time"
    complains: frozenset[int] = frozenset()

    @property
    def handle(self) -> str:
        return f"shop:{self.number}"


def people_of(orders: Sequence[Order], chance: Chance, since: date = FIRST_DAY) -> list[Person]:
    """Everyone in the log; a few frequent buyers have an agent. `since`: complaints before that day are past."""
    bought: defaultdict[str, list[Order]] = defaultdict(list)
    for order in orders:
        bought[order.customer].append(order)
    frequent = [number for number, own in bought.items() if len(own) >= REPEATS]
    frequent.sort(key=lambda number: chance.of("owned", number).random())
    owners = {number: AGENTS[n % len(AGENTS)] for n, number in enumerate(frequent[: _owned(len(frequent))])}
    recent = sum(order.on >= since for order in orders)
    share = min(MOST_SHARE, MOST_COMPLAINTS / max(recent, 1))
    return [_person(number, own, owners.get(number), share, chance) for number, own in bought.items()]


def _owned(frequent: int) -> int:
    return min(MOST_OWNED, -(-frequent // 2))


def _person(number: str, orders: list[Order], owner: str | None, share: float, chance: Chance) -> Person:
    lot = chance.of("person", number)
    habits: tuple[Habit, ...] = ("on_time", "late", "never")
    return Person(
        number=number,
        orders=tuple(sorted(orders, key=lambda order: (order.on, order.number))),
        registers=owner is not None or lot.random() < 0.7,
        channel=lot.choice(("phone", "email", "sms")),
        owner=owner,
        habit=lot.choices(habits, (70, 20, 10))[0],
        complains=frozenset(_complained_about(orders, share * (OWNED_COMPLAIN if owner else 1), chance)),
    )


def _complained_about(orders: list[Order], share: float, chance: Chance) -> Iterator[int]:
    return (order.number for order in orders if chance.of("complains", order.number).random() < share)
