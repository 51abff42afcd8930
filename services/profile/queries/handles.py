"""Handles by the file that they came to."""

from __future__ import annotations

from uuid import UUID

from services.profile.queries.rows import Connection

OF_FILE = "select handle from handle where customer_id = $1 order by handle limit 1"


async def handle_of(connection: Connection, file: UUID) -> str | None:
    """One by which this very file is known, whoever has taken it in; None where there is none any more."""
    found: str | None = await connection.fetchval(OF_FILE, file)
    return found
