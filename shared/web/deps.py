"""What routes ask for: a connection, the clock, the policy, the page."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from datetime import datetime
from typing import Annotated, Any

import asyncpg
from fastapi import Depends, Query, Request
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from msgspec import Struct

from shared.contracts.policy import Policy
from shared.engine.apply import ClockUnset, Engine
from shared.postgres.pool import READING, begun, borrow
from shared.web import pages
from shared.web.problems import Problem
from shared.web.roles import May, Principal


def engine_of(request: Request) -> Engine:
    """The engine of the service that answers; 503 until it has been built."""
    engine: Engine | None = request.app.state.service.engine
    if engine is None:
        raise Problem(503, "not_ready", "the service is starting: its database has not answered yet")
    return engine


async def _connection(request: Request) -> AsyncIterator[asyncpg.Connection]:
    async with borrow(engine_of(request).pool) as connection, begun(connection, READING):
        yield connection


def principal_of(request: Request) -> Principal | None:
    """Who asks; None where no credential was sent."""
    principal: Principal | None = getattr(request.state, "principal", None)
    return principal


def trace_of(request: Request) -> str | None:
    """The context of what follows from the request; None where nobody traces it."""
    context: str | None = getattr(request.state, "trace", None)
    return context


def may_see_staff(request: Request) -> bool:
    """Whether what is said about staff is for who asks; without a word about them, it is not."""
    principal = principal_of(request)
    return principal is not None and principal.may(May.STAFF)


def require_staff(request: Request) -> None:
    """Problem 403 for whom it is not."""
    if not may_see_staff(request):
        raise Problem(403, "forbidden", "this is about staff: ask somebody whose role has the right to it")


Db = Annotated[asyncpg.Connection, Depends(_connection)]


async def _now(request: Request, connection: Db) -> datetime:
    now = await engine_of(request).clock.read(connection)
    if now is None:
        raise ClockUnset("the simulated clock has not been set: send clock.moved first")
    return now


async def _policy(request: Request, connection: Db) -> Policy:
    return await engine_of(request).policies.active(connection)


Now = Annotated[datetime, Depends(_now)]
ActivePolicy = Annotated[Policy, Depends(_policy)]


async def _documents(request: Request, connection: Db) -> Mapping[str, Any]:
    return await engine_of(request).references.active(connection)


Documents = Annotated[Mapping[str, Any], Depends(_documents)]
"""The active reference documents by name."""


class PageOf(Struct, frozen=True):
    limit: int
    after: list[Any] | None


async def _page(limit: Annotated[int, Query(ge=1, le=pages.MOST)] = 50, cursor: str | None = None) -> PageOf:
    return PageOf(limit, pages.decode(cursor) if cursor else None)


Page = Annotated[PageOf, Depends(_page)]


async def known_query(request: Request) -> None:
    """Refuse a filter that the route does not have: a typing mistake must not look like an answer."""
    route = request.scope.get("route")
    if not request.query_params or not isinstance(route, APIRoute):
        return
    known = _queries(route.dependant)
    unknown = sorted(set(request.query_params) - known)
    if unknown:
        has = ", ".join(sorted(known)) or "none"
        raise Problem(422, "invalid_query", f"unknown filter {', '.join(unknown)}; this route has: {has}")


def _queries(dependant: Dependant) -> set[str]:
    own = {field.alias for field in dependant.query_params}
    return own.union(*(_queries(inner) for inner in dependant.dependencies))
