"""The engine over a real database as a reader of facts, and the routes."""

from __future__ import annotations

from datetime import date
from uuid import UUID, uuid5

import pytest

from services.scheduler.api import router
from services.scheduler.domain.rules import RULES
from services.scheduler.store import LEDGERS
from services.scheduler.subscriptions import SUBSCRIPTIONS
from shared.contracts import feedback, grading, profile
from tests.harness.engines import fact_input, routes
from tests.scheduler.desk import CASE, TICK, day

SPACE = UUID("0b8f3f0e-0000-4000-8000-000000000003")
ANN, BOB, CID = (uuid5(SPACE, name) for name in ("ann", "bob", "cid"))
NEED = {"demand": "latent"}
CONTACT = {"mode": "contact", "channel": "phone", "outcome": "advanced", "need": NEED}


@pytest.fixture
async def engine(engine_of):
    return await engine_of(RULES, LEDGERS, SUBSCRIPTIONS, "2025-03-01T00:00:00+00:00")


@pytest.fixture
async def client(engine):
    async with routes(engine, router) as client:
        client.base_url = "http://service/v1"
        yield client


class Stack:
    """The engine as a reader of facts, and the routes."""

    def __init__(self, engine, client):
        self.engine, self.client, self.number = engine, client, 0

    async def tell(self, data, on, customer=ANN):
        self.number += 1
        at, id = day(on) + TICK, uuid5(SPACE, str(self.number))
        applied = await self.engine.apply([fact_input(data, at, customer, id)])
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
