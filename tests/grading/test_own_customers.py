"""Whose grades an agent sees who sees their own customers alone (P19)."""

from __future__ import annotations

from datetime import date
from uuid import uuid5

from services.grading.access import sees
from services.grading.domain.rules import RULES
from services.grading.store import LEDGERS
from services.grading.subscriptions import SUBSCRIPTIONS
from shared.contracts.profile import CustomerRegistered
from tests.grading.conftest import SPACE
from tests.harness.engines import fact_input

ANN, BOB = uuid5(SPACE, "ann"), uuid5(SPACE, "bob")


async def test_a_grade_is_seen_by_whoever_looks_after_the_customer(engine_of, facts):
    engine = await engine_of(RULES, LEDGERS, SUBSCRIPTIONS, "2025-03-20T00:00:00+00:00")
    said = CustomerRegistered(party="individual", kind="consumer", registered_on=date(2025, 3, 1), owner="ann")
    applied = await engine.apply([fact_input(said, facts.instant("2025-03-01"), ANN, uuid5(SPACE, "1"))])
    assert not applied.failures
    async with engine.pool.acquire() as connection:
        seen = [
            await sees(engine, connection, "customer", str(id), agents)
            for id, agents in ((ANN, {"ann"}), (ANN, {"bob", "ann"}), (ANN, {"bob"}), (BOB, {"ann"}), ("?", {"ann"}))
        ]
    assert seen == [True, True, False, False, False]
