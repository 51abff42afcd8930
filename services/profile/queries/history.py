"""How the fields of a file came to be what they are, as it is shown."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from services.profile.queries.rows import Connection, with_json

CHANGES = """
select w.word_id, w.field, w.at, w.recorded_at, coalesce(p.value, 'null')::text as before, w.value::text as after,
       w.source, json_build_object('event_id', w.event_id, 'type', w.cause_type)::text as cause
  from field_word w
  left join lateral (
    select value from field_word p
     where p.customer_id = w.customer_id and p.field = w.field
       and (p.at, p.event_id, p.word_id) < (w.at, w.event_id, w.word_id)
     order by p.at desc, p.event_id desc, p.word_id desc
     limit 1) p on true
 where w.customer_id = $1
   and ($2::text is null or w.field = $2)
   and p.value is distinct from w.value
   and ($3::timestamptz is null or (w.at, w.event_id, w.word_id) < ($3, $4::text, $5::uuid))
 order by w.at desc, w.event_id desc, w.word_id desc
 limit $6
"""


class Place(NamedTuple):
    """Where a page ended."""

    at: datetime | None = None
    event_id: str | None = None
    word_id: UUID | None = None


async def list_changes(
    connection: Connection, customer: UUID, field: str | None, after: Place, limit: int
) -> list[dict[str, Any]]:
    """Changes of fields, newest first, one more than `limit` where there are more."""
    found = await connection.fetch(CHANGES, customer, field, *after, limit + 1)
    return [with_json(row, "before", "after", "cause") for row in found]
