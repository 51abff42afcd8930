"""Which role gets through which route: a table without gaps, and the gate that goes by it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Iterator, Mapping, Sequence
from typing import Any, Final, Literal
from uuid import UUID

import asyncpg
from fastapi import FastAPI, Request
from fastapi.routing import iter_route_contexts
from msgspec import Struct

from shared.engine.apply import Engine
from shared.postgres.pool import READING, begun, borrow
from shared.web.audit import Entry
from shared.web.deps import engine_of, known_query, principal_of
from shared.web.owners import uuid_of
from shared.web.problems import Problem, not_found
from shared.web.roles import May, Principal


class Whose(Struct, frozen=True):
    """What of a request says whose customer it is about. `things`: customer, task …; agent: the id of one."""

    thing: str
    at: Literal["path", "query", "body"]
    names: tuple[str, ...]


class Access(Struct, frozen=True):
    """What one route asks of who asks."""

    may: May | None
    """None: of everybody who reaches the port."""
    whose: tuple[Whose, ...] = ()
    """Of an agent: the first of them that the request names must be theirs."""
    of_many: bool = False
    """Shows or changes customers without naming one: not for those who see their own alone."""
    personal: bool = False
    """Shows or changes names, addresses, handles, words: what the audit log tells of."""
    signed: bool = False
    """Checks a signature itself where no credential was sent."""


Table = Mapping[str, Access]
"""`METHOD /path` -> what it asks for."""
Sees = Callable[[Engine, asyncpg.Connection, str, str, Collection[str]], Awaitable[bool]]
"""Whether what has this id (a `customer`, a `task` …) is for one of these agents; False where there is none."""


async def sees_nothing(_engine: Engine, _connection: asyncpg.Connection, _thing: str, _id: str, _: object) -> bool:
    """Of a service without routes about customers."""
    return False


OPEN: Final = Access(None)
UNTOLD: Final = frozenset({May.ASK, May.READ, May.TELL})
"""Rights whose use is not told of where nothing personal is shown; the journal has what other systems told, and who."""
PROBES: Final[Table] = {
    "GET /livez": OPEN,
    "GET /readyz": OPEN,
    "GET /metrics": OPEN,
    "GET /openapi.json": OPEN,
    "GET /asyncapi.json": OPEN,
}


def path(thing: str, name: str) -> tuple[Whose, ...]:
    """Named by the path."""
    return (Whose(thing, "path", (name,)),)


def query(thing: str, name: str) -> tuple[Whose, ...]:
    """Named by a filter, which those who see own customers alone must give."""
    return (Whose(thing, "query", (name,)),)


class Unlisted(Exception):
    """A route without a line in the table, or a line without a route."""


def table_of(app: FastAPI, table: Table) -> dict[Any, tuple[str, Access]]:
    """Endpoint -> its line. Raises Unlisted: nothing is served that nobody has thought about."""
    found = dict(routes_of(app))
    if wrong := sorted(found.keys() ^ table.keys()):
        raise Unlisted(f"a route and its line in the table of access belong together: {', '.join(wrong)}")
    return {endpoint: (name, table[name]) for name, endpoint in found.items()}


def routes_of(app: FastAPI) -> Iterator[tuple[str, Any]]:
    """`METHOD /path` and endpoint of everything that the application answers."""
    for route in iter_route_contexts(app.routes):
        for method in sorted((route.methods or {"*"}) - {"HEAD"}):
            yield f"{method} {route.path}", route.endpoint


async def entering(request: Request) -> None:
    """Before every route."""
    await admit(request)
    await known_query(request)


async def admit(request: Request) -> None:
    """Problem 401, 403, or 404 for another agent's customer. What the audit log tells of is in it first."""
    line, access = request.app.state.access[request.scope["endpoint"]]
    if access.may is None:
        return
    principal = principal_of(request)
    if principal is None:
        if access.signed:
            return
        raise Problem(401, "unauthorised", "send the header Authorization: Bearer <token>")
    refusal = await _refusal(request, access, principal)
    if access.personal or (principal.personal and access.may not in UNTOLD):
        outcome: Literal["let in", "refused"] = "refused" if refusal else "let in"
        entry = Entry(principal.id, principal.role, line, _about(request), outcome)
        await request.app.state.trail.append(request, entry)
    if refusal is not None:
        raise refusal


def _about(request: Request) -> UUID | None:
    """The first id of the path; what is no id might be a name."""
    return next((id for id in map(uuid_of, map(str, request.path_params.values())) if id), None)


async def _refusal(request: Request, access: Access, principal: Principal) -> Problem | None:
    """Why not: 403, or 404 for what is about another agent's customer, as for what is not there."""
    if access.may is not None and not principal.may(access.may):
        return Problem(403, "forbidden", f"this asks for the right to {access.may}, which {principal.role} has not")
    if principal.sees_all or not (access.whose or access.of_many):
        return None
    if access.of_many:
        return Problem(403, "forbidden", "this is about customers of everybody: ask somebody who may see them all")
    for whose in access.whose:
        if given := await _given(request, whose):
            return await _not_theirs(request, whose.thing, given, principal)
    names = " or ".join(whose.names[0] for whose in access.whose)
    return Problem(403, "forbidden", f"you see your own customers alone: give {names}")


async def _given(request: Request, whose: Whose) -> Sequence[str]:
    if whose.at == "body":
        return [value for name in whose.names for value in _listed(await _body(request), name)]
    told = request.path_params if whose.at == "path" else request.query_params
    return [str(told[name]) for name in whose.names if told.get(name)]


async def _body(request: Request) -> Any:
    try:
        return await request.json()
    except ValueError:
        return None


def _listed(body: Any, name: str) -> list[str]:
    value = body.get(name) if isinstance(body, dict) else None
    return [str(each) for each in value] if isinstance(value, list) else [] if value is None else [str(value)]


async def _not_theirs(request: Request, thing: str, given: Sequence[str], principal: Principal) -> Problem | None:
    if thing == "agent":
        if all(each in principal.agents for each in given):
            return None
        return Problem(403, "forbidden", f"this is not yours: {', '.join(sorted(principal.agents))} is")
    engine, sees = engine_of(request), request.app.state.sees
    async with borrow(engine.pool) as connection, begun(connection, READING):
        for id in given:
            if not await sees(engine, connection, thing, id, principal.agents):
                return not_found(f"{thing} {id}")
    return None
