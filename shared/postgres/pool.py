"""Connections with every wait bounded."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any, cast

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
    # what holds locks and does not answer any more is gone after 8 s, as it is here (SOCKET)
    "tcp_user_timeout": "8s",
    "tcp_keepalives_idle": "4",
    "tcp_keepalives_interval": "2",
    "tcp_keepalives_count": "2",
}
SOCKET = {"TCP_USER_TIMEOUT": 8_000, "TCP_KEEPIDLE": 4, "TCP_KEEPINTVL": 2, "TCP_KEEPCNT": 2}
"""Those of the platform; ms and seconds."""
MINIMUM_VERSION = 17
ROLLBACK_SECONDS = 3
"""A connection that takes longer is one on which nothing comes back: it has been waited for already."""
PROBE = "select"
"""What a connection that nobody has used for a while is asked."""
ANSWER_SECONDS = 5
"""What costs the server nothing takes longer only where nothing comes back."""
LOCKED_SECONDS = 15
"""What waits for a lock: `lock_timeout`, and the answer."""
IDLE_SECONDS = 1.0
"""A connection that was not used for so long is asked first whether it is still one."""
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
    lender = _Lender()
    pool: asyncpg.Pool = await asyncpg.create_pool(
        dsn,
        min_size=1,
        max_size=size,
        timeout=5,
        command_timeout=30,
        server_settings={"application_name": application, **SESSION},
        init=_notice_silence,
        setup=lender.lend,
        reset=lender.take_back,
        statement_cache_size=STATEMENTS,
    )
    lender.pool = pool
    return pool


class _Lender:
    """What is done with a connection of the pool when it is lent, and when it comes back."""

    pool: asyncpg.Pool

    def __init__(self) -> None:
        self._used: dict[int, float] = {}

    async def lend(self, connection: Any) -> None:
        """Of those that nobody has used for a while. One that is dead is not alone: all are made anew."""
        since = self._used.pop(connection.get_server_pid(), None)
        if since is None or time.monotonic() - since < IDLE_SECONDS:
            return
        try:
            await connection.execute(PROBE, timeout=ANSWER_SECONDS)
        except BaseException:
            _give_up(connection)
            await self.pool.expire_connections()
            raise

    async def take_back(self, connection: asyncpg.Connection) -> None:
        """Saves a round trip: transactions end with their block, nothing else outlives it."""
        self._used[connection.get_server_pid()] = time.monotonic()


async def _notice_silence(connection: asyncpg.Connection) -> None:
    transport: asyncio.Transport = connection._transport  # type: ignore[attr-defined]  # noqa: SLF001 - no other way
    found = transport.get_extra_info("socket")
    if found is None or found.family == socket.AF_UNIX:
        return
    found.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for name, value in SOCKET.items():
        if (option := getattr(socket, name, None)) is not None:
            found.setsockopt(socket.IPPROTO_TCP, option, value)


def _give_up(connection: asyncpg.Connection) -> None:
    """Where the client has not done so itself."""
    with suppress(asyncpg.InterfaceError):
        connection.terminate()


@asynccontextmanager
async def begun(connection: asyncpg.Connection, opening: str = "", *, locks: bool = False) -> AsyncIterator[None]:
    """A transaction for as long as the block runs; `opening` are statements that go out with its BEGIN, `locks` where
    these may wait.

    A connection that cannot be rolled back is not used again.
    """
    try:
        await connection.execute(f"begin; {opening}", timeout=LOCKED_SECONDS if locks else ANSWER_SECONDS)
    except BaseException:
        _give_up(connection)
        raise
    try:
        yield
        await connection.execute("commit")
    except BaseException:
        try:
            if not connection.is_closed():
                await connection.execute("rollback", timeout=ROLLBACK_SECONDS)
        except BaseException:
            _give_up(connection)
            raise
        raise


@asynccontextmanager
async def borrow(pool: asyncpg.Pool) -> AsyncIterator[asyncpg.Connection]:
    """A connection of the pool for as long as the block runs, under the type that it behaves as."""
    async with pool.acquire() as connection:
        try:
            yield cast("asyncpg.Connection", connection)
        except INFRASTRUCTURE:
            if _is_gone(connection):  # the others went the same way
                await pool.expire_connections()
            raise


def _is_gone(connection: Any) -> bool:
    try:
        return bool(connection.is_closed())
    except asyncpg.InterfaceError:  # the pool has taken it back
        return True
