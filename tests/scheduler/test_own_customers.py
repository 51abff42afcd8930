"""Whose work an agent sees who sees their own alone (P19)."""

from __future__ import annotations

from services.scheduler.access import sees
from tests.scheduler.database import ANN, BOB


async def seen(stack, agent, thing, *ids):
    async with stack.engine.pool.acquire() as connection:
        return [await sees(stack.engine, connection, thing, str(id), {agent}) for id in ids]


async def test_an_agent_sees_own_customers_their_work_and_what_was_given_to_them(stack):
    await stack.known("2025-03-01", "C", ANN, owner="ann")
    await stack.known("2025-03-01", "C", BOB, owner="bob")
    assert await seen(stack, "ann", "customer", ANN, BOB, "no id", stack.number) == [True, False, False, False]
    followups = [(await stack.journal(customer))["open"]["followup_id"] for customer in (ANN, BOB)]
    assert await seen(stack, "bob", "follow-up", *followups) == [False, True]
    tasks = [
        (await stack.post("/tasks", {"customer_id": str(BOB), "kind": "call", **more}, 201))["task_id"]
        for more in ({}, {"owner": "ann"})
    ]
    assert await seen(stack, "ann", "task", *tasks) == [False, True]
    assert await seen(stack, "bob", "task", *tasks) == [True, True], "whose customer it is has a right to know"
    assert await seen(stack, "ann", "unheard-of", ANN) == [False]


async def test_a_deputy_sees_whom_they_stand_in_for_and_no_longer(stack):
    await stack.known("2025-03-01", "C", ANN, owner="ann")
    assert await seen(stack, "bob", "customer", ANN) == [False]
    await stack.post("/agents/ann/absences", {"from_on": "2025-03-18", "to_on": "2025-03-20", "deputy": "bob"})
    await stack.now("2025-03-18")
    assert await seen(stack, "bob", "customer", ANN) == [True]
    await stack.now("2025-03-21")
    assert await seen(stack, "bob", "customer", ANN) == [False]
