"""The timeline as it is shown."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import asyncpg

from services.profile.queries.rows import Connection, with_json

EVERYBODY = """
select entry_id, at, recorded_at, type, direction, channel, touchpoint, stage, agent, contact_id, sentiment, note,
       details::text as details, json_build_object('event_id', cause_id, 'type', cause_type)::text as cause
  from entry
 where customer_id = $1
   and ($2::timestamptz is null or at >= $2)
   and ($3::timestamptz is null or at < $3)
   and ($4::timestamptz is null or (at, entry_id) > ($4, $5::uuid))
 order by at, entry_id
 limit $6
"""
OF_CONTACT = """
select entry_id, at, recorded_at, type, direction, channel, touchpoint, stage, agent, contact_id, sentiment, note,
       details::text as details, json_build_object('event_id', cause_id, 'type', cause_type)::text as cause
  from ((select * from entry
          where customer_id = $1 and told_contact = $7
            and ($2::timestamptz is null or at >= $2)
            and ($3::timestamptz is null or at < $3)
            and ($4::timestamptz is null or (at, entry_id) > ($4, $5::uuid))
          order by at, entry_id
          limit $6)
        union all
        (select came.*
           from (select handle, nullif(min(at), (select min(first.at) from contact_handle_word first
                                                  where first.customer_id = $1 and first.handle = led.handle)) as since
                   from contact_handle_word led
                  where customer_id = $1 and contact_id = $7
                  group by handle) own,
                lateral (select * from entry
                          where customer_id = $1 and handle = own.handle and told_contact is null
                            and contact_id = $7 and (own.since is null or at >= own.since)
                            and ($2::timestamptz is null or at >= $2)
                            and ($3::timestamptz is null or at < $3)
                            and ($4::timestamptz is null or (at, entry_id) > ($4, $5::uuid))
                          order by at, entry_id
                          limit $6) came)) found
 order by at, entry_id
 limit $6
"""


# Where little is known of how much a customer has, all of it would be read and sorted for each page.
IN_THE_ORDER_OF_THE_INDEX = "set local enable_bitmapscan = off"


class Span(NamedTuple):
    """Which entries of a timeline are asked for: None is no bound. `until_at` is the first instant after them."""

    contact_id: str | None = None
    from_at: datetime | None = None
    until_at: datetime | None = None


async def list_timeline(
    connection: Connection, customer: UUID, span: Span, after: tuple[datetime, UUID] | None, limit: int
) -> list[dict[str, Any]]:
    """Entries by occurrence, up to one more than `limit`. Notes about a contact show for that contact alone."""
    await connection.execute(IN_THE_ORDER_OF_THE_INDEX)
    given = (customer, span.from_at, span.until_at, *(after or (None, None)), limit + 1)
    if span.contact_id is None:
        found = await connection.fetch(EVERYBODY, *given)
    else:
        found = await connection.fetch(OF_CONTACT, *given, span.contact_id)
    return [shown(row, span.contact_id) for row in found]


def shown(row: asyncpg.Record, contact_id: str | None) -> dict[str, Any]:
    """An entry as somebody about to talk to this contact, or to nobody in particular, may read it (CN-06)."""
    entry = with_json(row, "cause", "details")
    if entry["contact_id"] not in (None, contact_id):
        entry |= {"note": None, "details": {}}
    return entry
