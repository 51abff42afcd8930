"""The versions of a need as they are shown."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from services.profile.queries.rows import Connection, with_json

NEEDS = """
select version, upstream_version, source, recorded_at, need::text as need,
       json_build_object('event_id', cause_id, 'type', cause_type)::text as cause
  from need
 where customer_id = $1 and ($2::int is null or version < $2)
 order by version desc
 limit $3
"""


async def list_needs(connection: Connection, customer: UUID, after: int | None, limit: int) -> list[dict[str, Any]]:
    """Versions, newest first, one more than `limit` where there are more."""
    return [with_json(row, "need", "cause") for row in await connection.fetch(NEEDS, customer, after, limit + 1)]
