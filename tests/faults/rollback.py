"""A database that goes back in time under a running service: its tables as they were, sequences included."""

from __future__ import annotations

import asyncpg

TABLES = """
select relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
 where n.nspname = 'public' and relkind = 'r' order by relname
"""
COLUMNS = """
select string_agg(quote_ident(attname), ', ' order by attnum) from pg_attribute
 where attrelid = ('public.' || quote_ident($1))::regclass and attnum > 0 and not attisdropped and attgenerated = ''
"""
SEQUENCES = """
select schemaname || '.' || sequencename as name, coalesce(last_value, 1) as value, last_value is not null as called
  from pg_sequences where schemaname = 'public'
"""


class Copy:
    """All tables of one service's database at one instant; `dsn`: a superuser's."""

    def __init__(self, dsn: str) -> None:
        self.dsn = dsn
        self.tables: list[str] = []
        self.sequences: list[asyncpg.Record] = []

    async def take(self) -> None:
        connection = await asyncpg.connect(self.dsn)
        try:
            async with connection.transaction(isolation="repeatable_read"):
                await connection.execute("drop schema if exists earlier cascade; create schema earlier")
                self.tables = [row[0] for row in await connection.fetch(TABLES)]
                self.sequences = await connection.fetch(SEQUENCES)
                for table in self.tables:
                    await connection.execute(f'create table earlier."{table}" as table public."{table}"')
        finally:
            await connection.close()

    async def restore(self) -> None:
        """In one transaction, while everybody else wants to go on."""
        connection = await asyncpg.connect(self.dsn)
        try:
            async with connection.transaction():
                names = ", ".join(f'public."{table}"' for table in self.tables)
                await connection.execute("set local session_replication_role = replica")  # no foreign keys on the way
                await connection.execute(f"lock table {names} in access exclusive mode; truncate {names}")
                for table in self.tables:
                    columns = await connection.fetchval(COLUMNS, table)
                    await connection.execute(
                        f'insert into public."{table}" ({columns}) overriding system value'
                        f' select {columns} from earlier."{table}"'
                    )
                for sequence in self.sequences:
                    await connection.execute(
                        "select setval($1::text::regclass, $2, $3)",
                        sequence["name"],
                        sequence["value"],
                        sequence["called"],
                    )
        finally:
            await connection.close()
