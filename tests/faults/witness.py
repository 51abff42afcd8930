"""A witness in each database: what was ever committed to the outbox, which the relay deletes."""

from __future__ import annotations

import asyncpg

INSTALL = """
create schema if not exists witness;
create table if not exists witness.outbox (
  n bigint generated always as identity, event_id uuid not null, topic text not null);
create or replace function witness.note() returns trigger language plpgsql security definer as $$
begin
  insert into witness.outbox (event_id, topic) select event_id, topic from added order by id;
  perform pg_sleep(random() * 0.04); -- a slow commit: ids are drawn well before anybody sees them
  return null;
end $$;
drop trigger if exists witness on outbox;
create trigger witness after insert on outbox referencing new table as added
  for each statement execute function witness.note();
"""
COMMITTED = "select distinct event_id::text from witness.outbox where topic = $1"


async def install(dsn: str) -> None:
    """As a superuser, before the first input: every committed outbox row leaves its id where nobody deletes it."""
    connection = await asyncpg.connect(dsn)
    try:
        await connection.execute(INSTALL)
    finally:
        await connection.close()


async def committed(connection: asyncpg.Connection, topic: str) -> set[str]:
    """Ids of the facts that this service has committed to the topic, sent or not, rolled back ones included."""
    return {row["event_id"] for row in await connection.fetch(COMMITTED, topic)}
