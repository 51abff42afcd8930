"""One database and one role per service on a Postgres server, ours or a given one."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from types import MappingProxyType
from typing import LiteralString
from urllib.parse import quote, urlsplit, urlunsplit

import asyncpg

from shared.contracts.topics import WRITERS

ROLE_SETTINGS: Mapping[str, str] = MappingProxyType(
    {
        "idle_in_transaction_session_timeout": "5s",  # frees the partitions of a frozen replica
        "transaction_timeout": "30s",
        "lock_timeout": "10s",
        "synchronous_commit": "on",
    }
)
OURS = "made by holdfast"

ROLE_EXISTS = "select exists (select from pg_roles where rolname = $1)"
CREATE_ROLE = "select format('create role %I login', $1::text)"
SET_PASSWORD = "select format('alter role %I password %L', $1::text, $2::text)"  # noqa: S105 - not a password
SET_OPTION = "select format('alter role %I set %I = %L', $1::text, $2::text, $3::text)"
JOIN_ROLE = "select format('grant %I to current_user', $1::text)"
IS_OURS = """
select shobj_description(oid, 'pg_database') is not distinct from $2 from pg_database where datname = $1
"""
CREATE = "select format('create database %I owner %I template %I strategy file_copy', $1::text, $2::text, $3::text)"
"""By files: written to the log instead, the pages of an empty database cost five times as much."""
MARK = "select format('comment on database %I is %L', $1::text, $2::text)"
CLOSE = "select format('revoke connect on database %I from public', $1::text)"
DROP = "select format('drop database if exists %I with (force)', $1::text)"


class NotOurs(Exception):
    """A database that Holdfast did not make bears the name that it needs."""


def name_of(service: str) -> str:
    """Of the database and of the role."""
    return f"holdfast_{service}"


def dsn_of(admin: str, database: str, role: str, password: str) -> str:
    """The same server as `admin` names, by another role; query parameters (host, sslmode …) stay."""
    parts = urlsplit(admin)
    host = parts.netloc.rpartition("@")[2]
    login = f"{quote(role, safe='')}:{quote(password, safe='')}@{host}"
    return urlunsplit(parts._replace(netloc=login, path=f"/{quote(database, safe='')}"))


async def create_databases(admin: str, services: Sequence[str] = WRITERS) -> dict[str, str]:
    """Service -> DSN. Databases that are there are kept; each role gets a new password. Raises NotOurs."""
    async with connected(admin) as connection:
        return {service: await _create_database(connection, admin, service) for service in services}


async def drop_databases(admin: str, services: Sequence[str] = WRITERS) -> list[str]:
    """The names of those that were there. Raises NotOurs before it drops anything."""
    async with connected(admin) as connection:
        there = [name_of(service) for service in services if await _exists(connection, name_of(service))]
        for name in there:
            await run(connection, DROP, name)
        return there


async def create_role(connection: asyncpg.Connection, role: str, password: str) -> None:
    """Make it or give it this password; every wait of its sessions is bounded."""
    if not await connection.fetchval(ROLE_EXISTS, role):
        await run(connection, CREATE_ROLE, role)
        await run(connection, JOIN_ROLE, role)
    await run(connection, SET_PASSWORD, role, password)
    for option, value in ROLE_SETTINGS.items():
        await run(connection, SET_OPTION, role, option, value)


async def create_database(connection: asyncpg.Connection, name: str, owner: str, template: str = "template1") -> None:
    """A database of this role that no other role may enter."""
    await run(connection, CREATE, name, owner, template)
    await run(connection, MARK, name, OURS)
    await run(connection, CLOSE, name)


async def run(connection: asyncpg.Connection, statement: LiteralString, *names: str) -> None:
    """A command that takes no parameters, its names quoted by the server."""
    await connection.execute(await connection.fetchval(statement, *names))


@asynccontextmanager
async def connected(dsn: str, **settings: str) -> AsyncIterator[asyncpg.Connection]:
    """One connection for as long as the block runs. `settings` go before those of the role."""
    connection: asyncpg.Connection = await asyncpg.connect(
        dsn, timeout=10, command_timeout=60, server_settings=settings
    )
    try:
        yield connection
    finally:
        await connection.close(timeout=5)


async def _create_database(connection: asyncpg.Connection, admin: str, service: str) -> str:
    name, password = name_of(service), secrets.token_urlsafe(24)
    await create_role(connection, name, password)
    if not await _exists(connection, name):
        await create_database(connection, name, name)
    return dsn_of(admin, name, name, password)


async def _exists(connection: asyncpg.Connection, name: str) -> bool:
    ours = await connection.fetchval(IS_OURS, name, OURS)
    if ours is False:
        raise NotOurs(f"the database {name} was not made by Holdfast: give another server, or move it away")
    return ours is True
