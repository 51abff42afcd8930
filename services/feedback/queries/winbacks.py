"""Who left, and the win-backs: best customers first (WB-10)."""

from __future__ import annotations

from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

import asyncpg
import msgspec

CHURNS = """
select row_to_json(c)::text as item from (
  select customer_id, kind, reason, churned_on, tier, case_id, ended_on, churn_id from churn
   where ($1::text is null or kind = $1)
     and ($2::text is null or reason = $2)
     and ($3::date is null or churned_on >= $3)
     and ($4::date is null or churned_on <= $4)
     and ($5::int is null or (tier_rank(tier), churned_on, churn_id) > ($5, $6::date, $7::uuid))
   order by tier_rank(tier), churned_on, churn_id
   limit $8
) c
"""
LIST = """
select item::text from winback_item
 where ($1::text is null or status = $1)
   and ($2::uuid is null or customer_id = $2)
   and ($3::int is null or (tier_rank(tier), opened_on, case_id) > ($3, $4::date, $5::uuid))
 order by tier_rank(tier), opened_on, case_id
 limit $6
"""
WORDS = "select opinions, plan from winback_file where case_id = $1"
STEP_WORDS = "select reason, note from winback_step where case_id = $1 order by place"
RANKS = {"key": 0, "regular": 1, "small": 2}


class Left(NamedTuple):
    """None: any."""

    kind: str | None = None
    reason: str | None = None
    from_on: date | None = None
    to_on: date | None = None


class After(NamedTuple):
    """The last entry of the page before."""

    rank: int | None = None
    on: date | None = None
    id: UUID | None = None


async def list_churns(connection: asyncpg.Connection, wanted: Left, limit: int, after: After) -> list[dict[str, Any]]:
    """The register; `churn_id` is its cursor."""
    rows = await connection.fetch(CHURNS, *wanted, *after, limit)
    return [msgspec.json.decode(row["item"]) for row in rows]


async def list_winbacks(
    connection: asyncpg.Connection, status: str | None, customer: UUID | None, limit: int, after: After
) -> list[dict[str, Any]]:
    """Best tier first, then the longest away."""
    rows = await connection.fetch(LIST, status, customer, *after, limit)
    return [msgspec.json.decode(row["item"]) for row in rows]
