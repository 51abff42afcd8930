"""The same recording with its customers in another order."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator
from itertools import groupby

from holdfast.journal.lines import Line


def shuffled(lines: list[Line], seed: int) -> Iterator[Line]:
    """Within each place; each customer's own lines stay in order, the clock stays in front."""
    lot = random.Random(seed)
    for _, together in groupby(lines, key=lambda line: line.place):
        by_customer: defaultdict[tuple[bool, str], list[Line]] = defaultdict(list)
        for line in together:
            by_customer[line.door != "clock", line.handle or ""].append(line)
        groups = sorted(by_customer.items(), key=lambda group: (group[0][0], lot.random()))
        for _, own in groups:
            yield from own
