"""Connections with every wait bounded."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import cast

import asyncpg

SESSION = {
    # a statement is planned once, and by keys: a plan made for an empty outbox must not read all of a full one
    "plan_cache_mode": "force_generic_plan",
    "enable_seqscan": "off",
    "enable_bitmapscan": "off",
    "enable_hashjoin": "off",
    "enable_mergejoin": "off",
    "idle_in_transaction_session_timeout": "5s",  # frees the partitions of a frozen replica
    "transaction_timeout": "30s",
    "lock_timeout": "10s",
}
MINIMUM_VERSION = 17
ROLLBACK_SECONDS = 3
"""A connection that takes longer is one on which nothing comes back: it has been waited for already."""
STATEMENTS = 300
"""Kept prepared on each connection: what is read and written together differs from batch to batch."""

INFRASTRUCTURE = (
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,  # a pooled connection whose server went away in the middle of a prepare
    OSError,
    TimeoutError,
)
"""What may be wrong with the database rather than with a value: wait and try again. Ask `is_data_error` first."""


READING = """
set transaction read only; set local plan_cache_mode = force_custom_plan;
set local enable_seqscan = on; set local enable_bitmapscan = on;
set local enable_hashjoin = on; set local enable_mergejoin = on
"""
"""Opens a transaction whose statements are planned for their values: filters that are there or not, whole tables."""


class UnsupportedServer(Exception):
    """The server is older than the settings that bound a transaction."""


def is_data_error(error: BaseException) -> bool:
    """True where a value, not the database, is at fault: trying again would fail again."""
    return isinstance(error, asyncpg.DataError | asyncpg.IntegrityConstraintViolationError)


async def connect(dsn: str, application: str) -> asyncpg.Connection:
    """A direct connection, for session locks and LISTEN (PgBouncer in transaction mode would break both)."""
    connection: asyncpg.Connection = await asyncpg.connect(
        dsn, timeout=5, command_timeout=30, server_settings={"application_name": application}
    )
    return connection


async def open_pool(dsn: str, application: str, size: int = 10) -> asyncpg.Pool:
    """A pool of at most `size`. Raises UnsupportedServer below Postgres 17; what asyncpg raises where it is away."""
    probe = await connect(dsn, application)
    try:
        version = probe.get_server_version()
    finally:
        await probe.close(timeout=2)
    if version.major < MINIMUM_VERSION:
        raise UnsupportedServer(f"Postgres {version.major} is too old: use {MINIMUM_VERSION} or newer")
    pool: asyncpg.Pool = await asyncpg.create_pool(
        dsn,
        min_size=1,
        max_size=size,
        timeout=5,
        command_timeout=30,
        server_settings={"application_name": application, **SESSION},
        reset=_keep_session,
        statement_cache_size=STATEMENTS,
    )
    return pool


async def _keep_session(_connection: asyncpg.Connection) -> None:
    """Saves a round trip at every release: transactions end with their block, nothing else outlives it."""


@asynccontextmanager
async def begun(connection: asyncpg.Connection, opening: str = "") -> AsyncIterator[None]:
    """A transaction for as long as the block runs; `opening` are statements that go out with its BEGIN.

    A connection that cannot be rolled back is not used again.
    """
    try:
        await connection.execute(f"begin; {opening}")
        yield
        await connection.execute("commit")
    except BaseException:
        try:
            if not connection.is_closed():
                await connection.execute("rollback", timeout=ROLLBACK_SECONDS)
        except BaseException:
            connection.terminate()
            raise
        raise


@asynccontextmanager
async def borrow(pool: asyncpg.Pool) -> AsyncIterator[asyncpg.Connection]:
    """A connection of the pool for as long as the block runs, under the type that it behaves as."""
    async with pool.acquire() as connection:
        yield cast("asyncpg.Connection", connection)
