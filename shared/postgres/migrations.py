"""Numbered SQL files, forward only: the engine's first, then the service's.

They expand alone, so that the version before goes on beside this one. What only that one has used is dropped by the
files in `contract/`, when it is gone (ADR 21).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path

import asyncpg

ENGINE = Path(__file__).parent.parent / "engine" / "migrations"
CONTRACT = "contract"
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
# What waits for a lock makes everybody after it wait: it steps aside and tries again.
BOUNDED = "set local lock_timeout = '2s'"
TRIES = 30
REPLACES = re.compile(r"^-- replaces: ([0-9a-f]{64})$", re.MULTILINE)
REPEAT = re.compile(r"^-- repeat$", re.MULTILINE)
"""Its one statement says how many rows it has changed, and goes on in transactions of its own until there are none."""


class MigrationChanged(Exception):
    """A file that was applied before has another content now."""


class NotMigrated(Exception):
    """The database lacks migrations that this version needs."""


def files(service: Path, within: str = "") -> list[tuple[str, str]]:
    """(name, SQL) in the order in which they apply."""
    return [
        (str(Path(folder.parent.name, within, file.name)), file.read_text())
        for folder in (ENGINE, service)
        for file in sorted((folder / within).glob("*.sql"))
    ]


async def migrate(connection: asyncpg.Connection, service: Path, *, contract: bool = False) -> list[str]:
    """Apply what is missing, each file in a transaction of its own; the names. Raises MigrationChanged.

    `contract`: also what the version before needs. A new database is contracted at once: nobody has used it.
    """
    await connection.execute(LOCK)
    try:
        is_new = not await connection.fetchval(EXISTS)
        await connection.execute(TABLE)
        pending = await _pending(connection, files(service))
        if contract or is_new:
            pending += await _pending(connection, files(service, CONTRACT))
        for name, sql in pending:
            await _apply(connection, name, sql)
        return [name for name, _ in pending]
    finally:
        await connection.execute(UNLOCK)


async def require_migrated(connection: asyncpg.Connection, service: Path) -> None:
    """Raises NotMigrated with what to do."""
    missing = [n for n, _ in files(service)]
    if await connection.fetchval(EXISTS):
        missing = [name for name, _ in await _pending(connection, files(service))]
    if missing:
        raise NotMigrated(f"the database lacks {', '.join(missing)}: run the service's migrate command")


async def to_contract(connection: asyncpg.Connection, service: Path) -> list[str]:
    """Names of the contracting files that are not applied yet."""
    return [name for name, _ in await _pending(connection, files(service, CONTRACT))]


async def _apply(connection: asyncpg.Connection, name: str, sql: str) -> None:
    if REPEAT.search(sql):
        while await _tried(connection, sql):
            pass
        await connection.execute(RECORD, name, _digest(sql))
    else:
        await _tried(connection, sql, name)


async def _tried(connection: asyncpg.Connection, sql: str, name: str | None = None) -> int:
    """Once, in a transaction; `name`: recorded with it. What its statement says, where it is one that is repeated."""
    for left in reversed(range(TRIES)):
        try:
            async with connection.transaction():
                await connection.execute(BOUNDED)
                if name is None:
                    return int(await connection.fetchval(sql))
                await connection.execute(sql)
                await connection.execute(RECORD, name, _digest(sql))
                return 0
        except asyncpg.LockNotAvailableError:
            if not left:
                raise
    raise AssertionError


async def _pending(connection: asyncpg.Connection, wanted: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    applied = {row["name"]: row["digest"] for row in await connection.fetch(APPLIED)}
    digests = set(applied.values())
    pending = []
    for name, sql in wanted:
        if applied.get(name) == _digest(sql) or digests.intersection(REPLACES.findall(sql)):
            continue
        if name in applied:
            raise MigrationChanged(f"{name} was changed after it had been applied: add a new file instead")
        pending.append((name, sql))
    return pending


def _digest(sql: str) -> str:
    return sha256(sql.encode()).hexdigest()
