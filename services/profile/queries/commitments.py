"""Promises to a customer as they are shown."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from services.profile.queries.rows import Connection

COMMITMENTS = """
select commitment_id, text, owner, due_on, complaint_id, made_at, fulfilled_at, breached_at,
       case when fulfilled_by is not null then 'fulfilled' when breached_by is not null then 'breached' else 'open' end
         as status
  from commitment
 where customer_id = $1 and made_by is not null and ($2::date is null or (due_on, commitment_id) > ($2, $3::text))
 order by due_on, commitment_id
 limit $4
"""


async def list_commitments(
    connection: Connection, customer: UUID, after: tuple[date, str] | None, limit: int
) -> list[dict[str, Any]]:
    """By the day they are due, one more than `limit` where there are more; one kept late is fulfilled."""
    return [dict(row) for row in await connection.fetch(COMMITMENTS, customer, *(after or (None, None)), limit + 1)]
