"""Where the tiers are cut: one pass over the profits of all customers (GR-14…GR-16)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from itertools import accumulate, pairwise
from uuid import UUID

import asyncpg
import numpy as np
from numpy.typing import NDArray

from services.grading.domain.references import TierCuts, ValueModel
from services.grading.domain.value import PROFIT, hour_rate
from services.grading.fitting.sample import Column
from services.grading.jobs.looks import looks_after
from services.grading.jobs.ranks import ranked_by, uncertain
from shared.contracts.policy import Policy

NOBODY, PAGE = UUID(int=0), 5_000
HALF = 31
"""Bits."""
PROFITS = "select array_agg(margin - (minutes * $1 + 30) / 60) from worth where orders > 0"


async def cuts_on(connection: asyncpg.Connection, day: date, policy: Policy, model: ValueModel | None) -> TierCuts:
    """Of all with a purchase, by the sums as they stand, which are the day's; reads a whole table."""
    if policy.tier.value == PROFIT:
        return cuts_of(await connection.fetchval(PROFITS, hour_rate(policy)) or [], day, policy)
    values, profits = [np.zeros(0)], [np.zeros(0)]
    after = NOBODY
    while (looks := await looks_after(connection, after, PAGE, (day, policy))).ids:
        after, buys = looks.ids[-1], looks.orders > 0
        value = ranked_by(policy.tier.value, looks, policy, model)[buys]
        values.append(np.floor(value - uncertain(policy.tier.value, value)))
        profits.append(looks.profit[buys])
    return cuts_of(np.concatenate(values), day, policy, np.concatenate(profits))


def cuts_of(
    values: Sequence[int] | Column, day: date, policy: Policy, profits: Sequence[int] | Column | None = None
) -> TierCuts:
    """By what each customer with a purchase is ranked by, in minor units; and their profits, where that is more."""
    ranked = len(values)
    if not ranked:
        return TierCuts(day, 0, None, None, None, None, value=policy.tier.value)
    best = np.array(values, dtype=np.int64)
    brought = best if profits is None else np.array(profits, dtype=np.int64)
    order = np.lexsort((brought, best))[::-1]
    best, brought = best[order], brought[order]
    gains = brought.clip(min=0)
    upto = list(accumulate(_total(brought[a:b]) for a, b in pairwise(_tenths(ranked))))
    key, regular = policy.tier.key_share, policy.tier.key_share + policy.tier.regular_share
    band = policy.tier.uplift_band
    ends = [_end(share, ranked) for share in (key, regular, key + band, regular + band)]
    cuts = [int(best[end - 1]) if end else None for end in ends]
    return TierCuts(
        as_of=day,
        ranked=ranked,
        key_from=cuts[0],
        regular_from=cuts[1],
        key_band_from=cuts[2],
        regular_band_from=cuts[3],
        profit=upto[-1],
        earned=_total(gains),
        key_earned=_total(gains[best >= cuts[0]]) if cuts[0] is not None else 0,
        whale=tuple(upto),
        value=policy.tier.value,
    )


def _tenths(ranked: int) -> list[int]:
    """Where the best 0 %, 10 % … 100 % end."""
    return [-(-tenth * ranked // 10) for tenth in range(11)]


def _total(profits: NDArray[np.int64]) -> int:
    """In two halves: of millions of large amounts the sum is no 64-bit number any more."""
    high = profits >> HALF
    return (int(high.sum()) << HALF) + int((profits - (high << HALF)).sum())


def _end(share: Decimal, ranked: int) -> int:
    """⌊share · n + ½⌋, at most n."""
    return min(int(share * ranked + Decimal("0.5")), ranked)
