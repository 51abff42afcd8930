"""Do two stacks hold the same?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import chain
from typing import Any

import msgspec
from msgspec import Struct

from holdfast.journal.held import HISTORIES, Contents, Group, Held


class Difference(Struct, frozen=True):
    """Rows of one customer in one table that only one of the two stacks has."""

    table: str
    customer: str
    only_here: list[Any]
    only_there: list[Any]


class Comparison(Struct, frozen=True):
    """`rows`: how many were compared. `open_`: customers' rows of an instant that differ in its order alone."""

    rows: int
    open_: int
    differences: list[Difference]


def compare(here: Contents, there: Contents) -> Comparison:
    """Equal where there are no differences."""
    met = here.met | there.met
    differences, open_ = [], 0
    for group in sorted({*here.groups, *there.groups}):
        mine, theirs = here.groups.get(group, []), there.groups.get(group, [])
        if _exact(mine) == _exact(theirs):
            continue
        if _is_open(group, mine, theirs, met):
            open_ += 1
        else:
            differences.append(_difference(group, mine, theirs))
    rows = sum(map(len, chain(here.groups.values())))
    return Comparison(rows, open_, differences)


def _is_open(group: Group, mine: Sequence[Held], theirs: Sequence[Held], met: frozenset[tuple[str, str]]) -> bool:
    """Whether the order within an instant explains the difference."""
    table, customer, instant, _ = group
    if table.partition(".")[2] not in HISTORIES:
        return any(who == customer for who, _ in met) and _settled(mine) == _settled(theirs)
    return (customer, instant) in met and (not mine or not theirs or _last(mine) == _last(theirs))


def _exact(rows: Sequence[Held]) -> Counter[str]:
    return Counter(row.exact for row in rows)


def _settled(rows: Sequence[Held]) -> Counter[str]:
    return Counter(row.settled for row in rows if row.settled is not None)


def _last(rows: Sequence[Held]) -> str | None:
    counting = [row for row in rows if row.settled is not None]
    return max(counting, key=lambda row: row.rank).settled if counting else None


def _difference(group: Group, mine: Sequence[Held], theirs: Sequence[Held]) -> Difference:
    here, there = _exact(mine), _exact(theirs)
    return Difference(
        group[0],
        group[1],
        [msgspec.json.decode(text) for text in (here - there).elements()],
        [msgspec.json.decode(text) for text in (there - here).elements()],
    )
