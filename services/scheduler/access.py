"""Which role gets through which route of the scheduler, and who sees which work."""

from __future__ import annotations

from collections.abc import Collection
from types import MappingProxyType
from typing import Final

import asyncpg

from services.scheduler.agents import desk_of
from shared.clock import business_date
from shared.engine.alias import canonical
from shared.engine.apply import Engine
from shared.web.access import Access, Table, Whose, path, query
from shared.web.owners import uuid_of
from shared.web.roles import May

CUSTOMER = path("customer", "id")
TASK = path("task", "id")
AGENT = path("agent", "id")
READ_AGENT, LEAD, OPERATE = Access(May.READ, AGENT), Access(May.LEAD, of_many=True), Access(May.OPERATE)

ACCESS: Final[Table] = {
    "GET /v1/customers/{id}/journal": Access(May.READ, CUSTOMER),
    "GET /v1/customers/{id}/contacts": Access(May.READ, CUSTOMER),
    "POST /v1/followups/{id}/complete": Access(May.HANDLE, path("follow-up", "id")),
    "GET /v1/worklist": Access(May.READ, query("agent", "agent")),
    "POST /v1/worklist/spread": LEAD,
    "GET /v1/tasks": Access(May.READ, (*query("agent", "owner"), *query("customer", "customer"))),
    "POST /v1/tasks": Access(May.HANDLE, (Whose("customer", "body", ("customer_id", "customer_ids")),)),
    "POST /v1/tasks/{id}/approve": Access(May.LEAD, TASK),
    "POST /v1/tasks/{id}/assign": Access(May.LEAD, TASK),
    "POST /v1/tasks/{id}/cancel": Access(May.HANDLE, TASK),
    "POST /v1/tasks/{id}/complete": Access(May.HANDLE, TASK),
    "POST /v1/tasks/{id}/snooze": Access(May.HANDLE, TASK),
    "GET /v1/exit-reviews": Access(May.READ, of_many=True),
    "POST /v1/exit-reviews/{id}/decide": Access(May.LEAD, path("exit review", "id")),
    "GET /v1/agents": Access(May.READ),
    "POST /v1/agents": LEAD,
    "POST /v1/agents/{id}/absences": LEAD,
    "POST /v1/agents/{id}/returns": LEAD,
    "POST /v1/agents/{id}/leave": LEAD,
    "GET /v1/agents/{id}/customers": READ_AGENT,
    "GET /v1/agents/{id}/plan": READ_AGENT,
    "GET /v1/agents/{id}/calendar.ics": Access(May.READ, AGENT, signed=True),
    "POST /v1/agents/{id}/calendar": Access(May.HANDLE, AGENT),
    "DELETE /v1/agents/{id}/calendar": Access(May.HANDLE, AGENT),
    "POST /v1/webhooks": OPERATE,
    "GET /v1/webhooks": OPERATE,
    "POST /v1/webhooks/{id}/rotate": OPERATE,
    "DELETE /v1/webhooks/{id}": OPERATE,
    "GET /v1/webhooks/{id}/deliveries": OPERATE,
    "POST /v1/webhooks/{id}/replay": OPERATE,
}

OWNED = "select exists (select from customer where customer_id = $1 and owner = any($2::text[]))"
OWNED_TASK = """
select exists (select from task t left join customer c using (customer_id)
                where t.task_id = $1 and (t.owner = any($2::text[]) or c.owner = any($2)))
"""
OWNED_FOLLOWUP = """
select exists (select from followup f join customer c using (customer_id)
                where f.followup_id = $1 and c.owner = any($2::text[]))
"""
BY_THING: Final = MappingProxyType({"customer": OWNED, "task": OWNED_TASK, "follow-up": OWNED_FOLLOWUP})


async def sees(engine: Engine, connection: asyncpg.Connection, thing: str, id: str, agents: Collection[str]) -> bool:
    """An agent sees as well what they do for others today, and tasks that were given to them."""
    known = uuid_of(id)
    if known is None or thing not in BY_THING:
        return False
    if thing == "customer":
        known = await canonical(connection, known)
    covered = await _covered(engine, connection, agents)
    found: bool = await connection.fetchval(BY_THING[thing], known, covered)
    return found


async def _covered(engine: Engine, connection: asyncpg.Connection, agents: Collection[str]) -> list[str]:
    now = await engine.clock.read(connection)
    if now is None:
        return []
    today = business_date(now, (await engine.policies.active(connection)).calendar.time_zone)
    return sorted({each for agent in agents for each in (await desk_of(connection, agent, today)).agents})
