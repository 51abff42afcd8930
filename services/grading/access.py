"""Which role gets through which route of grading, and whose a customer is."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

import asyncpg

from shared.engine.apply import Engine
from shared.web.access import Access, Table, path
from shared.web.owners import is_owned, uuid_of
from shared.web.roles import May

CUSTOMER = path("customer", "id")

ACCESS: Final[Table] = {
    "GET /v1/customers": Access(May.READ, of_many=True),
    "GET /v1/customers/{id}/grade": Access(May.READ, CUSTOMER),
    "GET /v1/customers/{id}/grades": Access(May.READ, CUSTOMER),
    "GET /v1/customers/{id}/tiers": Access(May.READ, CUSTOMER),
    "POST /v1/customers/{id}/overrides": Access(May.LEAD, CUSTOMER),
    "DELETE /v1/customers/{id}/overrides/{override_id}": Access(May.LEAD, CUSTOMER),
    "GET /v1/summary": Access(May.READ),
    "POST /v1/backtests": Access(May.OPERATE),
    "GET /v1/backtests/{id}": Access(May.OPERATE),
    "DELETE /v1/backtests/{id}": Access(May.OPERATE),
}


async def sees(engine: Engine, connection: asyncpg.Connection, _thing: str, id: str, agents: Collection[str]) -> bool:
    """Customers alone are asked for here."""
    customer = uuid_of(id)
    return customer is not None and await is_owned(engine, connection, customer, agents)
