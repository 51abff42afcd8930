"""An agent's work list as a calendar."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response

from services.scheduler import feeds
from services.scheduler.api.asked import Today
from services.scheduler.queries import Item
from shared.postgres.pool import begun, borrow
from shared.web.deps import Db, Now, engine_of
from shared.web.problems import Problem

router = APIRouter()

Agent = Annotated[str, Path(min_length=1, max_length=255, pattern=r"^[^\x00]*$")]


@router.get("/agents/{id}/calendar.ics")
async def get_calendar(
    id: Agent,
    connection: Db,
    now: Now,
    today: Today,
    request: Request,
    signature: Annotated[str, Query(max_length=200)] = "",
) -> Response:
    """For people with the token, and for calendar programs that were given a signed address."""
    known = bool(request.scope.get("state", {}).get("known"))
    if not known and not await feeds.is_valid(connection, id, signature, _secret(request)):
        raise Problem(403, "forbidden", "This address is not valid any more: ask for a new one of this agent.")
    return Response(await feeds.calendar_of(connection, id, today, now), media_type="text/calendar")


@router.post("/agents/{id}/calendar", status_code=201)
async def give_address(id: Agent, request: Request) -> Item:
    """The address for a calendar program; the same one until it is revoked."""
    async with borrow(engine_of(request).pool) as connection, begun(connection):
        return {"url": await feeds.address_of(connection, id, _secret(request))}


@router.delete("/agents/{id}/calendar", status_code=204)
async def revoke_addresses(id: Agent, request: Request) -> None:
    """Every address that was given out for this agent is void."""
    async with borrow(engine_of(request).pool) as connection, begun(connection):
        await feeds.revoke(connection, id)


def _secret(request: Request) -> str:
    settings: Any = request.app.state.service.settings
    return str(settings.token.get_secret_value())
