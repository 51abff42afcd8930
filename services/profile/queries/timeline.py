"""The timeline as it is shown."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from services.profile.queries.rows import Connection, with_json

TIMELINE = """
select entry_id, at, recorded_at, type, channel, touchpoint, stage, agent, contact_id, sentiment,
       case when contact_id is null or contact_id = $2 then note end as note,
       json_build_object('event_id', cause_id, 'type', cause_type)::text as cause
  from timeline
 where customer_id = $1
   and ($2::text is null or contact_id = $2)
   and ($3::timestamptz is null or at >= $3)
   and ($4::timestamptz is null or at < $4)
   and ($5::timestamptz is null or (at, entry_id) > ($5, $6::uuid))
 order by at, entry_id
 limit $7
"""


class Span(NamedTuple):
    """Which entries of a timeline are asked for: None is no bound. `until_at` is the first instant after them."""

    contact_id: str | None = None
    from_at: datetime | None = None
    until_at: datetime | None = None


async def list_timeline(
    connection: Connection, customer: UUID, span: Span, after: tuple[datetime, UUID] | None, limit: int
) -> list[dict[str, Any]]:
    """Entries by occurrence, up to one more than `limit`. Notes about a contact show for that contact alone."""
    at, entry = after or (None, None)
    found = await connection.fetch(TIMELINE, customer, *span, at, entry, limit + 1)
    return [with_json(row, "cause") for row in found]
