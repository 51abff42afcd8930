"""One service's engine and routes in the test's own process, over a database of the test."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from types import SimpleNamespace
from uuid import UUID

import asyncpg
import httpx2
import msgspec
import pytest
from fastapi import APIRouter, Depends, FastAPI, Request
from pydantic import SecretStr

from shared.contracts.data import Data
from shared.contracts.envelope import Envelope, encode
from shared.contracts.policy import default_policy, document
from shared.contracts.reading import dump_data
from shared.contracts.topics import DEFAULT
from shared.engine import policies
from shared.engine.apply import Engine
from shared.engine.clocks import Clock
from shared.engine.decision import Event, Rules
from shared.engine.inputs import Input
from shared.engine.ledger import Ledger
from shared.engine.subscriptions import Subscriptions, reads
from shared.postgres.pool import borrow, open_pool
from shared.web import problems
from shared.web.deps import known_query
from shared.web.roles import Principal, Role

READ = (
    "insert into consumer_offset (topic, part, next_offset, applied_until) values ('t', 0, 0, '2100-01-01T00:00:00Z')"
)

SERVED: dict[int, FastAPI] = {}
EngineOf = Callable[[Rules, Sequence[Ledger], Subscriptions, str], Awaitable[Engine]]


@pytest.fixture
async def engine_of(database_of: Callable[[str], str]) -> AsyncIterator[EngineOf]:
    """`await engine_of(rules, ledgers, subscriptions, clock)`: under the default policy, its clock simulated."""
    pools: list[asyncpg.Pool] = []

    async def made(rules: Rules, ledgers: Sequence[Ledger], subscriptions: Subscriptions, clock: str) -> Engine:
        pools.append(pool := await open_pool(database_of(rules.service), "test", 4))
        async with borrow(pool) as connection:
            await policies.install(connection, msgspec.json.encode(document(default_policy())))
            await connection.execute("insert into clock (single, now) values (true, $1)", datetime.fromisoformat(clock))
            await connection.execute(READ)
        return Engine(rules, ledgers, pool, Clock("simulated"), reads(subscriptions, rules.commands, DEFAULT))

    yield made
    for pool in pools:
        await pool.close()


@asynccontextmanager
async def routes(engine: Engine, router: APIRouter) -> AsyncIterator[httpx2.AsyncClient]:
    """A client of these routes as the service serves them.

    The header `Role: staff_program` stands for the lesser token, an empty one for none.
    """
    app = _served(router)
    settings = SimpleNamespace(token=SecretStr("a token of tests"), webhooks_private=False)
    app.state.service = SimpleNamespace(engine=engine, settings=settings)
    transport = httpx2.ASGITransport(app=app)
    async with httpx2.AsyncClient(transport=transport, base_url="http://service") as client:
        yield client


async def _enter(request: Request) -> None:
    role = request.headers.get("Role", Role.ADMIN)
    request.state.principal = Principal("test", Role(role), personal=False) if role else None


def _served(router: APIRouter) -> FastAPI:
    """Built once for all tests of a service, whose router lives as long as they."""
    if id(router) not in SERVED:
        app = SERVED[id(router)] = FastAPI(dependencies=[Depends(_enter), Depends(known_query)])
        problems.install(app)
        app.include_router(router)
    return SERVED[id(router)]


def fact_input(data: Data, at: datetime, customer: UUID, id: UUID) -> Input:
    """A fact about a customer as another service announced it."""
    envelope = Envelope(
        specversion="1.0",
        id=str(id),
        source="holdfast/test",
        type=data.TYPE,
        subject=str(customer),
        time=at,
        recordedtime=at,
        data=msgspec.Raw(dump_data(data)),
    )
    event = Event(id, str(id), envelope.source, data.TYPE, at, at, str(customer), data)
    return Input("kafka", at, event, body=encode(envelope))
