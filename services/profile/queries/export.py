"""Everything that is known about one person, table by table: what is kept of them anywhere here has its line below."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from typing import Final
from uuid import UUID

from services.profile.queries.rows import Connection

EVERY_ID = """
with recursive known as (
  select $1::uuid as id
  union
  select alias.id from known join alias on alias.canonical = known.id
)
select id from known
"""

TABLES: Final[Mapping[str, str]] = {
    "handle": """
select (to_jsonb(t) - '{customer_id,print,past}'::text[])::text as row from handle t
 where customer_id = any($1::uuid[]) order by handle
""",
    "handle_word": """
select (to_jsonb(t) - 'customer_id')::text as row from handle_word t
 where customer_id = any($1::uuid[]) order by at, handle
""",
    "merge_word": """
select (to_jsonb(t) - 'customer_id')::text as row from merge_word t
 where customer_id = any($1::uuid[]) order by at, event_key
""",
    "purchase": """
select (to_jsonb(t) - 'customer_id')::text as row from purchase t
 where customer_id = any($1::uuid[]) order by coalesce(placed_at, delivered_at), order_id
""",
    "complaint": """
select (to_jsonb(t) - 'customer_id')::text as row from complaint t
 where customer_id = any($1::uuid[]) order by reported_at, complaint_id
""",
    "need": """
select (to_jsonb(t) - 'customer_id')::text as row from need t
 where customer_id = any($1::uuid[]) order by version
""",
    "contact_word": """
select (to_jsonb(t) - 'customer_id')::text as row from contact_word t
 where customer_id = any($1::uuid[]) order by at, event_id
""",
    "contact_handle_word": """
select (to_jsonb(t) - 'customer_id')::text as row from contact_handle_word t
 where customer_id = any($1::uuid[]) order by at, event_id, handle
""",
    "contact_handle": """
select (to_jsonb(t) - 'customer_id')::text as row from contact_handle t
 where customer_id = any($1::uuid[]) order by contact_id, handle
""",
    "consent_word": """
select (to_jsonb(t) - 'customer_id')::text as row from consent_word t
 where customer_id = any($1::uuid[]) order by at, event_key
""",
    "complaint_case": """
select (to_jsonb(t) - 'customer_id')::text as row from complaint_case t
 where customer_id = any($1::uuid[]) order by case_id
""",
    "commitment": """
select (to_jsonb(t) - 'customer_id')::text as row from commitment t
 where customer_id = any($1::uuid[]) order by due_on, commitment_id
""",
    "membership": """
select (to_jsonb(t) - 'customer_id')::text as row from membership t
 where customer_id = any($1::uuid[]) order by from_on, membership_id
""",
    "referral": """
select (to_jsonb(t) - 'customer_id')::text as row from referral t
 where customer_id = any($1::uuid[]) or referred_customer_id = any($1::uuid[]) order by at, referral_id
""",
    "field_word": """
select (to_jsonb(t) - 'customer_id')::text as row from field_word t
 where customer_id = any($1::uuid[]) order by at, event_id, word_id
""",
    "candidate": """
select (to_jsonb(t) - 'customer_id')::text as row from candidate t
 where customer_id = any($1::uuid[]) or other_customer_id = any($1::uuid[]) order by since, candidate_id
""",
    "shared_handle": """
select (to_jsonb(t) - 'customer_id')::text as row from shared_handle t
 where customer_id = any($1::uuid[]) order by at, handle, candidate_id
""",
    "search_entry": """
select (to_jsonb(t) - 'customer_id')::text as row from search_entry t where customer_id = any($1::uuid[])
""",
    "timeline": """
select (to_jsonb(t) - 'customer_id')::text as row from timeline t
 where customer_id = any($1::uuid[]) order by at, entry_id
""",
}
"""Table -> its rows of a person ($1 = every id they ever had)."""

INPUTS: Final = """
select json_build_object('recorded_at', now, 'door', door, 'outcome', outcome,
                         'event', convert_from(body, 'UTF8')::json)::text as row
  from (select * from journal where kind = 'customer' and id = any($1::uuid[])
        union all
        select journal.* from journal join handle on journal.kind = 'mention' and journal.id = handle.print
         where handle.customer_id = any($1::uuid[])) told
 where body <> '' order by seq
"""
"""Mentions under a handle from before it was anybody's are the person's too."""
REFUSED: Final = """
select json_build_object('dead_letter_id', id, 'reason', reason, 'detail', detail, 'first_at', first_at,
                         'last_at', last_at, 'body', encode(body, 'base64'))::text as row
  from dead_letter
 where stream_id = any($1::uuid[])
    or called = any(array(select handle from handle where customer_id = any($1::uuid[]))) order by first_at, id
"""
SECTIONS: Final[Mapping[str, str]] = {**TABLES, "inputs": INPUTS, "refused": REFUSED}
AT_A_TIME = 1_000


async def ids_of(connection: Connection, customer: UUID) -> list[UUID]:
    """The customer's id, and those of the files that were merged into this one."""
    return [row["id"] for row in await connection.fetch(EVERY_ID, customer)]


async def rows_of(connection: Connection, section: str, ids: list[UUID]) -> AsyncIterator[bytes]:
    """The rows of one section as JSON, some at a time; within a transaction of asyncpg's."""
    async for row in connection.cursor(SECTIONS[section], ids, prefetch=AT_A_TIME):
        yield row["row"].encode()
