"""Whose cases an agent sees who sees their own customers alone (P19)."""

from __future__ import annotations

from datetime import date

from services.feedback.access import sees
from shared.contracts.profile import CustomerMerged, CustomerRegistered, CustomerUpdated, FeedbackReceived
from tests.feedback.database import ANN, BOB


async def seen(stack, agent, thing, *ids):
    async with stack.engine.pool.acquire() as connection:
        return [await sees(stack.engine, connection, thing, str(id), {agent}) for id in ids]


async def test_cases_and_feedback_are_seen_by_whoever_looks_after_the_customer_now(stack):
    on = date(2025, 3, 1)
    await stack.tell(CustomerRegistered(party="individual", kind="consumer", registered_on=on, owner="ann"))
    await stack.complain()
    await stack.tell(FeedbackReceived(feedback_id="f1", kind="suggestion", source="survey"))
    case = (await stack.get("/cases"))["items"][0]["case_id"]
    assert await seen(stack, "ann", "case", case, BOB, "no id") == [True, False, False]
    assert await seen(stack, "ann", "feedback", "f1", "f2") == [True, False]
    assert await seen(stack, "ann", "customer", ANN, BOB) == [True, False]
    assert await seen(stack, "bob", "case", case) == await seen(stack, "bob", "feedback", "f1") == [False]
    await stack.tell(CustomerUpdated(fields=["owner"], owner="bob"))
    await stack.tell(CustomerUpdated(fields=["region"], region="north"))
    assert await seen(stack, "ann", "case", case) == [False]
    assert await seen(stack, "bob", "case", case) == [True]


async def test_a_file_that_was_taken_in_belongs_to_whose_customer_took_it(stack):
    on = date(2025, 3, 1)
    for customer, owner in ((ANN, "ann"), (BOB, "bob")):
        said = CustomerRegistered(party="individual", kind="consumer", registered_on=on, owner=owner)
        await stack.tell(said, customer)
    await stack.tell(CustomerMerged(into=str(ANN)), BOB)
    assert await seen(stack, "ann", "customer", BOB) == [True]
    assert await seen(stack, "bob", "customer", BOB) == [False]
