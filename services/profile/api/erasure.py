"""A person's right: to be forgotten."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import asyncpg
from fastapi import APIRouter, Request, Response

from services.profile.api.asked import file_of
from services.profile.domain.erasure import EraseCustomer
from shared.postgres.pool import borrow
from shared.web.commands import run_command
from shared.web.deps import engine_of

router = APIRouter()


@router.post("/customers/{customer_id}/erase", status_code=202)
async def erase_customer(request: Request, customer_id: UUID, asked: EraseCustomer) -> Response:
    """Forget the person here, and tell the others to: every file that was merged into this one goes with it (CN-05)."""
    async with borrow(engine_of(request).pool) as connection:
        customer = (await file_of(connection, customer_id)).customer

    async def answer(_connection: asyncpg.Connection) -> dict[str, Any]:
        return {"customer_id": customer}

    return await run_command(request, customer, asked, answer, 202)
