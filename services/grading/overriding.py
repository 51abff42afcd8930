"""The routes by which a person sets a grade, a tier or a segment, and what is asked about it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import asyncpg
from fastapi import APIRouter, Request, Response

from services.grading.domain.commands import OverrideBody, RemoveOverride, SetOverride
from shared.engine.alias import canonical
from shared.postgres.pool import READING, begun, borrow
from shared.web.commands import run_command
from shared.web.deps import engine_of
from shared.web.erased import missing
from shared.web.problems import not_found

router = APIRouter(prefix="/v1")

OPEN = """
select override_id, field, value, reason, author, until_on, set_at from override
 where customer_id = $1 and ended_at is null order by field, set_at, override_id
"""
KNOWN = "select customer_id from override where override_id = $1"
CUSTOMER = "select customer_id from customer where customer_id = $1"
SET = """
select override_id from override
 where customer_id = $1 and ended_at is null and field = $2 and value = $3 order by set_at desc limit 1
"""


@router.post("/customers/{id}/overrides", status_code=201)
async def set_override(id: UUID, body: OverrideBody, request: Request) -> Response:
    """From now on the customer is what this says; what is computed runs on beside it."""
    async with borrow(engine_of(request).pool) as connection, begun(connection, READING):
        customer = await canonical(connection, id)
        if await connection.fetchval(CUSTOMER, customer) is None:
            raise await missing(connection, id)

    async def answer(connection: asyncpg.Connection) -> dict[str, Any]:
        return {"override_id": str(await connection.fetchval(SET, customer, body.field, body.value))}

    return await run_command(request, customer, SetOverride(**dict(body)), answer, 201)


@router.delete("/customers/{id}/overrides/{override_id}", status_code=204)
async def remove_override(id: UUID, override_id: UUID, request: Request) -> Response:
    """What is computed is in force again."""
    async with borrow(engine_of(request).pool) as connection, begun(connection, READING):
        customer = await canonical(connection, id)
        if await connection.fetchval(KNOWN, override_id) != customer:
            raise not_found(f"override {override_id}")

    async def answer(_connection: asyncpg.Connection) -> dict[str, Any]:
        return {}

    await run_command(request, customer, RemoveOverride(override_id=override_id), answer, 204)
    return Response(status_code=204)


async def overrides_of(connection: asyncpg.Connection, customer: UUID) -> list[dict[str, Any]]:
    """Those in force; the one on the grade goes first."""
    return [
        dict(row)
        | {"override_id": str(row["override_id"]), "until_on": row["until_on"] and row["until_on"].isoformat()}
        for row in await connection.fetch(OPEN, customer)
    ]
