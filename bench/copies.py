"""Many customers made of a few: every row of theirs once more, under ids of its own."""

from __future__ import annotations

from collections.abc import Mapping

import asyncpg

COPY = "-000000000000"
"""Every id that a template was given ends with it: in the copies a number stands there."""
AT_A_TIME = 100
MAKE = r"""
create or replace function copied(of text, n int) returns text language sql immutable as $$
  select regexp_replace(replace(of, '-000000000000', '-' || lpad(n::text, 12, '0')),
                        '("followup_id":"[^"]{24})[^"]{12}', '\1' || lpad(n::text, 12, '0'), 'g')
$$
"""
"""Ids that its service has made of others: of their template in their first half, of the number in their end."""
COLUMNS = """
select string_agg(format('%I', column_name), ', ' order by ordinal_position) from information_schema.columns
 where table_name = $1 and is_generated = 'NEVER'
"""
STREAMS = """
insert into stream (kind, id, version, state, last_now, wake_at, policy_id)
select kind, copied(id::text, n)::uuid, version, convert_to(copied(convert_from(state, 'utf8'), n), 'utf8'), last_now,
       wake_at, policy_id
  from stream, generate_series($1::int, $2::int) as n where right(id::text, 13) = $3
"""
JOURNALS = """
insert into journal (kind, id, event_key, door, type, now, event_time, policy_id, outcome, body)
select kind, copied(id::text, n)::uuid, md5(event_key::text || n)::uuid, door, type, now, event_time, policy_id,
       outcome, convert_to(copied(convert_from(body, 'utf8'), n), 'utf8')
  from journal, generate_series($1::int, $2::int) as n where right(id::text, 13) = $3 order by n, seq
"""
ROWS = """
insert into {table} ({columns})
select {columns}
  from (select r.* from {table} as t, generate_series($1::int, $2::int) as n, lateral json_populate_record(
          null::{table}, copied(row_to_json(t)::text, n)::json) as r
         where right(t.customer_id::text, 13) = $3 and {also}) as copied
"""


async def multiply(dsn: str, copies: int, tables: Mapping[str, str], *, with_journals: bool = False) -> None:
    """So many copies of all that is there. `tables`: ledgers, each with the condition on what is copied of it."""
    connection = await asyncpg.connect(dsn)
    await connection.execute("truncate outbox")
    await connection.execute(MAKE)
    columns = {table: await connection.fetchval(COLUMNS, table) for table in tables}
    rows = [ROWS.format(table=table, columns=columns[table], also=also) for table, also in tables.items()]
    for first in range(1, copies + 1, AT_A_TIME):
        for statement in (STREAMS, *([JOURNALS] if with_journals else []), *rows):
            await connection.execute(statement, first, min(first + AT_A_TIME - 1, copies), COPY)
    await connection.execute("vacuum analyze")
    await connection.close()
