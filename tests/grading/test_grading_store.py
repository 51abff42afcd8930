"""Grades through the engine into a real database, and out again by the routes."""

from __future__ import annotations

from uuid import UUID, uuid5

import pytest

from services.grading.api import router
from services.grading.domain.rules import RULES
from services.grading.store import LEDGERS
from services.grading.subscriptions import SUBSCRIPTIONS
from shared.contracts.policy import default_policy, overlay
from shared.contracts.profile import ComplaintWithdrawn, CustomerAbsorbed, CustomerMerged, ReferralRecorded
from shared.engine import policy_life
from shared.engine.redecide import DECIDE_AGAIN
from shared.engine.worker import Worker
from tests.harness.engines import fact_input, routes

SPACE = UUID("0b8f3f0e-0000-4000-8000-000000000001")
ANN, BOB = uuid5(SPACE, "ann"), uuid5(SPACE, "bob")


@pytest.fixture
async def engine(engine_of):
    return await engine_of(RULES, LEDGERS, SUBSCRIPTIONS, "2025-03-20T00:00:00+00:00")


@pytest.fixture
async def get(engine):
    async with routes(engine, router) as client:
        yield client.get


class Teller:
    def __init__(self, engine, facts):
        self.engine, self.facts, self.number = engine, facts, 0

    async def __call__(self, data, day, customer=ANN):
        at = self.facts.instant(day)
        self.number += 1
        id = uuid5(SPACE, str(self.number))
        applied = await self.engine.apply([fact_input(data, at, customer, id)])
        assert not applied.failures, applied.failures
        return applied


@pytest.fixture
def tell(engine, facts):
    return Teller(engine, facts)


async def test_a_grade_is_read_with_its_reasons_cause_and_what_it_becomes(tell, get, facts):
    await tell(facts.registered(), "2025-03-01")
    await tell(facts.need(expected_close_on="2025-06-01"), "2025-03-01")
    answer = await get(f"/v1/customers/{ANN}/grade")
    assert answer.status_code == 200
    body = answer.json()
    reasons = body.pop("reasons")
    assert {"rule", "input"} <= reasons[0].keys()
    cause, policy_id = body.pop("cause"), body.pop("policy_id")
    assert cause == {"event_id": str(uuid5(SPACE, "2")), "type": "holdfast.profile.need.changed.v1"}
    assert policy_id.startswith("pol_")
    assert body == {
        "grade": "C",
        "previous": "D",
        "as_of": "2025-03-20",
        "deal_status": "prospect",
        "importance": "standard",
        "urgency": "long_horizon",
        "demand": "target",
        "flags": [],
        "tier": "regular",
        "segments": [],
        "supply_priority": False,
        "value": {"historic": None, "future": None, "clv": None, "profit_12m": None, "currency": "USD"},
        "share_of_potential": None,
        "uplift_to": None,
        "loyalty": "none",
        "churn": {"level": "none", "model_level": None, "p_buy": None},
        "runner_up": {"grade": "D", "rule": "close_beyond_windows"},
        "next": {"grade": "B", "on": "2025-03-03"},
        "override": None,
        "overrides": [],
        "shadow": None,
    }


async def test_the_history_pages_from_the_newest(tell, get, facts):
    await tell(facts.registered(), "2025-03-01")
    for day, close in (("2025-03-02", "2025-03-05"), ("2025-03-03", "2025-05-15"), ("2025-03-04", "2025-08-01")):
        await tell(facts.need(day, expected_close_on=close), day)
    first = (await get(f"/v1/customers/{ANN}/grades", params={"limit": 3})).json()
    rest = (await get(f"/v1/customers/{ANN}/grades", params={"limit": 3, "cursor": first["next_cursor"]})).json()
    assert [item["grade"] for item in first["items"] + rest["items"]] == ["C", "B", "A", "D"]
    assert rest["next_cursor"] is None
    assert [item["previous"] for item in first["items"]] == ["B", "A", "D"]
    assert first["items"][0]["as_of"] == "2025-03-04"


async def test_x05_the_history_of_tier_and_loyalty_names_its_causes(tell, get, facts):
    await tell(facts.registered(), "2025-03-01")
    for number, day in enumerate(("2025-03-02", "2025-03-03", "2025-03-04")):
        await tell(facts.order("placed", day, order_id=f"o{number}", amount=100), day)
    await tell(ReferralRecorded(referred_customer_id=BOB), "2025-03-05")
    first = (await get(f"/v1/customers/{ANN}/tiers", params={"limit": 1})).json()
    rest = (await get(f"/v1/customers/{ANN}/tiers", params={"limit": 1, "cursor": first["next_cursor"]})).json()
    items = first["items"] + rest["items"]
    assert [(item["loyalty"], item["as_of"], item["tier"]) for item in items] == [
        ("loyal", "2025-03-05", "regular"),
        ("repeat_only", "2025-03-03", "regular"),
    ]
    assert rest["next_cursor"] is None
    assert [item["cause"]["type"].split(".", 2)[2] for item in items] == [
        "referral.recorded.v1",
        "purchase.recorded.v1",
    ]
    assert (await get(f"/v1/customers/{BOB}/tiers")).status_code == 404


async def test_customers_are_listed_by_filters_that_combine(tell, get, facts):
    for customer, close in ((ANN, "2025-03-05"), (BOB, "2025-08-01")):
        await tell(facts.registered(), "2025-03-01", customer)
        await tell(facts.need(expected_close_on=close), "2025-03-01", customer)

    async def found(**params):
        return {item["customer_id"] for item in (await get("/v1/customers", params=params)).json()["items"]}

    assert await found() == {str(ANN), str(BOB)}
    assert (
        await found(grade="A") == await found(urgency="urgent") == await found(grade="A", tier="regular") == {str(ANN)}
    )
    assert (
        await found(grade="C", urgency="urgent")
        == await found(flag="forecast_overdue")
        == await found(tier="key")
        == set()
    )
    first = (await get("/v1/customers", params={"limit": 1})).json()
    second = (await get("/v1/customers", params={"limit": 1, "cursor": first["next_cursor"]})).json()
    assert {first["items"][0]["customer_id"], second["items"][0]["customer_id"]} == {str(ANN), str(BOB)}
    assert (second["next_cursor"], first["items"][0].keys()) == (None, {"customer_id", "grade", "tier", "urgency"})


async def test_the_summary_counts_by_letter_and_tier(tell, get, facts):
    await tell(facts.registered(), "2025-03-01")
    await tell(facts.need(demand="none"), "2025-03-01", BOB)
    assert (await get("/v1/summary")).json() == {
        "as_of": "2025-03-20",
        "customers": 1,
        "grades": {"A": 0, "B": 0, "C": 0, "D": 1, "E": 0},
        "tiers": {"key": 0, "regular": 1, "small": 0},
        "key_profit_share": None,
        "whale_curve": [],
        "warnings": [],
        "shadow": None,
    }


@pytest.mark.parametrize(
    ("path", "status", "slug"),
    [
        (f"customers/{BOB}/grade", 404, "not_found"),
        (f"customers/{BOB}/grades", 404, "not_found"),
        ("customers?grade=F", 422, "invalid_query"),
        ("customers?colour=red", 422, "invalid_query"),
        ("customers?cursor=WzFd", 422, "invalid_query"),
        ("customers?cursor=W10", 422, "invalid_query"),
    ],
)
async def test_what_cannot_be_answered_says_why(get, path, status, slug):
    answer = await get(f"/v1/{path}")
    assert (answer.status_code, answer.json()["type"]) == (status, f"urn:holdfast:{slug}")


async def test_ledger_rows_are_read_back_in_a_later_batch(tell, get, facts):
    await tell(facts.registered(), "2025-03-01")
    await tell(facts.order("placed", "2025-03-02", amount=100), "2025-03-02")
    await tell(facts.opened("2025-03-03"), "2025-03-03")
    seen = (await get(f"/v1/customers/{ANN}/grade")).json()
    assert (seen["deal_status"], seen["urgency"]) == ("won", "urgent")
    await tell(facts.order("cancelled", "2025-03-02", amount=100), "2025-03-04")
    await tell(ComplaintWithdrawn(complaint_id="c1"), "2025-03-05")
    seen = (await get(f"/v1/customers/{ANN}/grade")).json()
    assert (seen["deal_status"], seen["urgency"]) == ("prospect", "long_horizon")


@pytest.mark.parametrize("first", ["merged", "absorbed"])
async def test_merged_files_are_one_customer_with_the_orders_of_both_counted_once(tell, engine, get, facts, first):
    for customer in (ANN, BOB):
        await tell(facts.registered(), "2025-03-01", customer)
    await tell(facts.order("placed", "2025-03-02", amount=100), "2025-03-02", BOB)
    await tell(facts.order("placed", "2025-03-02", order_id="o2", amount=100), "2025-03-02", ANN)
    await tell(facts.opened("2025-03-03"), "2025-03-03", BOB)
    await tell(facts.need("2025-03-04", expected_close_on="2025-03-10"), "2025-03-04", BOB)
    say = {
        "merged": lambda: tell(CustomerMerged(into=ANN), "2025-03-05", BOB),
        "absorbed": lambda: tell(CustomerAbsorbed(from_=BOB), "2025-03-05", ANN),
    }
    said = [await say[which]() for which in sorted(say, key=lambda which: which != first)]
    assert [applied.facts for applied in said] == [1, 0]
    ann, bob = [(await get(f"/v1/customers/{id}/grade")).json() for id in (ANN, BOB)]
    assert ann == bob
    assert (ann["grade"], ann["deal_status"], ann["urgency"]) == ("A", "won", "urgent")
    assert (await get("/v1/summary")).json()["customers"] == 1
    assert len((await get("/v1/customers")).json()["items"]) == 1
    await tell(facts.order("cancelled", "2025-03-06", amount=100), "2025-03-06", BOB)
    assert (await get(f"/v1/customers/{ANN}/grade")).json()["deal_status"] == "won"
    await tell(facts.order("cancelled", "2025-03-06", order_id="o2", amount=100), "2025-03-06", ANN)
    assert (await get(f"/v1/customers/{ANN}/grade")).json()["deal_status"] == "prospect"
    newest = (await get(f"/v1/customers/{ANN}/grades")).json()["items"][0]
    assert newest["deal_status"] == "prospect"


async def test_until_they_are_decided_again_the_reasons_are_those_of_the_policy_that_decided(engine, tell, get, facts):
    await tell(facts.registered("2025-03-20"), "2025-03-20")
    await tell(facts.need("2025-03-20", expected_close_on="2025-05-01"), "2025-03-20")
    draft = overlay(default_policy(), {"values": {"grading.window_days": [35, 90, 180]}})
    id, _ = await policy_life.add(engine, draft, None, None)
    await policy_life.activate(engine, id)
    told = []
    for _ in range(2):
        body = (await get(f"/v1/customers/{ANN}/grade")).json()
        told.append((body["grade"], body["reasons"][0]["input"], body["next"]["on"], body["policy_id"]))
        await Worker(engine, (DECIDE_AGAIN,)).all_due()
    assert [told[0][:3], told[1]] == [
        ("B", "2025-05-01, within 90 days since 2025-01-31", "2025-04-01"),
        ("B", "2025-05-01, within 90 days since 2025-01-31", "2025-03-27", id),
    ]
    assert told[0][3] != id
