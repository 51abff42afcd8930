"""One customer's grievances, and why they are asked for an opinion or not."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

import asyncpg
import msgspec

from services.feedback.domain.state import CustomerState

GRIEVANCES = """
select row_to_json(g)::text as item from (
  select grievance_id, source, case when source = 'interaction' then origin end as interaction_id, logged_on,
         resolved_at
    from grievance
   where customer_id = $1 and logged_on is not null
     and ($2::date is null or (logged_on, grievance_id) < ($2, $3::uuid))
   order by logged_on desc, grievance_id desc limit $4
) g
"""
STATE = "select state from stream where kind = 'customer' and id = $1 and version > 0 and erased_at is null"


async def list_grievances(
    connection: asyncpg.Connection, customer: UUID, limit: int, after: tuple[date | None, UUID | None]
) -> list[dict[str, Any]]:
    """Newest first."""
    rows = await connection.fetch(GRIEVANCES, customer, *after, limit)
    return [msgspec.json.decode(row["item"]) for row in rows]


async def state_of(connection: asyncpg.Connection, customer: UUID) -> CustomerState | None:
    """What rules know of a customer; None: nothing, or no longer."""
    found = await connection.fetchval(STATE, customer)
    return None if found is None else msgspec.json.decode(found, type=CustomerState)
