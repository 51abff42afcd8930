"""Where the tiers are cut: one pass over the profits of all customers (GR-14…GR-16)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

import asyncpg
import numpy as np

from services.grading.domain.references import TierCuts
from services.grading.domain.value import hour_rate
from shared.contracts.policy import Policy

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
    upto = best.cumsum()
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
        profit=int(upto[-1]),
        key_profit=int(best[best >= cuts[0]].sum()) if cuts[0] is not None else 0,
        whale=tuple(int(upto[-(-tenth * ranked // 10) - 1]) for tenth in range(1, 11)),
    )


def _end(share: Decimal, ranked: int) -> int:
    """⌊share · n + ½⌋, at most n."""
    return min(int(share * ranked + Decimal("0.5")), ranked)
