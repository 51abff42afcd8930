"""Which role gets through which route of feedback, and whose customer a case or a piece of feedback is about."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final
from uuid import UUID

import asyncpg

from services.feedback.queries import cases, loop
from shared.engine.apply import Engine
from shared.web.access import Access, Table, path, query
from shared.web.owners import is_owned, uuid_of
from shared.web.roles import May

CASE = path("case", "case_id")
CUSTOMER = path("customer", "id")
BY_CUSTOMER = query("customer", "customer")
FEEDBACK = path("feedback", "feedback_id")
READ, LEAD = Access(May.READ), Access(May.LEAD)

ACCESS: Final[Table] = {
    "GET /v1/cases": Access(May.READ, BY_CUSTOMER),
    "GET /v1/cases/{case_id}": Access(May.READ, CASE, personal=True),
    "POST /v1/cases/{case_id}/steps/{step}/complete": Access(May.HANDLE, CASE, personal=True),
    "POST /v1/cases/{case_id}/resolve": Access(May.HANDLE, CASE, personal=True),
    "POST /v1/cases/{case_id}/cause": Access(May.HANDLE, CASE, personal=True),
    "POST /v1/cases/{case_id}/{action}": Access(May.LEAD, CASE, personal=True),
    "POST /v1/cases/bulk": Access(May.LEAD, of_many=True, personal=True),
    "GET /v1/churns": Access(May.READ, of_many=True),
    "GET /v1/winbacks": Access(May.READ, BY_CUSTOMER),
    "GET /v1/customers/{id}/grievances": Access(May.READ, CUSTOMER),
    "GET /v1/customers/{id}/survey": Access(May.READ, CUSTOMER),
    "GET /v1/feedback": Access(May.READ, BY_CUSTOMER),
    "POST /v1/feedback/{feedback_id}/tag": Access(May.HANDLE, FEEDBACK),
    "POST /v1/feedback/{feedback_id}/plan": Access(May.HANDLE, FEEDBACK),
    "POST /v1/feedback/{feedback_id}/plan/complete": Access(May.HANDLE, FEEDBACK),
    "GET /v1/elements": READ,
    "GET /v1/improvements": READ,
    "GET /v1/improvements/candidates": READ,
    "POST /v1/improvements": LEAD,
    "POST /v1/improvements/{item_id}/rate": LEAD,
    "POST /v1/improvements/{item_id}/solution": LEAD,
    "POST /v1/improvements/{item_id}/steps/{step}/complete": LEAD,
    "GET /v1/promises": READ,
    "POST /v1/promises": LEAD,
    "POST /v1/promises/{promise_id}/confirm": LEAD,
    "POST /v1/promises/{promise_id}/activate": LEAD,
    "GET /v1/kpis": READ,
    "POST /v1/kpis/{kpi}/imports": Access(May.TELL),
    "GET /v1/guarantees": Access(May.READ, BY_CUSTOMER),
    "GET /v1/quality": READ,
    "GET /v1/exports/{table}": Access(May.READ, of_many=True, personal=True),
    "GET /v1/dimensions": READ,
    "GET /v1/drivers": READ,
    "GET /v1/aspects": READ,
    "GET /v1/trainings": READ,
}


async def sees(engine: Engine, connection: asyncpg.Connection, thing: str, id: str, agents: Collection[str]) -> bool:
    """By the owner of the customer concerned."""
    customer = await _customer(connection, thing, id)
    return customer is not None and await is_owned(engine, connection, customer, agents)


async def _customer(connection: asyncpg.Connection, thing: str, id: str) -> UUID | None:
    if thing == "feedback":
        found = await loop.find_feedback(connection, id)
        return found[1] if found else None
    known = uuid_of(id)
    if known is None or thing == "customer":
        return known
    case: UUID | None = await connection.fetchval(cases.OWNER, known)
    return case
