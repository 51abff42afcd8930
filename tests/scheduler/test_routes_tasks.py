"""Tasks, contacts and exit reviews through the engine into a real database, and out again by the routes."""

from __future__ import annotations

from uuid import UUID, uuid5

import pytest
from msgspec.structs import replace

from services.scheduler.jobs.product_offers import offer_product
from shared.contracts import grading, profile
from shared.engine import jobs
from shared.engine.run import Run
from shared.postgres.pool import borrow
from tests.harness.engines import fact_input
from tests.scheduler.database import ANN, BOB, CID, SPACE
from tests.scheduler.desk import TICK, day

MEETING = {"cycle": "half_yearly", "theme": "ordering", "items": ["lecture", "award"]}
REVIEW = UUID("e81c0000-0000-4000-8000-000000000002")


def tiered(tier, *segments):
    return grading.TierAssigned(tier=tier, basis="computed", supply_priority=False, segments=segments)


async def test_a_task_is_made_shown_approved_and_completed(stack):
    await stack.known("2025-03-01", "C", owner="ann")
    body = {"customer_id": str(ANN), "kind": "gift", "amount": 50_000, "purpose": "thanks", "note": "with a card"}
    task = await stack.post("/tasks", body, 201)
    shown = {name: task[name] for name in ("kind", "status", "amount", "currency", "purpose", "owner", "role")}
    assert shown == {
        "kind": "gift", "status": "awaiting_approval", "amount": 50_000, "currency": "USD", "purpose": "thanks",
        "owner": "ann", "role": "account_manager",
    }  # fmt: skip
    assert task["checklist"] == ["choose_by_taste", "stay_modest", "write_a_card"]
    path = f"/tasks/{task['task_id']}"
    await stack.post(f"{path}/complete", {"outcome": "advanced"}, 409, "approval_missing")
    approved = await stack.post(f"{path}/approve", {"approver": "boss"})
    assert (approved["status"], approved["approved_by"]) == ("open", ["boss"])
    await stack.post(f"{path}/approve", {"approver": "boss"}, 409, "no_approval_needed")
    assert (await stack.post(f"{path}/cancel", {"reason": "not now"}))["status"] == "cancelled"
    await stack.post(f"{path}/cancel", {"reason": "again"}, 409, "task_closed")


async def test_t104_the_last_seat_goes_to_the_vip(stack):
    for customer in (ANN, BOB, CID):
        await stack.known("2025-03-01", "C", customer, owner="ann")
    await stack.tell(tiered("small"), "2025-03-01", ANN)
    await stack.tell(tiered("key", "vip"), "2025-03-01", BOB)
    body = {"customer_ids": [str(ANN), str(BOB), str(CID)], "kind": "tour", "seats": 1}
    await stack.post("/tasks", body, 422, "meeting_required")
    assert (await stack.get("/tasks", kind="tour"))["items"] == []
    made = await stack.post("/tasks", body | {"meeting": MEETING}, 201)
    assert [item["customer_id"] for item in made["items"]] == [str(BOB)]
    assert made["not_placed"] == [str(ANN), str(CID)]
    both = await stack.post("/tasks", body | {"meeting": MEETING, "seats": 2}, 201)
    assert [item["customer_id"] for item in both["items"]] == [str(BOB), str(CID)]


async def test_the_same_key_makes_the_tasks_once(stack):
    for customer in (ANN, BOB):
        await stack.known("2025-03-01", "C", customer)
    body = {"customer_ids": [str(ANN), str(BOB)], "kind": "promotion"}
    headers = {"Idempotency-Key": "k-1"}
    first, again = [await stack.client.post("/tasks", json=body, headers=headers) for _ in range(2)]
    assert (first.status_code, first.json()) == (again.status_code, again.json())
    assert len((await stack.get("/tasks", kind="promotion"))["items"]) == 2
    other = await stack.client.post("/tasks", json=body | {"customer_ids": [str(ANN)]}, headers=headers)
    assert other.json()["type"] == "urn:holdfast:idempotency_key_reused"


@pytest.mark.parametrize(
    ("body", "status", "slug"),
    [
        pytest.param({"kind": "call"}, 422, "invalid_body", id="nobody-named"),
        pytest.param({"customer_id": str(BOB), "kind": "call"}, 404, "not_found", id="unknown-customer"),
        pytest.param({"customer_id": str(ANN), "kind": "party"}, 422, "kind_unknown", id="unknown-kind"),
        pytest.param({"customer_id": str(ANN), "kind": "case_step"}, 422, "kind_unknown", id="only-a-case-makes-steps"),
        pytest.param(
            {"customer_id": str(ANN), "kind": "call", "channel": "line"}, 422, "channel_unknown", id="channel"
        ),
        pytest.param({"customer_id": str(ANN), "kind": "call", "colour": "red"}, 422, "invalid_body", id="field"),
    ],
)
async def test_what_is_no_task(stack, body, status, slug):
    await stack.known("2025-03-01", "C")
    await stack.post("/tasks", body, status, slug)


async def test_ca18_the_contacts_of_a_customer_and_the_cap(stack):
    await stack.known("2025-03-01", "C")
    for _ in range(3):
        await stack.post("/tasks", {"customer_id": str(ANN), "kind": "promotion", "channel": "sms"}, 201)
    await stack.post("/tasks", {"customer_id": str(ANN), "kind": "call"}, 201)
    found = await stack.get(f"/customers/{ANN}/contacts")
    assert found["cap"] == {"used": 2, "limit": 2, "days": 7}
    assert sorted((c["consent_purpose"], c["status"], c["rule"]) for c in found["items"]) == [
        ("marketing", "planned", None), ("marketing", "planned", None), ("marketing", "suppressed", "attention_cap"),
        ("service", "planned", None),
    ]  # fmt: skip
    held = next(c for c in found["items"] if c["status"] == "suppressed")
    assert held["until"] == "2025-03-08T00:00:00+00:00"
    first = await stack.get(f"/customers/{ANN}/contacts", limit=3)
    rest = await stack.get(f"/customers/{ANN}/contacts", limit=3, cursor=first["next_cursor"])
    assert first["items"] + rest["items"] == found["items"]
    await stack.get(f"/customers/{BOB}/contacts", 404)


async def test_t117_greetings_are_listed_high_value_and_long_standing_first(stack):
    await stack.known("2025-03-01", "A", ANN, urgency="urgent")
    for customer in (BOB, CID):
        await stack.known("2025-03-01", "E", customer, urgency="long_horizon", owner="ann")
    await stack.tell(tiered("small"), "2025-03-01", ANN)
    await stack.tell(tiered("key"), "2025-03-01", CID)
    await stack.tell(tiered("key", "long_standing"), "2025-03-01", BOB)
    for customer in (ANN, BOB, CID):
        said = profile.LifeEventRecorded(kind="award", on="2025-03-01", volunteered=True)
        await stack.tell(said, "2025-03-01", customer)
    listed = (await stack.get("/tasks", kind="greeting"))["items"]
    assert [item["customer_id"] for item in listed] == [str(BOB), str(CID), str(ANN)]


async def test_t42_an_exit_is_decided_once(stack):
    await stack.known("2025-03-01", "C")
    await stack.tell(grading.ExitReviewRequested(review_id=REVIEW, profit=-210_000, currency="USD"), "2025-03-01")
    (review,) = (await stack.get("/exit-reviews", status="open"))["items"]
    assert (review["customer_id"], review["profit"], review["currency"]) == (str(ANN), -210_000, "USD")
    decision = {"approved": True, "by": "boss", "reason": "no profit for years"}
    decided = await stack.post(f"/exit-reviews/{REVIEW}/decide", decision)
    assert (decided["status"], decided["by"]) == ("approved", "boss")
    await stack.post(f"/exit-reviews/{REVIEW}/decide", decision, 409, "already_decided")
    await stack.post(f"/exit-reviews/{BOB}/decide", decision, 404, "not_found")
    kinds = sorted(item["kind"] for item in (await stack.get("/tasks", status="open"))["items"])
    assert kinds == ["end_membership", "refund", "suggest_supplier"]
    await stack.tell(profile.CustomerExited(on="2025-03-01"), "2025-03-01")
    assert (await stack.journal())["open"] is None
    await stack.post("/tasks", {"customer_id": str(ANN), "kind": "call"}, 409, "customer_exited")


async def launched(stack, number, **more):
    """The launch as profile tells it, then its job."""
    said = profile.ProductLaunched(product="p-1", tags=("training",), **more)
    item = fact_input(said, day("2025-03-01") + TICK, ANN, uuid5(SPACE, f"launch {number}"))
    await stack.engine.apply([replace(item, event=replace(item.event, subject=None))])
    async with borrow(stack.engine.pool) as connection:
        id = uuid5(SPACE, f"launch {number}")
        await connection.execute(
            "update job set state = 'running', claimed_by = $2, claimed_until = now() + '1 hour' where id = $1",
            id,
            SPACE,
        )
        task = await jobs.show(connection, id)
    await offer_product(Run(stack.engine, task, SPACE))


async def test_t47_a_launch_reaches_key_accounts_first_and_the_others_after_the_pilot(stack):
    customers = [uuid5(SPACE, f"fit {n}") for n in range(5)]
    for n, customer in enumerate(customers):
        await stack.known("2025-03-01", "C", customer, interests=("training",), owner="ann")
        if n < 2:
            await stack.tell(tiered("key"), "2025-03-01", customer)
    await stack.known("2025-03-01", "C", BOB, interests=("music",))

    async def offered():
        items = (await stack.get("/tasks", kind="product_offer"))["items"]
        return sorted(item["customer_id"] for item in items)

    await launched(stack, 1, pilot=True)
    assert await offered() == sorted(map(str, customers[:2]))
    await launched(stack, 2, pilot=False)
    assert await offered() == sorted(map(str, customers))


def delivered(order):
    return profile.PurchaseRecorded(order_id=order, kind="delivered", ordered_on="2025-03-01")


async def test_two_files_that_join_have_the_tasks_of_both_and_what_is_done_stays_done(stack):
    for customer, order in ((ANN, "o-ann"), (BOB, "o-bob")):
        await stack.known("2025-03-01", "C", customer, owner="ann")
        await stack.tell(delivered(order), "2025-03-01", customer)
    (call,) = (await stack.get("/tasks", customer=str(ANN), kind="post_purchase_contact"))["items"]
    await stack.post(f"/tasks/{call['task_id']}/complete", {"outcome": "advanced", "channel": "phone"})
    asked = await stack.post("/tasks", {"customer_id": str(ANN), "kind": "appointment"}, 201)
    await stack.post(f"/tasks/{asked['task_id']}/cancel", {"reason": "not now"})
    await stack.tell(profile.CustomerAbsorbed(from_=ANN), "2025-03-02", BOB)
    for customer in (ANN, BOB):
        tasks = (await stack.get("/tasks", customer=str(customer)))["items"]
        assert sorted((task["kind"], task["status"]) for task in tasks) == [
            ("appointment", "cancelled"),
            ("post_purchase_contact", "completed"),
            ("post_purchase_contact", "open"),
            ("usage_visit", "open"),
        ]
    contacts = (await stack.get(f"/customers/{BOB}/contacts"))["items"]
    assert sorted((contact["status"], contact["channel"]) for contact in contacts if contact["status"] == "made") == [
        ("made", "phone")
    ]
    (left,) = (await stack.get("/tasks", customer=str(BOB), kind="post_purchase_contact", status="open"))["items"]
    done = await stack.post(f"/tasks/{left['task_id']}/complete", {"outcome": "advanced"})
    assert done["status"] == "completed"
