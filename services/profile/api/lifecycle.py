"""Putting a customer in another stage."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import asyncpg
from fastapi import APIRouter, Request, Response

from services.profile.api.asked import file_of
from services.profile.domain.commands import ChangeLifecycle, LifecycleChange
from shared.postgres.pool import borrow
from shared.web.commands import run_command
from shared.web.deps import engine_of

router = APIRouter()


@router.post("/customers/{customer_id}/lifecycle")
async def change_lifecycle(request: Request, customer_id: UUID, change: LifecycleChange) -> Response:
    """Where the policy lets the customer go; 409 `transition_not_allowed` says where that is (PR-22)."""
    async with borrow(engine_of(request).pool) as connection:
        customer = (await file_of(connection, customer_id)).customer

    async def answer(connection: asyncpg.Connection) -> dict[str, Any]:
        lifecycle = (await file_of(connection, customer)).state.lifecycle
        return {"lifecycle": lifecycle.stage, "previous": lifecycle.previous}

    return await run_command(request, customer, ChangeLifecycle(**dict(change)), answer)
