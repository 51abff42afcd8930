"""Putting a customer in another stage."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import asyncpg
from fastapi import APIRouter, Request, Response

from services.profile.domain.commands import ChangeLifecycle, LifecycleChange
from services.profile.queries.files import load_state
from shared.engine.alias import canonical
from shared.postgres.pool import borrow
from shared.web.commands import run_command
from shared.web.deps import engine_of
from shared.web.problems import not_found

router = APIRouter()


@router.post("/customers/{customer_id}/lifecycle")
async def change_lifecycle(request: Request, customer_id: UUID, change: LifecycleChange) -> Response:
    """Where the policy lets the customer go; 409 `transition_not_allowed` says where that is (PR-22)."""
    async with borrow(engine_of(request).pool) as connection:
        customer = await canonical(connection, customer_id)
        if await load_state(connection, customer) is None:
            raise not_found("this customer")

    async def answer(connection: asyncpg.Connection) -> dict[str, Any]:
        state = await load_state(connection, customer)
        if state is None:
            raise not_found("this customer")
        return {"lifecycle": state.lifecycle.stage, "previous": state.lifecycle.previous}

    return await run_command(request, customer, ChangeLifecycle(**dict(change)), answer)
