"""Which id a customer answers to now: a merged file's id points at the file that took it in."""

from __future__ import annotations

from uuid import UUID

import asyncpg

from shared.engine.ledger import Ledger
from shared.engine.routing import Alias, Belonging

SAVE = """
insert into alias (id, canonical, turn)
select id, canonical, turn from json_populate_recordset(null::alias, $1::json)
on conflict (id) do update set canonical = excluded.canonical, turn = excluded.turn
"""
LOAD = """
with recursive chain as (
  select id, canonical, turn from alias where id = any($1::uuid[])
  union
  select alias.id, alias.canonical, alias.turn from chain join alias on alias.id = chain.canonical
)
select row_to_json(chain)::text as row from chain
"""
CANONICAL = """
with recursive chain as (
  select $1::uuid as id
  union
  select alias.canonical from chain join alias on alias.id = chain.id
)
select id from chain where not exists (select from alias where alias.id = chain.id and alias.canonical <> alias.id)
"""
FAMILY = """
with recursive family as (
  select $1::uuid as id
  union
  select alias.id from family join alias on alias.canonical = family.id
)
select id from family
"""
# What the whole history says of a thing holds; what one input says, where nothing is known.
SAVE_BELONGINGS = """
with told as (
  select thing, home, is_dealt from json_to_recordset($1::json) as told(thing text, home uuid, is_dealt boolean)
), dealt as (
  insert into belonging (thing, home) select thing, home from told where is_dealt
  on conflict (thing) do update set home = excluded.home
)
insert into belonging (thing, home) select thing, home from told where not is_dealt on conflict (thing) do nothing
"""
LOAD_BELONGINGS = "select row_to_json(b)::text as row from belonging b where b.thing = any($1::text[])"
ERASE_BELONGINGS = "delete from belonging where home = any($1::uuid[])"

ALIASES = Ledger(row=Alias, key=lambda row: row.id, save=SAVE, load=LOAD, routes=True)
BELONGINGS = Ledger(
    row=Belonging,
    key=lambda row: row.thing,
    save=SAVE_BELONGINGS,
    load=LOAD_BELONGINGS,
    erase=ERASE_BELONGINGS,
    apart=True,
)


async def canonical(connection: asyncpg.Connection, id: UUID) -> UUID:
    """The surviving customer's id; the id itself where nothing was merged."""
    found: UUID | None = await connection.fetchval(CANONICAL, id)
    return found or id


async def family(connection: asyncpg.Connection, id: UUID) -> list[UUID]:
    """The customer's id and those of all files that it has taken in."""
    return [row["id"] for row in await connection.fetch(FAMILY, id)]
