"""Webhooks: who is called about what, with which secret, and what came of it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Request
from pydantic import ConfigDict, Field

from services.scheduler.queries import Item
from services.scheduler.webhooks import TYPES, deliveries, endpoints
from services.scheduler.webhooks.addresses import AddressRefused, checked
from services.scheduler.webhooks.deliveries import Seen
from shared.contracts.data import Name, Value
from shared.postgres.pool import begun, borrow
from shared.web.deps import Db, Page, engine_of
from shared.web.pages import page, seek
from shared.web.problems import Problem, not_found

router = APIRouter()


class EndpointAsked(Value):
    """The body of POST /v1/webhooks; no types: all there are."""

    model_config = ConfigDict(extra="forbid")

    url: Annotated[str, Field(min_length=1, max_length=2_000)]
    types: Annotated[tuple[Name, ...], Field(min_length=1, max_length=50)] = TYPES


class ReplayAsked(Value):
    """The body of POST /v1/webhooks/{id}/replay; no event: all that were given up."""

    model_config = ConfigDict(extra="forbid")

    event_id: UUID | None = None


@router.post("/webhooks", status_code=201)
async def register(asked: EndpointAsked, request: Request) -> Item:
    """The endpoint with its secret, which is shown here and after a rotation alone."""
    settings = _settings(request)
    try:
        checked(asked.url, private=settings.webhooks_private)
    except AddressRefused as refused:
        raise Problem(422, "url_not_allowed", str(refused)) from None
    if unknown := sorted(set(asked.types) - set(TYPES)):
        raise Problem(422, "type_unknown", f"Use types of {', '.join(TYPES)}, not {', '.join(unknown)}.")
    async with borrow(engine_of(request).pool) as connection, begun(connection):
        return await endpoints.register(connection, asked.url, sorted(set(asked.types)), _token(settings))


@router.get("/webhooks")
async def get_endpoints(connection: Db) -> Item:
    """All of them, without their secrets."""
    return {"items": await endpoints.list_endpoints(connection), "next_cursor": None}


@router.post("/webhooks/{id}/rotate")
async def rotate(id: UUID, request: Request) -> Item:
    """A new secret; for a day calls are signed with the one before as well."""
    async with borrow(engine_of(request).pool) as connection, begun(connection):
        found = await endpoints.rotate(connection, id, _token(_settings(request)))
    answer: Item = _known(found, id)
    return answer


@router.delete("/webhooks/{id}", status_code=204)
async def remove(id: UUID, request: Request) -> None:
    """It is called no more, and what it was to be told is forgotten."""
    async with borrow(engine_of(request).pool) as connection, begun(connection):
        if not await endpoints.remove(connection, id):
            raise not_found(f"webhook {id}")


@router.get("/webhooks/{id}/deliveries")
async def get_deliveries(
    id: UUID, connection: Db, asked: Page, state: Literal["waiting", "delivered", "failed"] | None = None
) -> Item:
    """What it was told, newest first."""
    seen = seek(asked.after, lambda at, event: Seen(datetime.fromisoformat(at), UUID(event))) or Seen()
    found = await deliveries.list_deliveries(connection, id, state, asked.limit, seen)
    return page(_known(found, id), asked.limit, lambda item: [item["created_at"], item["event_id"]])


@router.post("/webhooks/{id}/replay", status_code=202)
async def replay(id: UUID, asked: ReplayAsked, request: Request) -> Item:
    """Tell it again: the same id and bytes, a new signature."""
    async with borrow(engine_of(request).pool) as connection, begun(connection):
        found = await deliveries.replay(connection, id, asked.event_id)
    if not _known(found, id) and asked.event_id is not None:
        raise not_found(f"delivery of {asked.event_id}")
    return {"replayed": found}


def _known(found: Any, id: UUID) -> Any:
    if found is None:
        raise not_found(f"webhook {id}")
    return found


def _settings(request: Request) -> Any:
    return request.app.state.service.settings


def _token(settings: Any) -> str:
    return str(settings.token.get_secret_value())
