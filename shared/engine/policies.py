"""The active policy, read inside the transaction under a lock that activation takes exclusively."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager
from functools import lru_cache

import asyncpg

from shared.contracts.policy import Policy, load_policy, load_stored, policy_id
from shared.postgres.pool import begun

LOCK_SHARED = "select pg_advisory_xact_lock_shared(7226001)"
LOCK = "select pg_advisory_xact_lock(7226001)"
ACTIVE_ID = "select id from policy where state = 'active'"
SHADOW_ID = "select id from policy where state = 'shadow'"
BODY = "select body from policy where id = $1"
LIST = """
select id, name, state, based_on, body from policy where $1::text is null or state = $1
 order by activated_at desc nulls last, id
"""
ONE = "select id, name, state, based_on, body from policy where id = $1"


INSTALL = """
insert into policy (id, name, state, body) values ($1, 'start', 'active', $2)
on conflict (id) do update set state = 'active'
"""
CHANGED = "insert into policy_change (policy_id, state, at, door) values ($1, $2, $3, $4)"


@lru_cache(maxsize=64)
def _parsed(body: bytes) -> Policy:
    """YAML is slow to read and a policy never changes."""
    return load_stored(body)


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
    return begun(connection, LOCK_SHARED, locks=True)


def changing(connection: asyncpg.Connection) -> AbstractAsyncContextManager[None]:
    """A transaction beside which nobody decides: the policy may change."""
    return begun(connection, LOCK, locks=True)


async def install(connection: asyncpg.Connection, document: bytes) -> str:
    """The first policy of a service, a validated document: nothing was decided before it. Its id."""
    id = policy_id(load_policy(document))
    await connection.execute(INSTALL, id, document)
    await connection.execute(CHANGED, id, "active", None, "start")
    return id


async def list_policies(connection: asyncpg.Connection, state: str | None) -> list[dict[str, object]]:
    """As `GET /v1/policies` answers them, newest first."""
    return [_item(row) for row in await connection.fetch(LIST, state)]


async def show_policy(connection: asyncpg.Connection, id: str) -> dict[str, object] | None:
    """One of them; None for an unknown id."""
    row = await connection.fetchrow(ONE, id)
    return _item(row) if row else None


def _item(row: asyncpg.Record) -> dict[str, object]:
    return {
        "policy_id": row["id"],
        "name": row["name"],
        "state": row["state"],
        "based_on": row["based_on"],
        "values": _parsed(row["body"]).model_dump(mode="json"),
    }
