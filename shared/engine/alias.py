"""Which id a customer answers to now: a merged file's id points at the file that took it in."""

from __future__ import annotations

from uuid import UUID

import asyncpg

from shared.engine.ledger import Ledger
from shared.engine.routing import Alias

SAVE = """
insert into alias (id, canonical)
select id, canonical from json_populate_recordset(null::alias, $1::json)
on conflict (id) do update set canonical = excluded.canonical
"""
LOAD = """
with recursive chain as (
  select id as asked, canonical from alias where id = any($1::uuid[])
  union
  select chain.asked, alias.canonical from chain join alias on alias.id = chain.canonical
)
select json_build_object('id', asked, 'canonical', canonical)::text as row from chain
 where not exists (select from alias where alias.id = chain.canonical)
"""
CANONICAL = """
with recursive chain as (
  select $1::uuid as id
  union
  select alias.canonical from chain join alias on alias.id = chain.id
)
select id from chain where not exists (select from alias where alias.id = chain.id)
"""


ALIASES = Ledger(row=Alias, key=lambda row: row.id, save=SAVE, load=LOAD, routes=True)


async def canonical(connection: asyncpg.Connection, id: UUID) -> UUID:
    """The surviving customer's id; the id itself where nothing was merged."""
    found: UUID | None = await connection.fetchval(CANONICAL, id)
    return found or id
