"""Numbered SQL files, forward only: the engine's first, then the service's."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

import asyncpg

ENGINE = Path(__file__).parent.parent / "engine" / "migrations"
LOCK = "select pg_advisory_lock(7226000)"
UNLOCK = "select pg_advisory_unlock(7226000)"
TABLE = """
create table if not exists migration (
  name text primary key,
  digest text not null,
  applied_at timestamptz not null default clock_timestamp()
)
"""
APPLIED = "select name, digest from migration"
RECORD = "insert into migration (name, digest) values ($1, $2)"
EXISTS = "select to_regclass('migration') is not null"


class MigrationChanged(Exception):
    """A file that was applied before has another content now."""


class NotMigrated(Exception):
    """The database lacks migrations that this version needs."""


def files(service: Path) -> list[tuple[str, str]]:
    """(name, SQL) in the order in which they apply."""
    return [
        (f"{folder.parent.name}/{file.name}", file.read_text())
        for folder in (ENGINE, service)
        for file in sorted(folder.glob("*.sql"))
    ]


async def migrate(connection: asyncpg.Connection, service: Path) -> list[str]:
    """Apply what is missing, each file in a transaction of its own; the names. Raises MigrationChanged."""
    await connection.execute(LOCK)
    try:
        await connection.execute(TABLE)
        pending = await _pending(connection, service)
        for name, sql in pending:
            async with connection.transaction():
                await connection.execute(sql)
                await connection.execute(RECORD, name, _digest(sql))
        return [name for name, _ in pending]
    finally:
        await connection.execute(UNLOCK)


async def require_migrated(connection: asyncpg.Connection, service: Path) -> None:
    """Raises NotMigrated with what to do."""
    missing = [n for n, _ in files(service)]
    if await connection.fetchval(EXISTS):
        missing = [name for name, _ in await _pending(connection, service)]
    if missing:
        raise NotMigrated(f"the database lacks {', '.join(missing)}: run the service's migrate command")


async def _pending(connection: asyncpg.Connection, service: Path) -> list[tuple[str, str]]:
    applied = {row["name"]: row["digest"] for row in await connection.fetch(APPLIED)}
    for name, sql in files(service):
        if applied.get(name, _digest(sql)) != _digest(sql):
            raise MigrationChanged(f"{name} was changed after it had been applied: add a new file instead")
    return [(name, sql) for name, sql in files(service) if name not in applied]


def _digest(sql: str) -> str:
    return sha256(sql.encode()).hexdigest()
