"""The persons inside an organisation as they are shown, and how evenly they are kept in touch with."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from services.profile.queries.rows import Connection, with_json

CONTACTS = """
select contact_id,
       (array_agg(role order by at desc, event_id desc))[1] as role,
       (array_agg(department order by at desc, event_id desc) filter (where department is not null))[1] as department,
       coalesce((array_agg(handles order by at desc, event_id desc)
                 filter (where jsonb_typeof(handles) = 'array'))[1], '[]')::text as handles
  from contact_word
 where customer_id = $1
 group by contact_id
 order by contact_id
"""
# Whose an entry is as the view `entry` says it, for all of them at once.
TOUCHED = """
with led as (
  select handle, contact_id, lead(at, 1, 'infinity') over known as until,
         case when row_number() over known = 1 then '-infinity' else at end as since
    from contact_handle_word where customer_id = $1
  window known as (partition by handle order by at, event_id)
), entry as (
  select coalesce(t.contact_id, led.contact_id) as contact_id, t.direction, t.at
    from timeline t
    left join led on t.contact_id is null and led.handle = t.handle and led.since <= t.at and t.at < led.until
   where t.customer_id = $1 and t.direction is not null
     and ($2::timestamptz is null or t.at >= $2)
     and ($3::timestamptz is null or t.at < $3)
)
select contact_id,
       count(*) filter (where direction = 'inbound') as inbound,
       count(*) filter (where direction = 'outbound') as outbound,
       max(at) as last_at
  from entry
 where contact_id is not null
 group by contact_id
"""


async def list_contacts(connection: Connection, customer: UUID) -> list[dict[str, Any]]:
    """Everybody who was stated, the newest word on each field."""
    return [with_json(row, "handles") for row in await connection.fetch(CONTACTS, customer)]


async def contact_balance(
    connection: Connection, customer: UUID, from_at: datetime | None, until_at: datetime | None
) -> list[dict[str, Any]]:
    """Contacts with each person in the span; `share` in percent of all, null where there were none (CN-04).

    Whom nobody talks to comes first.
    """
    found = {row["contact_id"]: dict(row) for row in await connection.fetch(TOUCHED, customer, from_at, until_at)}
    known = {contact["contact_id"]: contact for contact in await list_contacts(connection, customer)}
    total = sum(row["inbound"] + row["outbound"] for row in found.values())
    items = []
    for contact_id in {**known, **found}:
        touched = found.get(contact_id, {"inbound": 0, "outbound": 0, "last_at": None})
        both = touched["inbound"] + touched["outbound"]
        stated = known.get(contact_id, {})
        items.append(
            {
                "contact_id": contact_id,
                "role": stated.get("role"),
                "department": stated.get("department"),
                "inbound": touched["inbound"],
                "outbound": touched["outbound"],
                "share": round(100 * both / total, 4) if total else None,
                "last_at": touched["last_at"],
            }
        )
    return sorted(items, key=lambda item: (item["inbound"] + item["outbound"], item["contact_id"]))
