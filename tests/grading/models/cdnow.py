"""The CDNOW cohort as the literature counts it: order days until 1997-09-30, and what came in the 39 weeks after."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from functools import lru_cache
from typing import NamedTuple

from holdfast.demo.orders import load_orders
from services.grading.domain.models.history import History

CALIBRATED_UNTIL = date(1997, 9, 30)
HELD_OUT_UNTIL = date(1998, 6, 30)


class Person(NamedTuple):
    seen: History
    spent: int
    """Cents on all order days until then."""
    first_day: int
    """Cents of these on the first one."""
    later_days: int
    later_spent: int


@lru_cache(maxsize=4)
def cohort(customers: str = "sample", until: date = CALIBRATED_UNTIL, horizon: int = 273) -> tuple[Person, ...]:
    """Everybody who had ordered until then, in the order of the log; the hold-out is `horizon` days long."""
    days = defaultdict(lambda: defaultdict(int))
    for order in load_orders(customers):
        days[order.customer][order.on] += order.cents
    return tuple(
        _person(sorted(of.items()), until, until + timedelta(days=horizon)) for of in days.values() if min(of) <= until
    )


def _person(days, until, end):
    before = [(day, cents) for day, cents in days if day <= until]
    after = [cents for day, cents in days if until < day <= end]
    first, last = before[0][0], before[-1][0]
    seen = History(len(before) - 1, (last - first).days / 7, (until - first).days / 7)
    return Person(seen, sum(cents for _, cents in before), before[0][1], len(after), sum(after))
