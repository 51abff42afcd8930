"""Key accounts, loyalty, launches and exits: what people are asked to do, and for whom first."""

from __future__ import annotations

import pytest

from tests.acceptance.cases import case
from tests.driving.events import LATENT, at_time, target

pytestmark = pytest.mark.kafka

START, NEXT = "2025-03-01", "2025-03-02"
BIRTHDAY = {"kind": "birthday", "month": 3, "day": 10, "volunteered": True}
MEETING = {"cycle": "half_yearly", "theme": "review", "items": ["award"]}


async def several(world, *names, **fields):
    """Customers of this case, registered today; their ids."""
    await world.day(START)
    for name in names:
        subject = f"case:{world.name}-{name}"
        await world.say("customer.registered", {"party": "individual", **fields}, subject=subject)
        await world.say("need.stated", LATENT, at_time(START, "09:01"), subject=subject)
    await world.settle()
    return [await world.find(f"case:{world.name}-{name}") for name in names]


async def override(world, customer, field, value):
    body = {"field": field, "value": value, "reason": world.name, "author": "test"}
    await world.post("grading", f"/v1/customers/{customer}/overrides", body, 201)


async def tasks_of(world, *customers, **filters):
    """(customer, task) in work-list order."""
    found, cursor = [], {}
    while cursor is not None:
        page = await world.client.get("scheduler", "/v1/tasks", limit=200, **filters, **cursor)
        found += [(item["customer_id"], item) for item in page["items"]]
        cursor = {"cursor": page["next_cursor"]} if page["next_cursor"] else None
    return [(customer, task) for customer, task in found if customer in customers]


@case
async def test_t42_after_an_exit_people_part_and_nobody_is_greeted(world):
    await world.register(START, dates=[BIRTHDAY])
    order = {"order_id": world.name, "amount": 100_00, "currency": "USD", "goods_cost": 500_00}
    await world.say("order.placed", order)
    await world.settle()
    (review,) = [
        item
        for item in (await world.client.get("scheduler", "/v1/exit-reviews", status="open", limit=200))["items"]
        if item["customer_id"] == world.customer
    ]
    path = f"/v1/exit-reviews/{review['review_id']}/decide"
    decision = {"approved": True, "by": "boss", "reason": "costs more than it brings"}
    assert (await world.post("scheduler", path, decision))["status"] == "approved"
    await world.post("scheduler", path, decision, 409, "already_decided")
    await world.settle()
    parting = {task["kind"] for task in await world.tasks() if task["status"] == "open"}
    assert parting == {"end_membership", "refund", "suggest_supplier"}
    assert len(await world.facts("customer.exited")) == 1
    assert (await world.journal())["open"] is None
    await world.day("2025-03-10")
    (greeting,) = [task for task in await world.tasks() if task["kind"] == "greeting"]
    assert (greeting["status"], greeting["rule"]) == ("suppressed", "exited")
    assert await world.facts("winback.started") == []


@pytest.mark.parametrize(("score", "asked"), [pytest.param(9, 1, id="T46-nps-9"), pytest.param(6, 0, id="T46-nps-6")])
@case
async def test_a_loyal_promoter_is_asked_for_a_referral(world, score, asked):
    await world.register(START)
    for n in range(2):
        await world.say("order.placed", {"order_id": f"{world.name}-{n}", "amount": 1000, "currency": "USD"})
    await world.say("referral.recorded", {"referred": f"case:{world.name}-friend"})
    await world.settle()
    await world.say("survey.answered", {"survey": "nps", "score": score})
    await world.settle()
    assert len([task for task in await world.tasks() if task["kind"] == "referral_ask"]) == asked


@case
async def test_t47_a_launch_reaches_key_accounts_first_and_the_others_after_the_pilot(world):
    tag = f"pilot {world.name}"
    customers = await several(world, *"abcde", interests=[tag])
    for customer in customers[:2]:
        await override(world, customer, "tier", "key")
    await world.settle()
    launched = {"product": world.name, "tags": [tag]}
    for pilot, reached in ((True, customers[:2]), (False, customers)):
        await world.say("product.launched", launched | {"pilot": pilot}, subject=...)
        await world.settle()
        offers = await tasks_of(world, *customers, kind="product_offer")
        assert sorted(customer for customer, _ in offers) == sorted(reached)


@pytest.mark.parametrize(
    ("owner", "asked"), [pytest.param(None, 1, id="T49-no-owner"), pytest.param("ann", 0, id="T49-an-owner")]
)
@case
async def test_a_key_account_gets_an_owner(world, owner, asked):
    await world.register(START, LATENT, **({"owner": owner} if owner else {}))
    await override(world, world.customer, "tier", "key")
    await world.settle()
    assert len([task for task in await world.tasks() if task["kind"] == "assign_owner"]) == asked


@case
async def test_t104_a_tour_has_a_meeting_and_its_last_seat_is_the_vips(world):
    small, vip = await several(world, "small", "vip")
    await override(world, small, "tier", "small")
    await override(world, vip, "tier", "key")
    await world.settle()
    tour = {"customer_ids": [small, vip], "kind": "tour", "seats": 1}
    await world.post("scheduler", "/v1/tasks", tour, 422, "meeting_required")
    placed = await world.post("scheduler", "/v1/tasks", tour | {"meeting": MEETING}, 201)
    assert [task["customer_id"] for task in placed["items"]] == [vip]
    assert placed["not_placed"] == [small]


@case
async def test_t117_key_accounts_of_long_standing_are_greeted_first(world):
    new, key, old = await several(world, "new", "key", "old")
    await override(world, new, "tier", "small")
    for customer in (key, old):
        await override(world, customer, "tier", "key")
    await override(world, old, "segment", "long_standing")
    await world.day("2025-05-31")
    greeted = await tasks_of(world, new, key, old, kind="greeting", from_on="2025-05-31", to_on="2025-05-31")
    assert [customer for customer, _ in greeted] == [old, key, new]


@case
async def test_t118_a_call_to_a_gold_account_has_a_purpose(world):
    await world.register(START, LATENT)
    await override(world, world.customer, "tier", "key")
    await world.settle()
    call = {"customer_id": world.customer, "kind": "call"}
    await world.post("scheduler", "/v1/tasks", call, 422, "purpose_required")
    made = await world.post("scheduler", "/v1/tasks", call | {"purpose": "quarterly_review"}, 201)
    assert (made["status"], made["purpose"]) == ("open", "quarterly_review")


@case
async def test_t119_the_owner_of_a_key_account_hears_of_each_change_once(world):
    await world.register(START, target("2025-08-01"), owner="ann")
    await override(world, world.customer, "tier", "key")
    await world.day(NEXT)
    await world.say("customer.updated", {"handles": ["phone:+12025550119"]})
    await world.say("need.stated", target("2025-03-20"), at_time(NEXT, "10:00"))
    await world.say(
        "complaint.reported",
        {"complaint_id": world.name, "fault": "company", "severity": "minor", "correctable": True},
        at_time(NEXT, "11:00"),
    )
    await world.settle()
    notices = [task for task in await world.tasks() if task["kind"] == "owner_notice"]
    assert sorted(task["purpose"] for task in notices) == ["complaint", "customer", "grade"]
    assert {task["owner"] for task in notices} == {"ann"}
