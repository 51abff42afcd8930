"""Exit reviews: which are open, and what people decided (GR-19)."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import asyncpg

from shared.engine.alias import canonical

Item = dict[str, Any]

REVIEWS = """
select review_id, customer_id, profit, currency, status, requested_at, decided_by, reason
  from exit_review
 where ($1::text is null or status = $1)
   and ($2::timestamptz is null or (requested_at, review_id) < ($2, $3::uuid))
 order by requested_at desc, review_id desc
 limit $4
"""
REVIEW = """
select review_id, customer_id, profit, currency, status, requested_at, decided_by, reason
  from exit_review where review_id = $1
"""


class Seen(NamedTuple):
    """The last entry of the page before; nothing on the first page."""

    requested_at: datetime | None = None
    review_id: UUID | None = None


async def list_reviews(connection: asyncpg.Connection, status: str | None, limit: int, seen: Seen) -> list[Item]:
    """Up to `limit` + 1, newest first."""
    return [_review(row) for row in await connection.fetch(REVIEWS, status, *seen, limit + 1)]


async def find_review(connection: asyncpg.Connection, review: UUID) -> Item | None:
    row = await connection.fetchrow(REVIEW, review)
    return _review(row) if row else None


async def customer_of_review(connection: asyncpg.Connection, review: UUID) -> UUID | None:
    """Whose stream a decision goes to; None for an unknown review."""
    row = await connection.fetchrow(REVIEW, review)
    return await canonical(connection, row["customer_id"]) if row else None


def _review(row: asyncpg.Record) -> Item:
    return {
        "review_id": str(row["review_id"]),
        "customer_id": str(row["customer_id"]),
        "profit": row["profit"],
        "currency": row["currency"],
        "status": row["status"],
        "requested_at": row["requested_at"].isoformat(),
        "by": row["decided_by"],
        "reason": row["reason"],
    }
