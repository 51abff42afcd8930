"""The endpoints that are called, and the turns of their secrets."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import asyncpg

from services.scheduler.webhooks.signing import secret_of
from shared.contracts.ids import derived

Item = dict[str, Any]

# A number of its own for every secret there ever was: one that was removed does not come back with its address.
REGISTER = """
insert into webhook_endpoint (endpoint_id, url, types, secret_number)
values ($1, $2, $3, nextval('webhook_secret_number'))
on conflict (endpoint_id) do update
   set types = excluded.types, disabled_at = null, disabled_because = null
returning endpoint_id, url, types, secret_number, rotated_at, created_at, disabled_at, disabled_because
"""
LIST = """
select endpoint_id, url, types, secret_number, rotated_at, created_at, disabled_at, disabled_because
  from webhook_endpoint order by created_at, endpoint_id
"""
ROTATE = """
update webhook_endpoint
   set earlier_number = secret_number, secret_number = nextval('webhook_secret_number'), rotated_at = clock_timestamp()
 where endpoint_id = $1
returning endpoint_id, url, types, secret_number, rotated_at, created_at, disabled_at, disabled_because
"""
REMOVE = "delete from webhook_endpoint where endpoint_id = $1 returning endpoint_id"


async def register(connection: asyncpg.Connection, url: str, types: Sequence[str], token: str) -> Item:
    """With its secret. An address that is known gets these types, keeps its secret, and is called again."""
    row = await connection.fetchrow(REGISTER, derived("webhook", url), url, list(types))
    return _with_secret(row, token)


async def list_endpoints(connection: asyncpg.Connection) -> list[Item]:
    """The first one first; secrets are shown once."""
    return [_endpoint(row) for row in await connection.fetch(LIST)]


async def rotate(connection: asyncpg.Connection, endpoint: UUID, token: str) -> Item | None:
    """With its new secret; calls are signed with the one before too, for a day."""
    row = await connection.fetchrow(ROTATE, endpoint)
    return _with_secret(row, token) if row else None


async def remove(connection: asyncpg.Connection, endpoint: UUID) -> bool:
    """And all that was to be told there; False for an unknown one."""
    return await connection.fetchval(REMOVE, endpoint) is not None


def _with_secret(row: Any, token: str) -> Item:
    id = row["endpoint_id"]
    return _endpoint(row) | {"secret": secret_of(token, id, row["secret_number"])}


def _endpoint(row: asyncpg.Record) -> Item:
    times = {name: row[name].isoformat() if row[name] else None for name in ("created_at", "rotated_at", "disabled_at")}
    return {
        "endpoint_id": str(row["endpoint_id"]),
        "url": row["url"],
        "types": list(row["types"]),
        "disabled_because": row["disabled_because"],
        **times,
    }
