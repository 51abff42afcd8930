"""The databases of a stack, whether it is up or not."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from pathlib import Path
from types import MappingProxyType
from urllib.parse import urlsplit, urlunsplit

import asyncpg

from holdfast.local.databases import connected, name_of
from holdfast.local.keep import sole_user
from holdfast.local.postgres import EmbeddedPostgres
from holdfast.local.state import NoStack, load_state
from shared.contracts.topics import WRITERS

Connections = Mapping[str, asyncpg.Connection]
"""Service -> a connection to its database."""
PATIENT = MappingProxyType({"idle_in_transaction_session_timeout": "0", "transaction_timeout": "0"})
"""A snapshot is read and thought about for as long as it takes: it holds nobody up, unlike the services' own work."""


@contextmanager
def databases_of(data: Path, postgres: str | None = None) -> Iterator[dict[str, str]]:
    """Service -> DSN of the stack in this folder.

    One that is down is looked up on the server `postgres`; without one its embedded server runs for as long as the
    block does. Raises NoStack where there never was a stack, FolderInUse, NotReady.
    """
    try:
        yield load_state(data).postgres
    except NoStack:
        if postgres is None and not (data / "postgres" / "PG_VERSION").exists():
            raise
    else:
        return
    if postgres is not None:
        yield _named(postgres)
        return
    with sole_user(data):
        server = EmbeddedPostgres(data / "postgres", data / "logs" / "postgres.log")
        server.start()
        try:
            yield _named(server.dsn)
        finally:
            server.stop()


@asynccontextmanager
async def connections_to(dsns: Mapping[str, str]) -> AsyncIterator[Connections]:
    """One read-only snapshot of each database for as long as the block runs."""
    async with AsyncExitStack() as stack:
        found = {}
        for service in WRITERS:
            connection = await stack.enter_async_context(connected(dsns[service], **PATIENT))
            await stack.enter_async_context(connection.transaction(isolation="repeatable_read", readonly=True))
            found[service] = connection
        yield found


def _named(admin: str) -> dict[str, str]:
    return {service: urlunsplit(urlsplit(admin)._replace(path=f"/{name_of(service)}")) for service in WRITERS}
