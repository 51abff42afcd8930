"""Where the tiers are cut: one pass over the worth of all customers (GR-14…GR-16)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import asyncpg

from services.grading.domain.references import TierCuts
from services.grading.domain.value import hour_rate
from shared.contracts.policy import Policy

PROFITS = """
with profit as materialized (
  select margin - (minutes * $1 + 30) / 60 as profit from worth where orders > 0
), counted as (
  select count(*) as ranked, coalesce(sum(profit), 0)::bigint as all_profit from profit
), ends as (
  select floor(share * ranked + 0.5) as n from counted, unnest($2::numeric[]) as share
  union select ceil(tenth * ranked / 10.0) from counted, generate_series(1, 10) as tenth
), ranked as (
  select profit, row_number() over best as n, sum(profit) over best as so_far,
         sum(profit) over (order by profit desc) as with_ties
    from profit window best as (order by profit desc rows unbounded preceding)
)
select r.n, ranked, all_profit, profit, so_far::bigint as so_far, with_ties::bigint as with_ties
  from ranked r join ends on ends.n = r.n cross join counted
 order by r.n
"""


async def cuts_on(connection: asyncpg.Connection, day: date, policy: Policy) -> TierCuts:
    """Of all with a purchase, by the profits as they stand, which are the day's; reads a whole table."""
    key, regular = policy.tier.key_share, policy.tier.key_share + policy.tier.regular_share
    band = policy.tier.uplift_band
    shares = [key, regular, key + band, regular + band]
    rows = await connection.fetch(PROFITS, hour_rate(policy), shares)
    if not rows:
        return TierCuts(day, 0, None, None, None, None)
    at = {row["n"]: row for row in rows}
    ranked = rows[0]["ranked"]
    ends = [_end(share, ranked) for share in shares]
    cut = [at[end]["profit"] if end else None for end in ends]
    return TierCuts(
        as_of=day,
        ranked=ranked,
        key_from=cut[0],
        regular_from=cut[1],
        key_band_from=cut[2],
        regular_band_from=cut[3],
        profit=rows[0]["all_profit"],
        key_profit=at[ends[0]]["with_ties"] if ends[0] else 0,
        whale=_whale(at, ranked),
    )


def _end(share: Decimal, ranked: int) -> int:
    """⌊share · n + ½⌋, at most n."""
    return min(int(share * ranked + Decimal("0.5")), ranked)


def _whale(at: Mapping[int, Any], ranked: int) -> tuple[int, ...]:
    return tuple(at[-(-tenth * ranked // 10)]["so_far"] for tenth in range(1, 11))
