"""Taking a merge back."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

import asyncpg
from fastapi import APIRouter, Request, Response
from pydantic import ConfigDict, Field

from services.profile.api.asked import file_of
from services.profile.domain.commands import SplitFile
from services.profile.domain.handles import normal_handle
from services.profile.queries import files
from services.profile.queries.handles import handle_of
from shared.contracts.data import Value
from shared.postgres.pool import borrow
from shared.web.commands import run_command
from shared.web.deps import engine_of
from shared.web.problems import Problem

router = APIRouter()


class Split(Value):
    """`other`: a handle of the file that was taken in, or the id that it had."""

    model_config = ConfigDict(extra="forbid")

    other: Annotated[str, Field(max_length=512)]


@router.post("/customers/{customer_id}/split")
async def split_customer(customer_id: UUID, asked: Split, request: Request) -> Response:
    """Give a file that was taken in back to itself; all that came under its handles goes with it."""
    engine = engine_of(request)
    async with borrow(engine.pool) as connection:
        await file_of(connection, customer_id)
        command = SplitFile(other=await _handle(connection, asked.other))

    async def answer(connection: asyncpg.Connection) -> dict[str, Any]:
        file = await file_of(connection, customer_id)
        policy = await engine.policies.active(connection)
        return await files.show_customer(connection, file.customer, file.state, policy)

    return await run_command(request, customer_id, command, answer)


async def _handle(connection: asyncpg.Connection, other: str) -> str:
    if (handle := normal_handle(other)) is not None:
        return handle
    try:
        found = await handle_of(connection, UUID(other))
    except ValueError:
        raise Problem(422, "invalid_body", "other: give a handle, <kind>:<value>, or a customer id") from None
    if found is None:
        raise Problem(409, "not_merged", "This customer has not taken that file in: give a handle of one that it has.")
    return found
