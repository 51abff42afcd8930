"""Where the tiers are cut: one pass over the profits of all customers (GR-14…GR-16)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from itertools import accumulate, pairwise

import asyncpg
import numpy as np
from numpy.typing import NDArray

from services.grading.domain.references import TierCuts
from services.grading.domain.value import hour_rate
from shared.contracts.policy import Policy

HALF = 31
"""Bits."""
PROFITS = "select array_agg(margin - (minutes * $1 + 30) / 60) from worth where orders > 0"


async def cuts_on(connection: asyncpg.Connection, day: date, policy: Policy) -> TierCuts:
    """Of all with a purchase, by the profits as they stand, which are the day's; reads a whole table."""
    return cuts_of(await connection.fetchval(PROFITS, hour_rate(policy)) or [], day, policy)


def cuts_of(profits: Sequence[int], day: date, policy: Policy) -> TierCuts:
    """In minor units, one of each customer with a purchase."""
    ranked = len(profits)
    if not ranked:
        return TierCuts(day, 0, None, None, None, None)
    best = np.sort(np.array(profits, dtype=np.int64))[::-1]
    upto = list(accumulate(_total(best[a:b]) for a, b in pairwise(_tenths(ranked))))
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
        key_profit=_total(best[best >= cuts[0]]) if cuts[0] is not None else 0,
        whale=tuple(upto),
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
