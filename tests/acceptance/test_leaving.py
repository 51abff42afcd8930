"""Who leaves: the register, the steps to win them back, and what they cost."""

from __future__ import annotations

import pytest

from tests.acceptance.cases import case
from tests.driving.events import LATENT, at_time, target

pytestmark = pytest.mark.kafka

DAY = "2025-03-10"
MEASURE = {"element": "service_quality", "text": "call back within a day"}


async def leave(world, avoidable=True, **more):
    await world.say("customer.left", {"avoidable": avoidable, **more}, at_time(world.today, "10:00"))
    await world.settle()


async def winback(world):
    ((found),) = await world.cases()
    return found


async def step(world, case_id, name, status=200, slug=None, **report):
    path = f"/v1/cases/{case_id}/steps/{name}/complete"
    return await world.post("feedback", path, {"result": "done"} | report, status, slug)


@case
async def test_t73_an_abnormal_departure_starts_w1_to_w5(world):
    await world.register(DAY, LATENT)
    await leave(world, reason="service")
    ((said),) = await world.facts("winback.started")
    expected = [
        ("W1", "2025-03-10"),
        ("W2", "2025-03-11"),
        ("W3", "2025-03-13"),
        ("W4", "2025-03-17"),
        ("W5", "2025-04-09"),
    ]
    assert [(each["step"], each["due_on"]) for each in said["data"]["steps"]] == expected
    assert [(each["step"], each["due_on"]) for each in (await winback(world))["steps"]] == expected


@case
async def test_t74_t75_t76_in_person_then_the_displeasure_then_the_offer(world):
    await world.register(DAY, LATENT)
    await leave(world, reason="service")
    id_ = (await winback(world))["case_id"]
    await world.day("2025-03-11")
    await step(world, id_, "W3", 409, "step_order", displeasure_resolved=True)
    await step(world, id_, "W2", 422, "channel_not_allowed", channel="email")
    await step(world, id_, "W2", channel="phone")
    await step(world, id_, "W3", 409, "displeasure_unresolved", displeasure_resolved=False)
    await step(world, id_, "W3", displeasure_resolved=True, opinions="too slow", plan="one person")
    await step(world, id_, "W4", outcome="advanced", channel="phone", need=target("2025-03-31"))
    await world.settle()
    assert len(await world.facts("customer.won_back")) == 1
    assert (await world.file())["lifecycle"] == "won_back"
    assert (await world.grade())["grade"] == "A"
    found = await winback(world)
    assert (found["status"], {each["step"]: each["status"] for each in found["steps"]}["W5"]) == ("open", "open")
    await step(world, id_, "W5", 422, "measure_required")
    assert (await step(world, id_, "W5", measure=MEASURE))["status"] == "won"
    await world.settle()
    assert await world.data_of("winback.closed", "won") == [(True,)]


@case
async def test_t78_a_normal_departure_is_not_won_back(world):
    await world.register(DAY, LATENT)
    await leave(world, avoidable=False, reason="no_longer_needed")
    assert await world.cases() == []
    assert (await world.grade())["grade"] == "E"
    assert (await world.due())[0] == "yearly"


@case
async def test_k08_who_left_because_nothing_was_needed_and_buys_again_is_back_with_a_latent_need(world):
    await world.register(DAY)
    await world.say("order.placed", {"order_id": f"{world.name}-1", "amount": 100, "currency": "USD"})
    await leave(world, avoidable=False, reason="moved")
    assert ((await world.file())["lifecycle"], (await world.grade())["grade"]) == ("churned", "E")
    await world.day("2025-03-20")
    await world.say("order.placed", {"order_id": f"{world.name}-2", "amount": 100, "currency": "USD"})
    await world.settle()
    found = await world.grade()
    assert (found["grade"], found["demand"], found["deal_status"]) == ("D", "latent", "won")
    assert await world.data_of("lifecycle.changed", "to") == [("active",), ("churned",), ("won_back",)]
    assert len(await world.facts("customer.won_back")) == 1
    assert (await world.journal())["open"]["journal"] == "monthly"


@case
async def test_t79_a_departure_without_a_reason_is_in_the_register_as_unknown(world):
    await world.register(DAY, LATENT)
    await leave(world)
    items = (await world.client.get("feedback", "/v1/churns", reason="unknown", limit=200))["items"]
    assert world.customer in [item["customer_id"] for item in items]


@case
async def test_t80_a_cause_names_no_person(world):
    await world.register(DAY, LATENT)
    case_id = await world.complain()
    cause = {"category": "process", "staff_name": "Li"}
    await world.post("feedback", f"/v1/cases/{case_id}/cause", {"causes": [cause]}, 422, "field_not_allowed")


@case
async def test_t134_the_best_customers_are_won_back_first(world):
    left = []
    for tier in ("small", "key", "regular"):
        world.handle = f"case:{world.name}-{tier}"
        customer = await world.register(DAY, LATENT)
        override = {"field": "tier", "value": tier, "reason": "T134", "author": "test"}
        await world.post("grading", f"/v1/customers/{customer}/overrides", override, 201)
        await leave(world, reason="service")
        left.append(customer)
    items = (await world.client.get("feedback", "/v1/winbacks", limit=200))["items"]
    mine = [(item["tier"], item["customer_id"]) for item in items if item["customer_id"] in left]
    assert mine == [("key", left[1]), ("regular", left[2]), ("small", left[0])]
