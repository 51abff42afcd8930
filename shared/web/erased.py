"""Nobody answers to an id: because there never was anybody, or because the person was erased."""

from __future__ import annotations

from uuid import UUID

import asyncpg

from shared.engine.alias import canonical
from shared.web.problems import Problem, not_found

ERASED = "select exists (select from stream where kind = 'customer' and id = $1 and erased_at is not null)"


async def missing(connection: asyncpg.Connection, customer: UUID) -> Problem:
    """410 `erased` where this customer, or the file that took it in, was erased; else 404."""
    if await connection.fetchval(ERASED, await canonical(connection, customer)):
        return Problem(410, "erased", "this person was erased; nothing is kept under this id any more")
    return not_found(f"customer {customer}")
