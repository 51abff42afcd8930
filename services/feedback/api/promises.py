"""The routes of public promises (FB-16)."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4, uuid5

import asyncpg
import msgspec
from fastapi import APIRouter, Request, Response

from services.feedback.domain.commands_of_things import (
    ActivatePromise,
    Confirmation,
    ConfirmPromise,
    NewPromise,
    OpenPromise,
)
from services.feedback.domain.improvement_seed import ITEMS
from services.feedback.queries import loop
from shared.web.commands import Answer, run_command
from shared.web.deps import Db, Page
from shared.web.pages import page, seek
from shared.web.problems import not_found

router = APIRouter()


@router.get("/promises")
async def list_promises(connection: Db, page_of: Page) -> dict[str, Any]:
    """In the order in which they were drafted."""

    def read(at: Any, promise_id: Any) -> tuple[datetime | None, UUID | None]:
        return datetime.fromisoformat(at), UUID(promise_id)

    after = seek(page_of.after, read) or (None, None)
    items = await loop.items_of(connection, loop.PROMISES, *after, page_of.limit + 1)
    return page(items, page_of.limit, lambda item: [item["opened_at"], item["promise_id"]])


@router.post("/promises", status_code=201)
async def open_promise(request: Request, given: NewPromise) -> Response:
    """A draft that waits for its touchpoints."""
    id = request.headers.get("Idempotency-Key") or str(uuid4())
    promise_id = uuid5(ITEMS, f"promise {id}")
    command = OpenPromise(promise_id=promise_id, **dict(given))
    return await run_command(request, promise_id, command, _shown(promise_id), 201, id)


@router.post("/promises/{promise_id}/confirm")
async def confirm_promise(request: Request, promise_id: UUID, given: Confirmation) -> Response:
    """One touchpoint supports it."""
    command = ConfirmPromise(promise_id=promise_id, **dict(given))
    return await run_command(request, promise_id, command, _shown(promise_id))


@router.post("/promises/{promise_id}/activate")
async def activate_promise(request: Request, promise_id: UUID) -> Response:
    """Make it in public."""
    return await run_command(request, promise_id, ActivatePromise(promise_id=promise_id), _shown(promise_id))


def _shown(promise_id: UUID) -> Answer:
    async def show(connection: asyncpg.Connection) -> dict[str, Any]:
        found = await connection.fetchval(loop.ONE_PROMISE, promise_id)
        if found is None:
            raise not_found(f"promise {promise_id}")
        shown: dict[str, Any] = msgspec.json.decode(found)
        return shown

    return show
