"""The active policy, read inside the transaction under a lock that activation takes exclusively."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager
from functools import lru_cache

import asyncpg

from shared.contracts.policy import Policy, load_policy, policy_id
from shared.postgres.pool import begun

LOCK_SHARED = "select pg_advisory_xact_lock_shared(7226001)"
LOCK = "select pg_advisory_xact_lock(7226001)"
ACTIVE_ID = "select id from policy where state = 'active'"
BODY = "select body from policy where id = $1"
INSTALL = """
insert into policy (id, name, state, body, activated_at) values ($1, $2, 'active', $3, clock_timestamp())
on conflict (id) do update set state = 'active', activated_at = clock_timestamp()
"""
RETIRE = "update policy set state = 'retired' where state = 'active' and id <> $1"
LIST = """
select id, name, state, body from policy where $1::text is null or state = $1
 order by activated_at desc nulls last, id
"""


@lru_cache(maxsize=64)
def _parsed(body: bytes) -> Policy:
    """YAML is slow to read and a policy never changes."""
    return load_policy(body)


class NoPolicy(Exception):
    """The service has not installed its policy yet."""


class Policies:
    """Parsed policies by id: a policy never changes, so the cache never goes stale."""

    def __init__(self) -> None:
        self._parsed: dict[str, Policy] = {}

    async def active(self, connection: asyncpg.Connection) -> Policy:
        """For answers: decisions take the id that `deciding` holds still. Raises NoPolicy."""
        return await self.known(connection, await connection.fetchval(ACTIVE_ID))

    async def known(self, connection: asyncpg.Connection, id: str | None) -> Policy:
        """The policy of an id that is in the table. Raises NoPolicy for None."""
        if id is None:
            raise NoPolicy("no active policy: start the service once so that it installs its policy")
        if id not in self._parsed:
            self._parsed[id] = _parsed(await connection.fetchval(BODY, id))
        return self._parsed[id]


def deciding(connection: asyncpg.Connection) -> AbstractAsyncContextManager[None]:
    """A transaction during which the active policy stays what it is: activation waits for it.

    The lock is a statement of its own, so that the next one sees all that came before it.
    """
    return begun(connection, LOCK_SHARED)


async def install(connection: asyncpg.Connection, document: bytes, name: str = "start") -> str:
    """Make this validated document the active policy, if it is not already; its id."""
    id = policy_id(load_policy(document))
    async with connection.transaction():
        await connection.execute(LOCK)
        if await connection.fetchval(ACTIVE_ID) != id:
            await connection.execute(RETIRE, id)
            await connection.execute(INSTALL, id, name, document)
    return id


async def list_policies(connection: asyncpg.Connection, state: str | None) -> list[dict[str, object]]:
    """As `GET /v1/policies` answers them, newest first."""
    return [
        {
            "policy_id": row["id"],
            "name": row["name"],
            "state": row["state"],
            "values": _parsed(row["body"]).model_dump(mode="json"),
        }
        for row in await connection.fetch(LIST, state)
    ]
