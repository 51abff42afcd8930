"""Customers as columns; identical rows are one row with a weight."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from services.grading.domain.models.history import History

Column = NDArray[np.float64]


class Sample(NamedTuple):
    """`repeats`, `last_week` and `weeks` as in `History`; `weight`: how many customers a row stands for."""

    repeats: Column
    last_week: Column
    weeks: Column
    weight: Column

    @property
    def customers(self) -> int:
        return int(self.weight.sum())


class Spending(NamedTuple):
    """`days`: order days; `mean`: minor units per order day, above zero; `weight` as in `Sample`."""

    days: Column
    mean: Column
    weight: Column


Columns = TypeVar("Columns", Sample, Spending)


def sample_of(histories: Iterable[History]) -> Sample:
    """One row per customer."""
    rows = np.array([(h.repeats, h.last_week, h.weeks) for h in histories], dtype=float).reshape(-1, 3)
    return Sample(rows[:, 0], rows[:, 1], rows[:, 2], np.ones(len(rows)))


def joined(parts: Sequence[Columns]) -> Columns:
    """One under the other."""
    return type(parts[0])(*(np.concatenate(columns) for columns in zip(*parts, strict=True)))


def in_order(spent: Spending) -> Spending:
    """By days, then by amount: whatever the ids of the customers, the sums are added up alike."""
    order = np.lexsort((spent.mean, spent.days))
    return Spending(*(column[order] for column in spent))


def grouped(sample: Sample) -> Sample:
    """The same customers, each different row once: a fit costs per row."""
    rows, inverse = np.unique(np.column_stack(sample[:3]), axis=0, return_inverse=True)
    weight: Column = np.bincount(inverse.ravel(), weights=sample.weight).astype(float)
    return Sample(rows[:, 0], rows[:, 1], rows[:, 2], weight)


def spending_of(amounts: Iterable[tuple[int, float]]) -> Spending:
    """Of (order days, minor units spent on them); who spent nothing counts in the timing, not here."""
    rows = np.array([(days, spent / days) for days, spent in amounts if days > 0 and spent > 0], dtype=float)
    rows = rows.reshape(-1, 2)
    return Spending(rows[:, 0], rows[:, 1], np.ones(len(rows)))
