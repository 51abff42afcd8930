"""Reference documents: what many customers depend on, made by a job, immutable by version, one of each name active."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from typing import Any

import asyncpg
import msgspec
from msgspec import Struct

ACTIVE = "select json_object_agg(name, version)::text from reference where active"
BODIES = """
select name, version, body from reference
 where (name, version) in (select * from unnest($1::text[], $2::text[]))
"""
PUT = """
insert into reference (name, version, body, active) values ($1, $2, $3, true)
on conflict (name, version) do update set active = true
"""
RETIRE = "update reference set active = false where name = $1 and active and version <> $2"


class References:
    """Documents by name and version; a version never changes, so what is kept never goes stale."""

    def __init__(self, types: Mapping[str, type[Struct]]) -> None:
        self.types = types
        self._known: dict[str, tuple[str, Any]] = {}

    async def active(self, connection: asyncpg.Connection) -> Mapping[str, Any]:
        """For answers: name -> document."""
        return await self.of(connection, await connection.fetchval(ACTIVE))

    async def of(self, connection: asyncpg.Connection, versions: str | None) -> Mapping[str, Any]:
        """The documents of these versions (`ACTIVE`'s answer), of the names that this service knows."""
        wanted: dict[str, str] = msgspec.json.decode(versions) if versions else {}
        wanted = {name: version for name, version in wanted.items() if name in self.types}
        new = {name: v for name, v in wanted.items() if self._known.get(name, ("",))[0] != v}
        if new:
            for row in await connection.fetch(BODIES, list(new), list(new.values())):
                document = msgspec.json.decode(row["body"], type=self.types[row["name"]])
                self._known[row["name"]] = (row["version"], document)
        return {name: self._known[name][1] for name in wanted}


async def put(connection: asyncpg.Connection, name: str, document: Struct) -> str:
    """Make this the active document of its name, from the next batch on; its version is a hash of what it says."""
    body = msgspec.json.encode(document)
    version = sha256(body).hexdigest()[:16]
    await connection.execute(RETIRE, name, version)
    await connection.execute(PUT, name, version, body)
    return version
