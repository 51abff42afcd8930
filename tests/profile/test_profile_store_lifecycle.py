"""The life cycle through the route that a person uses."""

from __future__ import annotations

import pytest

from services.profile.api import router
from tests.harness.engines import routes

ANNA = "shop:1"
NOBODY = "0b8f3f0e-0000-4000-8000-000000000001"


@pytest.fixture
async def put(engine):
    async with routes(engine, router) as client:

        async def answer(customer, body, expect=200, **headers):
            got = await client.post(f"/v1/customers/{customer}/lifecycle", json=body, headers=headers)
            assert got.status_code == expect, got.text
            return got.json()

        yield answer


async def test_a_person_puts_a_customer_where_the_policy_leads(tell, get, put):
    await tell("order.placed", ANNA, "2025-03-01", order_id="o1", amount=100, currency="USD")
    (item,) = (await get("/customers", handle=ANNA))["items"]
    customer = item["customer_id"]
    assert item["lifecycle"] == "active"
    left = {"to": "churned", "reason": "moved"}
    key = {"Idempotency-Key": "once"}
    assert await put(customer, left, **key) == {"lifecycle": "churned", "previous": "active"}
    assert await put(customer, left, **key) == {"lifecycle": "churned", "previous": "active"}
    assert (await put(customer, left, 409))["type"] == "urn:holdfast:transition_not_allowed"
    assert (await get(f"/customers/{customer}"))["lifecycle"] == "churned"


async def test_what_is_missing_or_unknown_is_refused(tell, put, get):
    await tell("order.placed", ANNA, "2025-03-01", order_id="o1", amount=100, currency="USD")
    (item,) = (await get("/customers", handle=ANNA))["items"]
    assert (await put(item["customer_id"], {"to": "churned"}, 422))["type"] == "urn:holdfast:invalid_body"
    assert (await put(item["customer_id"], {"to": "gone", "reason": "x"}, 422))["type"] == "urn:holdfast:invalid_body"
    assert (await put(NOBODY, {"to": "churned", "reason": "moved"}, 404))["type"] == "urn:holdfast:not_found"
