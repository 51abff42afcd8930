"""What happens with a customer: promises, mentions, feedback, benefits, leaving and coming back."""

from __future__ import annotations

import pytest

from tests.acceptance.cases import case
from tests.driving.events import target

pytestmark = pytest.mark.kafka

START = "2025-03-01"
USED = {"action": "used", "kind": "training", "basis": "membership"}
TIER = {"kind": "training", "basis": "tier"}


@pytest.mark.parametrize(
    ("notice", "training"),
    [pytest.param("2025-03-05", "lapsed", id="T45-shown"), pytest.param(None, "active", id="T45-never-shown")],
)
@case
async def test_leaving_forfeits_the_unearned_if_shown(world, notice, training):
    await world.register(START)
    points = {"action": "granted", "kind": "points", "basis": "earned", "quantity": 200}
    await world.say("benefit.recorded", points)
    await world.say("benefit.recorded", {"action": "granted", "quantity": 1, **TIER})
    if notice:
        await world.day(notice)
        await world.say("benefit.recorded", {"action": "notice_shown", **TIER})
    await world.day("2025-03-10")
    await world.say("customer.left", {"avoidable": True, "reason": "price"})
    await world.settle()
    items = {item["kind"]: item for item in (await world.file("/benefits"))["items"]}
    assert (items["points"]["status"], items["points"]["remaining"]) == ("active", 200)
    assert items["training"]["status"] == training


@case
async def test_t50_a_membership_holds_for_a_year(world):
    await world.register(START)
    named = {"membership_id": world.name}
    granted = {**named, "from_on": "2024-03-10", "benefits": [{"kind": "training"}]}
    await world.say("membership.granted", granted, "2024-03-10T09:00:00+00:00")
    await world.settle()
    assert (await world.file())["memberships"][0]["to_on"] == "2025-03-09"
    await world.day("2025-03-10")
    in_time = await world.say("benefit.recorded", USED | named, "2025-03-09T09:00:00+00:00")
    late = await world.say("benefit.recorded", USED | named)
    await world.settle()
    fates = [await world.fate_of(id_) for id_ in (in_time, late)]
    assert [fate["outcome"] for fate in fates] == ["applied", "refused"]
    assert fates[1]["problem"]["type"] == "urn:holdfast:benefit_expired"
    assert [item["status"] for item in (await world.file("/benefits"))["items"]] == ["expired"]


@case
async def test_t69_a_promise_is_open_until_it_is_kept(world):
    await world.register(START)
    promise = {"commitment_id": world.name, "text": "we call back", "owner": "ann", "due_on": "2025-03-12"}
    await world.say("commitment.made", promise)
    await world.settle()
    (item,) = (await world.file("/commitments"))["items"]
    assert (item["text"], item["due_on"], item["status"]) == ("we call back", "2025-03-12", "open")
    assert await world.data_of("commitment.made", "commitment_id", "owner") == [(world.name, "ann")]
    await world.say("commitment.fulfilled", {"commitment_id": world.name})
    await world.settle()
    assert (await world.file("/commitments"))["items"][0]["status"] == "fulfilled"


@case
async def test_t78_a_normal_churn_keeps_the_file_and_starts_no_winback(world):
    await world.register(START, target("2025-06-15"))
    await world.day("2025-03-10")
    await world.say("customer.left", {"avoidable": False, "reason": "no_longer_needed"})
    await world.settle()
    assert (await world.file())["lifecycle"] == "churned"
    assert await world.data_of("customer.churned", "kind", "reason") == [("normal", "no_longer_needed")]
    winbacks = await world.client.get("feedback", "/v1/winbacks", customer=world.customer)
    assert winbacks["items"] == []


@case
async def test_t79_a_churn_without_a_reason_is_unknown_and_listed(world):
    await world.register(START)
    await world.day("2025-03-10")
    await world.say("customer.left", {"avoidable": True})
    await world.settle()
    churns = (await world.client.get("feedback", "/v1/churns", reason="unknown", limit=200))["items"]
    mine = [churn for churn in churns if churn["customer_id"] == world.customer]
    assert [(churn["kind"], churn["reason"], churn["churned_on"]) for churn in mine] == [
        ("abnormal", "unknown", "2025-03-10")
    ]


@case
async def test_t81_who_left_is_still_known_by_name_and_address(world):
    await world.register(START, name="Anna Berg", address="Elm 1")
    await world.day("2025-03-10")
    await world.say("customer.left", {"avoidable": True, "reason": "price"})
    await world.day("2025-12-01")
    file = await world.file()
    assert (file["name"], file["address"], file["lifecycle"]) == ("Anna Berg", "Elm 1", "churned")


@case
async def test_t91_feedback_of_kind_complaint_opens_a_case(world):
    await world.register(START)
    told = {"kind": "complaint", "source": "hotline", "element": "service_quality", "text": "rude"}
    await world.say("feedback.submitted", told)
    await world.say("feedback.submitted", {"kind": "suggestion", "source": "direct", "text": "open earlier"})
    await world.settle()
    (case_,) = await world.cases()
    said = [id_ for id_, kind in await world.data_of("feedback.received", "feedback_id", "kind") if kind == "complaint"]
    assert [case_["complaint_id"]] == said
    totals = (await world.file())["totals"]
    assert (totals["complaints"], totals["suggestions"]) == (1, 1)


@case
async def test_t133_a_mention_is_of_whom_we_know_or_of_nobody(world):
    handle = f"weibo:{world.name}"
    await world.register(START, handles=[handle])
    told = {"sentiment": "negative", "element": "service_quality", "network": "weibo"}
    known = await world.say("social.mentioned", told | {"handle": handle}, subject=...)
    unknown = await world.say("social.mentioned", told | {"handle": f"{handle}-nobody"}, subject=...)
    await world.settle()
    assert (await world.fate_of(known))["customer_id"] == world.customer
    assert (await world.fate_of(unknown))["customer_id"] is None
    assert len(await world.data_of("mention.matched", "mention_id")) == 1
    nobody = await world.client.get("profile", "/v1/customers", handle=f"{handle}-nobody")
    assert nobody["items"] == []


@case
async def test_a_customer_is_put_from_stage_to_stage_by_a_person(world):
    await world.register(START)
    await world.say("order.placed", {"order_id": world.name, "amount": 10_000, "currency": "USD"})
    await world.settle()
    path = f"/v1/customers/{world.customer}/lifecycle"
    put = await world.post("profile", path, {"to": "churned", "reason": "moved"})
    assert put == {"lifecycle": "churned", "previous": "active"}
    await world.post("profile", path, {"to": "active", "reason": "other"}, 409, "transition_not_allowed")
    assert await world.data_of("customer.churned", "kind", "reason") == [("normal", "moved")]


@case
async def test_who_is_referred_has_a_file(world):
    await world.register(START)
    await world.say("referral.recorded", {"referred": f"{world.handle}-friend"})
    await world.settle()
    friend = await world.find(f"{world.handle}-friend")
    assert [item["customer_id"] for item in (await world.file())["referrals"]] == [friend]
    grade = await world.client.get("grading", f"/v1/customers/{friend}/grade")
    assert grade["grade"] == "D"
