"""The customer's file: what it takes and refuses, what it shows, and that nothing counts twice."""

from __future__ import annotations

import pytest

from tests.acceptance.cases import case
from tests.driving.events import at_time, target

pytestmark = pytest.mark.kafka

START = "2025-03-01"
WEDDING = {"kind": "wedding", "month": 5, "day": 20, "volunteered": True}
BIRTHDAY = {"kind": "birthday", "month": 3, "day": 15, "year": 1990}
CALL = {"channel": "phone", "direction": "inbound", "stage": "after_sale"}


@pytest.mark.parametrize(
    ("type_", "data", "reason"),
    [
        pytest.param("customer.updated", {"bank_balance": 5}, "field_not_allowed", id="T108-bank-balance"),
        pytest.param("customer.updated", {"marital_conflict": True}, "field_not_allowed", id="T109-marital-conflict"),
        pytest.param(
            "interaction.recorded",
            CALL | {"note": "x", "note_category": "internal_politics"},
            "note_category_refused",
            id="T110-internal-politics",
        ),
        pytest.param(
            "customer.updated", {"dates": [BIRTHDAY | {"volunteered": False}]}, "not_volunteered", id="T132-scraped"
        ),
    ],
)
@case
async def test_what_is_nobodys_business_is_refused(world, type_, data, reason):
    await world.register(START, target("2025-06-15"))
    before = await world.file(), await world.everything()
    refused = await world.say(type_, data)
    await world.settle()
    fate = await world.fate_of(refused)
    assert (fate["outcome"], fate["problem"]["type"]) == ("refused", f"urn:holdfast:{reason}")
    (letter,) = await world.dead_letters(refused)
    assert (letter["reason"], letter["detail"].endswith(".")) == (reason, True)
    assert (await world.file(), await world.everything()) == before


@pytest.mark.parametrize(
    ("field", "value"),
    [
        pytest.param("credit_rating", "AA", id="T108-credit-rating"),
        pytest.param("dates", [WEDDING], id="T109-wedding-volunteered"),
        pytest.param("dates", [BIRTHDAY | {"volunteered": True}], id="T132-birthday-volunteered"),
    ],
)
@case
async def test_what_was_given_freely_is_stored(world, field, value):
    await world.register(START, target("2025-06-15"))
    await world.say("customer.updated", {field: value})
    await world.settle()
    stored = (await world.file())[field]
    if isinstance(value, list):
        assert [{name: day[name] for name in value[0]} for day in stored] == value
    else:
        assert stored == value
    assert (await world.data_of("customer.updated", "fields"))[-1] == ([field],)


@case
async def test_t113_a_need_changed_twice_is_three_versions_and_the_latest_wins(world):
    await world.register(START, target("2025-03-20"))
    for time, close in (("10:00", "2025-05-01"), ("11:00", "2025-08-20")):
        await world.say("need.stated", target(close), at_time(START, time))
    await world.settle()
    needs = (await world.file("/needs"))["items"]
    assert [(need["version"], need["need"]["expected_close_on"]) for need in needs] == [
        (3, "2025-08-20"),
        (2, "2025-05-01"),
        (1, "2025-03-20"),
    ]
    assert (await world.file())["need"]["expected_close_on"] == "2025-08-20"
    assert (await world.grade())["grade"] == "C"


@case
async def test_t120_an_organisation_has_one_file_with_its_purchase_its_complaint_and_its_suggestion(world):
    phone = "phone:+8613800000120"
    await world.register(
        START, target("2025-06-15"), party="organisation", handles=[phone], preferences=["quiet rooms"]
    )
    await world.say("order.placed", {"order_id": "T120", "amount": 10_000, "currency": "USD"})
    await world.say("order.delivered", {"order_id": "T120"}, at_time(START, "12:00"))
    await world.say("feedback.submitted", {"kind": "suggestion", "source": "direct", "text": "open on Sundays"})
    await world.complain()
    assert await world.find(phone) == world.customer
    file = await world.file()
    assert (file["party"], file["preferences"]) == ("organisation", ["quiet rooms"])
    assert {phone, world.handle} <= set(file["handles"])
    totals = file["totals"]
    assert (totals["purchases"], totals["complaints"], totals["suggestions"]) == (1, 1, 1)


@case
async def test_t112_a_call_from_a_known_number_finds_the_customer_and_the_briefing_says_what_is_open(world):
    phone = "phone:+8613800000112"
    await world.register(START, target("2025-03-20", tags=["training"]), handles=[phone])
    await world.say("interaction.recorded", CALL | {"note": "asked for the manual"}, at_time(START, "10:00"))
    promise = {"commitment_id": "T112", "text": "send the manual", "due_on": "2025-03-12"}
    await world.say("commitment.made", promise, at_time(START, "10:05"))
    case_id = await world.complain(text="the pump leaks")
    await world.say("interaction.recorded", CALL | {"note": "calls again"}, at_time(START, "11:00"), subject=phone)
    await world.settle()
    assert await world.find(phone) == world.customer
    briefing = await world.file("/briefing")
    assert [entry["note"] for entry in briefing["last_interactions"]] == ["calls again", "asked for the manual"]
    assert [(kept["commitment_id"], kept["text"]) for kept in briefing["open_commitments"]] == [
        ("T112", "send the manual")
    ]
    assert [(open_["complaint_id"], open_["case_id"]) for open_ in briefing["open_complaints"]] == [
        (world.name, case_id)
    ]
    assert (briefing["grade"], briefing["need"]["expected_close_on"]) == ("A", "2025-03-20")
    assert briefing["grade"] == (await world.grade())["grade"]
    assert briefing["grade_reasons"] != []
    for step in ("R1", "R2", "R3", "R5", "R6"):
        await world.step(case_id, step)
    await world.post("feedback", f"/v1/cases/{case_id}/resolve", {"customer_satisfied": True})
    await world.day("2025-03-02")
    await world.complete(target("2025-03-25"), outcome="advanced")
    await world.settle()
    later = await world.file("/briefing")
    assert (later["open_complaints"], later["need"]["expected_close_on"]) == ([], "2025-03-25")
    assert (later["learnt"]["type"], later["learnt"]["outcome"]) == ("followup.completed", "advanced")


@case
async def test_a_note_about_one_contact_is_in_that_contacts_briefing_alone(world):
    numbers = {"k1": "phone:+8613800000601", "k2": "phone:+8613800000602"}
    await world.register(START, party="organisation")
    for contact_id, number in numbers.items():
        told = {"contact_id": contact_id, "role": "decision_maker", "handles": [number]}
        await world.say("contact.stated", told, at_time(START, "10:00"))
        note = CALL | {"note": f"what {contact_id} said"}
        await world.say("interaction.recorded", note, at_time(START, "11:00"), subject=number)
    await world.settle()
    assert [contact["contact_id"] for contact in (await world.file())["contacts"]] == ["k1", "k2"]
    for asked, expected in (({}, []), ({"contact": "k1"}, ["what k1 said"]), ({"contact": "k2"}, ["what k2 said"])):
        briefing = await world.client.get("profile", f"/v1/customers/{world.customer}/briefing", **asked)
        assert [entry["note"] for entry in briefing["last_interactions"] if entry["note"]] == expected


LINE = {"party": "individual", "preferred_channel": "line"}


@case
async def test_t123_a_channel_that_is_not_in_the_registry_is_refused(world):
    await world.day(START)
    refused = await world.say("customer.registered", LINE)
    await world.settle()
    assert (await world.fate_of(refused))["problem"]["type"] == "urn:holdfast:channel_unknown"


@case
async def test_t123_a_channel_that_was_added_by_configuration_is_taken(own_world):
    await own_world.register(START, preferred_channel="line")
    assert (await own_world.file())["preferred_channel"] == "line"


@case
async def test_t121_the_timeline_is_sorted_by_occurrence_whatever_came_first(world):
    await world.day(START)
    await world.say("interaction.recorded", CALL, at_time("2025-02-01"))
    click = {"channel": "advert", "direction": "inbound", "stage": "pre_sale"}
    await world.say("interaction.recorded", click, at_time("2025-01-02"))
    order = {"order_id": "T121", "amount": 10_000, "currency": "USD"}
    await world.say("order.placed", order, at_time("2025-01-10"))
    await world.settle()
    world.customer = await world.find()
    entries = (await world.file("/timeline"))["items"]
    assert [(entry["at"][:10], entry["stage"]) for entry in entries] == [
        ("2025-01-02", "pre_sale"),
        ("2025-01-10", "in_sale"),
        ("2025-02-01", "after_sale"),
    ]
    assert (await world.file())["first_touch_on"] == "2025-01-02"


@case
async def test_t138_a_delivery_before_its_order_gives_the_same_file(world):
    line = {"sku": "F-1", "category": "filters", "quantity": 1, "amount": 10_000}
    placed = {"amount": 10_000, "currency": "USD", "lines": [line]}
    delivered = {"guarantee_until_on": "2026-03-01"}
    turns = {
        "late": [("order.delivered", delivered, "12:00"), ("order.placed", placed, "09:00")],
        "even": [("order.placed", placed, "09:00"), ("order.delivered", delivered, "12:00")],
    }
    await world.day(START)
    files = []
    for name, events in turns.items():
        for type_, data, time in events:
            told = data | {"order_id": f"T138-{name}"}
            await world.say(type_, told, at_time(START, time), subject=f"case:T138-{name}")
            await world.settle()
        world.customer = await world.find(f"case:T138-{name}")
        files.append(await world.file() | await world.grade())
    for file in files:
        (owned,) = file.pop("owned_products")
        assert (owned["sku"], owned["delivered_on"], owned["guarantee_until_on"]) == ("F-1", START, "2026-03-01")
        assert (file["totals"]["purchases"], file["deal_status"]) == (1, "won")
        for own in ("customer_id", "handles", "cause", "reasons", "previous"):
            del file[own]
    assert files[0] == files[1]


@case
async def test_t140_the_same_id_at_another_time_and_the_same_order_under_another_id_have_one_effect(world):
    await world.register(START)
    await world.say("interaction.recorded", CALL, at_time(START, "10:00"), id="T140-call")
    await world.say("interaction.recorded", CALL, at_time(START, "11:00"), id="T140-call")
    order = {"order_id": "T140", "amount": 10_000, "currency": "USD"}
    first = await world.say("order.placed", order, at_time(START, "12:00"))
    again = await world.say("order.placed", order, at_time(START, "13:00"))
    await world.settle()
    totals = (await world.file())["totals"]
    assert (totals["interactions"], totals["purchases"]) == (1, 1)
    assert await world.data_of("purchase.recorded", "order_id", "kind") == [("T140", "placed")]
    fates = (await world.fate_of(first))["outcome"], (await world.fate_of(again))["outcome"]
    assert fates == ("applied", "superseded")
    assert len((await world.file("/timeline"))["items"]) == 2


@case
async def test_t128_a_dead_letter_replayed_twice_has_one_effect(world):
    await world.register(START)
    early = await world.say("interaction.recorded", CALL, at_time("2025-03-05"))
    await world.settle()
    (letter,) = await world.dead_letters(early)
    assert letter["reason"] == "time_in_future"
    await world.day("2025-03-05")
    replay = f"/v1/dead-letters/{letter['dead_letter_id']}/replay"
    results = [(await world.post("profile", replay, {}))["result"] for _ in range(2)]
    await world.settle()
    assert results == ["applied", "duplicate"]
    assert (await world.file())["totals"]["interactions"] == 1
    (entry,) = (await world.file("/timeline"))["items"]
    assert entry["cause"]["event_id"] == early
    assert len(await world.facts("interaction.recorded")) == 1


@case
async def test_t81_a_file_is_read_months_later_with_name_and_address(world):
    await world.register("2025-03-10", name="Wang Fang", address="1 Long Street")
    await world.day("2025-12-01")
    file = await world.file()
    assert (file["name"], file["address"]) == ("Wang Fang", "1 Long Street")
