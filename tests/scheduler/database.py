"""The engine over a real database as a reader of facts, and the routes."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from uuid import UUID, uuid4, uuid5

import asyncpg
import httpx2
import msgspec
import pytest
from fastapi import Depends, FastAPI

from holdfast.local.postgres import EmbeddedPostgres
from services.scheduler.api import router
from services.scheduler.app import MIGRATIONS
from services.scheduler.domain.rules import RULES
from services.scheduler.store import LEDGERS
from services.scheduler.subscriptions import SUBSCRIPTIONS
from shared.contracts import feedback, grading, profile
from shared.contracts.envelope import Envelope, encode
from shared.contracts.policy import default_policy, document
from shared.contracts.topics import DEFAULT
from shared.engine import policies
from shared.engine.apply import Engine
from shared.engine.clocks import Clock
from shared.engine.decision import Event
from shared.engine.inputs import Input
from shared.engine.subscriptions import reads
from shared.postgres.migrations import migrate
from shared.postgres.pool import open_pool
from shared.web import problems
from shared.web.deps import known_query
from tests.scheduler.desk import CASE, TICK, day

SPACE = UUID("0b8f3f0e-0000-4000-8000-000000000003")
ANN, BOB, CID = (uuid5(SPACE, name) for name in ("ann", "bob", "cid"))
NEED = {"demand": "latent"}
CONTACT = {"mode": "contact", "channel": "phone", "outcome": "advanced", "need": NEED}
READ = (
    "insert into consumer_offset (topic, part, next_offset, applied_until) values ('t', 0, 0, '2100-01-01T00:00:00Z')"
)


@pytest.fixture(scope="module")
def server():
    folder = Path(tempfile.mkdtemp(prefix="holdfast-scheduler-"))
    folder.chmod(0o755)
    postgres = EmbeddedPostgres(folder / "data", folder / "log")
    postgres.start()
    asyncio.run(make_template(postgres.dsn))
    yield postgres.dsn
    postgres.stop()
    shutil.rmtree(folder, ignore_errors=True)


async def make_template(dsn):
    await on(dsn, lambda connection: connection.execute("create database migrated"))
    await on(of(dsn, "migrated"), prepare)


async def prepare(connection):
    await migrate(connection, MIGRATIONS)
    await policies.install(connection, msgspec.json.encode(document(default_policy())))
    await connection.execute("insert into clock (single, now) values (true, '2025-03-01T00:00:00Z')")
    await connection.execute(READ)


async def on(dsn, work):
    connection = await asyncpg.connect(dsn)
    try:
        await work(connection)
    finally:
        await connection.close()


def of(dsn, database):
    return f"{dsn.rpartition('/')[0]}/{database}"


@pytest.fixture
async def engine(server):
    name = f"s_{uuid4().hex}"
    await on(server, lambda connection: connection.execute(f"create database {name} template migrated"))
    pool = await open_pool(of(server, name), "test", 4)
    yield Engine(RULES, LEDGERS, pool, Clock("simulated"), reads(SUBSCRIPTIONS, RULES.commands, DEFAULT))
    await pool.close()


@pytest.fixture
async def client(engine):
    app = FastAPI(dependencies=[Depends(known_query)])
    app.state.service = SimpleNamespace(engine=engine)
    problems.install(app)
    app.include_router(router)
    transport = httpx2.ASGITransport(app=app)
    async with httpx2.AsyncClient(transport=transport, base_url="http://scheduler/v1") as client:
        yield client


class Stack:
    """The engine as a reader of facts, and the routes."""

    def __init__(self, engine, client):
        self.engine, self.client, self.number = engine, client, 0

    async def tell(self, data, on, customer=ANN):
        self.number += 1
        at, id = day(on) + TICK, uuid5(SPACE, str(self.number))
        envelope = Envelope(
            specversion="1.0",
            id=str(id),
            source="holdfast/test",
            type=data.TYPE,
            subject=str(customer),
            time=at,
            recordedtime=at,
            data=msgspec.Raw(data.model_dump_json(by_alias=True, exclude_none=True).encode()),
        )
        event = Event(id, str(id), envelope.source, data.TYPE, at, at, str(customer), data)
        applied = await self.engine.apply([Input("kafka", at, event, body=encode(envelope))])
        assert not applied.failures, applied.failures

    async def now(self, on):
        await self.engine.pool.execute("update clock set now = $1", day(on))

    async def known(self, on, grade, customer=ANN, urgency="moderate", **more):
        registered = date.fromisoformat(on)
        await self.tell(
            profile.CustomerRegistered(party="individual", kind="consumer", registered_on=registered, **more),
            on,
            customer,
        )
        await self.graded(on, grade, customer, urgency)

    async def graded(self, on, grade, customer=ANN, urgency="moderate"):
        said = grading.GradeAssigned(
            grade=grade, changed=True, basis="computed", deal_status="prospect", importance="standard",
            urgency=urgency, demand="target", policy_id="pol", as_of=date.fromisoformat(on),
        )  # fmt: skip
        await self.tell(said, on, customer)

    async def complained(self, on, customer=ANN, fault="customer"):
        opened = date.fromisoformat(on)
        said = feedback.ComplaintOpened(
            case_id=uuid5(CASE, str(customer)), complaint_id=f"c-{customer}", fault=fault, severity="minor",
            opened_on=opened, acknowledge_by_on=opened,
        )  # fmt: skip
        await self.tell(said, on, customer)

    async def get(self, path, expect=200, **query):
        answer = await self.client.get(path, params=query)
        assert answer.status_code == expect, answer.text
        return answer.json()

    async def post(self, path, body, expect=200, slug=None):
        answer = await self.client.post(path, json=body)
        assert answer.status_code == expect, answer.text
        if slug:
            assert answer.json()["type"] == f"urn:holdfast:{slug}"
        return answer.json()

    async def journal(self, customer=ANN):
        return await self.get(f"/customers/{customer}/journal")


@pytest.fixture
def stack(engine, client):
    return Stack(engine, client)
