"""Which role gets through which route of profile, and whose a file is."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

import asyncpg

from shared.engine.alias import canonical
from shared.engine.apply import Engine
from shared.web.access import Access, Table, path, query
from shared.web.owners import uuid_of
from shared.web.roles import May

CUSTOMER = path("customer", "customer_id")
FILE = Access(May.READ, CUSTOMER, personal=True)

ACCESS: Final[Table] = {
    "POST /v1/events": Access(May.TELL),
    "GET /v1/customers": Access(May.READ, query("agent", "owner"), personal=True),
    "GET /v1/customers/{customer_id}": FILE,
    "GET /v1/customers/{customer_id}/benefits": FILE,
    "GET /v1/customers/{customer_id}/briefing": FILE,
    "GET /v1/customers/{customer_id}/commitments": FILE,
    "GET /v1/customers/{customer_id}/consents": FILE,
    "GET /v1/customers/{customer_id}/contact-balance": FILE,
    "GET /v1/customers/{customer_id}/history": FILE,
    "GET /v1/customers/{customer_id}/needs": FILE,
    "GET /v1/customers/{customer_id}/timeline": FILE,
    "GET /v1/customers/{customer_id}/export": Access(May.PROTECT, CUSTOMER, personal=True),
    "POST /v1/customers/{customer_id}/erase": Access(May.PROTECT, CUSTOMER, personal=True),
    "POST /v1/customers/{customer_id}/lifecycle": Access(May.LEAD, CUSTOMER, personal=True),
    "POST /v1/customers/{customer_id}/split": Access(May.LEAD, CUSTOMER, personal=True),
    "GET /v1/candidates": Access(May.LEAD, of_many=True, personal=True),
    "POST /v1/candidates/{candidate_id}/accept": Access(May.LEAD, of_many=True, personal=True),
    "POST /v1/candidates/{candidate_id}/reject": Access(May.LEAD, of_many=True, personal=True),
}

OWNED = "select exists (select from search_entry where customer_id = $1 and owner = any($2::text[]))"


async def sees(_engine: Engine, connection: asyncpg.Connection, _thing: str, id: str, agents: Collection[str]) -> bool:
    """Customers alone are asked for here."""
    customer = uuid_of(id)
    if customer is None:
        return False
    found: bool = await connection.fetchval(OWNED, await canonical(connection, customer), list(agents))
    return found
