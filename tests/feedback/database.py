"""The engine over a real database as a reader of facts, and the routes."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID, uuid5

import pytest

from services.feedback.api import router
from services.feedback.domain.rules import RULES
from services.feedback.store import LEDGERS
from services.feedback.subscriptions import SUBSCRIPTIONS
from shared.contracts import grading, profile
from shared.contracts.data import Data
from shared.engine import wakeups
from tests.harness.engines import fact_input, routes

SPACE = UUID("0b8f3f0e-0000-4000-8000-000000000004")
ANN, BOB, CID = (uuid5(SPACE, name) for name in ("ann", "bob", "cid"))
START = "2025-03-10"


def instant(day: str, clock: str = "00:00") -> datetime:
    return datetime.combine(date.fromisoformat(day), time.fromisoformat(clock), tzinfo=UTC)


class Stack:
    """The engine as a reader of facts, and the routes."""

    def __init__(self, engine: Any, client: Any) -> None:
        self.engine, self.client, self.number = engine, client, 0
        self.today = START

    async def tell(self, data: Data, customer: UUID = ANN, at: str | None = None) -> Any:
        self.number += 1
        moment = instant(at or self.today) + timedelta(hours=9, microseconds=self.number)
        applied = await self.engine.apply([fact_input(data, moment, customer, uuid5(SPACE, str(self.number)))])
        assert not applied.failures, applied.failures
        return applied

    async def to(self, day: str) -> None:
        """To 00:00 of this day, with all that was due before."""
        self.today = day
        await self.engine.pool.execute("update clock set now = $1", instant(day) + timedelta(microseconds=1))
        while await wakeups.run_due(self.engine, "clock"):
            pass

    async def tier(self, tier: str, customer: UUID = ANN) -> None:
        await self.tell(grading.TierAssigned(tier=tier, basis="computed", supply_priority=False), customer)

    async def left(self, customer: UUID = ANN, kind: str = "abnormal", reason: str = "service") -> None:
        await self.tell(profile.CustomerChurned(kind=kind, reason=reason), customer)

    async def complain(self, complaint_id: str = "c1", customer: UUID = ANN, **more: Any) -> None:
        facts: dict[str, Any] = {"fault": "company", "severity": "minor", "correctable": True} | more
        await self.tell(profile.ComplaintReceived(complaint_id=complaint_id, **facts), customer)

    async def get(self, path: str, expect: int = 200, **query: Any) -> Any:
        answer = await self.client.get(path, params={k: str(v) for k, v in query.items()})
        assert answer.status_code == expect, answer.text
        return answer.json() if expect == 200 else answer

    async def post(self, path: str, body: Any, expect: int = 200, slug: str | None = None, **headers: str) -> Any:
        answer = await self.client.post(path, json=body, headers=headers)
        assert answer.status_code == expect, answer.text
        if slug:
            assert answer.json()["type"] == f"urn:holdfast:{slug}"
        return answer.json()

    async def said(self, name: str) -> list[dict[str, Any]]:
        """Data of the facts in the outbox whose type ends so, oldest first."""
        rows = await self.engine.pool.fetch(
            "select convert_from(payload, 'UTF8')::json ->> 'type' as type, convert_from(payload, 'UTF8') as body "
            "from outbox order by id"
        )
        return [json.loads(row["body"])["data"] for row in rows if row["type"].endswith(f"{name}.v1")]


@pytest.fixture
async def stack(engine_of):
    """The routes of feedback over its engine, on 2025-03-10."""
    engine = await engine_of(RULES, LEDGERS, SUBSCRIPTIONS, f"{START}T09:00:00+00:00")
    async with routes(engine, router) as client:
        client.base_url = "http://service/v1"
        yield Stack(engine, client)
