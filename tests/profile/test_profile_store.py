"""Files through the engine into a real database, and out again by the routes."""

from __future__ import annotations

import pytest

ANNA, PHONE = "shop:1", "phone:+8613800000000"


async def id_of(get, handle):
    (item,) = (await get("/customers", handle=handle))["items"]
    return item["customer_id"]


async def test_t120_one_file_shows_what_happened(tell, get):
    await tell(
        "customer.registered",
        ANNA,
        "2025-03-01",
        party="organisation",
        name="Berg & Co",
        handles=[PHONE],
        preferred_channel="phone",
        preferences=["mornings"],
        dates=[{"kind": "founding", "month": 5, "day": 1, "volunteered": True}],
    )
    await tell("need.stated", ANNA, "2025-03-04", demand="target", expected_close_on="2025-04-20", tags=["training"])
    line = {"sku": "f1", "category": "filters", "quantity": 1, "amount": 100}
    await tell("order.placed", PHONE, "2025-03-02", order_id="o1", amount=100, currency="USD", lines=[line])
    await tell("order.delivered", PHONE, "2025-03-03", order_id="o1", guarantee_until_on="2027-03-03")
    complaint = {"complaint_id": "c1", "fault": "company", "severity": "minor", "correctable": True}
    await tell("complaint.reported", ANNA, "2025-03-05", text="it leaks", **complaint)
    listed = await get("/customers", handle="Phone: +8613800000000")
    customer = listed["items"][0]["customer_id"]
    assert listed == {
        "items": [{"customer_id": customer, "party": "organisation", "name": "Berg & Co", "lifecycle": "active"}],
        "next_cursor": None,
    }
    assert await get(f"/customers/{customer}") == {
        "customer_id": customer,
        "party": "organisation",
        "kind": "organisation",
        "name": "Berg & Co",
        "handles": [PHONE, ANNA],
        "preferred_channel": "phone",
        "preferences": ["mornings"],
        "dislikes": [],
        "interests": [],
        "address": None,
        "time_zone": None,
        "region": None,
        "owner": None,
        "lead_source": None,
        "approach": None,
        "attraction": None,
        "dates": [{"kind": "founding", "month": 5, "day": 1, "year": None, "lunar": False, "volunteered": True}],
        "credit_rating": None,
        "spending_capacity": None,
        "greeting_style": None,
        "pain_points": [],
        "tags": [],
        "lifecycle": "active",
        "registered_on": "2025-03-01",
        "first_touch_on": "2025-03-02",
        "purchase_frequency": {
            "orders": 1,
            "first_on": "2025-03-02",
            "last_on": "2025-03-02",
            "median_gap_days": None,
        },
        "signals": {"bought": {"filters": "2025-03-02"}, "browsed": {}, "buys": {}},
        "groups": [],
        "priority_needs": ["training"],
        "sentiment": None,
        "need": {
            "demand": "target",
            "expected_close_on": "2025-04-20",
            "expected_amount": None,
            "potential_volume": None,
            "currency": None,
            "deal_possible": True,
            "handle_by_on": None,
            "negotiating": False,
            "tags": ["training"],
            "feasible": None,
        },
        "contacts": [],
        "consents": [
            {"channel": None, "purpose": purpose, "granted": granted, "at": None, "event_id": None}
            for purpose, granted in (("marketing", True), ("service", True), ("survey", True), ("private_help", False))
        ],
        "owned_products": [
            {
                "order_id": "o1",
                "sku": "f1",
                "category": "filters",
                "delivered_on": "2025-03-03",
                "guarantee_until_on": "2027-03-03",
            }
        ],
        "memberships": [],
        "referrals": [],
        "referred_by": None,
        "totals": {"purchases": 1, "complaints": 1, "suggestions": 0, "interactions": 0},
    }


async def test_the_timeline_pages_by_occurrence_and_between_days(tell, get):
    for day in ("05", "01", "03"):
        talk = {"channel": "phone", "direction": "inbound", "sentiment": "positive", "agent": "ann", "note": day}
        await tell("interaction.recorded", ANNA, f"2025-03-{day}", **talk)
    path = f"/customers/{await id_of(get, ANNA)}/timeline"
    first = await get(path, limit=2)
    rest = await get(path, limit=2, cursor=first["next_cursor"])
    assert [entry["note"] for entry in (*first["items"], *rest["items"])] == ["01", "03", "05"]
    assert rest["next_cursor"] is None
    assert [e["note"] for e in (await get(path, from_on="2025-03-02", to_on="2025-03-03"))["items"]] == ["03"]
    entry = first["items"][0]
    assert (entry.pop("entry_id"), entry.pop("recorded_at")) != (None, None)
    assert entry == {
        "at": "2025-03-01T09:00:00Z",
        "type": "interaction.recorded",
        "direction": "inbound",
        "channel": "phone",
        "touchpoint": None,
        "stage": None,
        "agent": "ann",
        "contact_id": None,
        "sentiment": "positive",
        "note": "01",
        "details": {"human": True},
        "cause": {"event_id": "e2", "type": "holdfast.interaction.recorded.v1"},
    }


async def test_a_note_about_one_contact_shows_for_that_contact_alone(tell, get):
    await tell(
        "interaction.recorded", ANNA, "2025-03-01", channel="phone", direction="inbound", contact_id="k1", note="secret"
    )
    path = f"/customers/{await id_of(get, ANNA)}/timeline"
    notes = [
        [e["note"] for e in (await get(path, **query))["items"]] for query in ({}, {"contact": "k1"}, {"contact": "k2"})
    ]
    assert notes == [[None], ["secret"], []]


async def test_t113_needs_are_listed_newest_first(tell, get):
    for version, close in ((1, "2025-04-01"), (2, "2025-05-01"), (3, "2025-06-01")):
        day = f"2025-03-0{version}"
        await tell("need.stated", ANNA, day, demand="target", expected_close_on=close, version=version)
    path = f"/customers/{await id_of(get, ANNA)}/needs"
    first = await get(path, limit=2)
    rest = await get(path, cursor=first["next_cursor"])
    items = [*first["items"], *rest["items"]]
    assert [(item["version"], item["upstream_version"], item["source"]) for item in items] == [
        (3, 3, "stated"),
        (2, 2, "stated"),
        (1, 1, "stated"),
    ]
    assert items[0]["need"]["expected_close_on"] == "2025-06-01"
    assert items[0]["cause"] == {"event_id": "e3", "type": "holdfast.need.stated.v1"}


async def test_a_merged_id_answers_with_the_surviving_customer(tell, get):
    await tell("order.placed", PHONE, "2025-03-01", order_id="o1", amount=100, currency="USD")
    await tell("order.refunded", PHONE, "2025-03-02", order_id="o1", amount=100)
    loser = await id_of(get, PHONE)
    await tell("customer.registered", ANNA, "2025-03-03", party="individual", handles=[PHONE])
    winner = await id_of(get, ANNA)
    file = await get(f"/customers/{loser}")
    assert (file["customer_id"], loser != winner) == (winner, True)
    assert (file["totals"]["purchases"], file["lifecycle"], file["registered_on"]) == (1, "active", "2025-03-03")
    assert [item["version"] for item in (await get(f"/customers/{loser}/needs"))["items"]] == [1]


async def test_orders_and_complaints_told_backwards_survive_the_database(tell, get):
    await tell("order.delayed", ANNA, "2025-03-02", order_id="o1", expected_on="2025-03-09")
    await tell("order.refunded", ANNA, "2025-03-04", order_id="o1", amount=60)
    await tell("order.placed", ANNA, "2025-03-01", order_id="o1", amount=100, currency="USD")
    await tell("order.refunded", ANNA, "2025-03-05", order_id="o1", amount=40)
    await tell("complaint.updated", ANNA, "2025-03-06", complaint_id="c1", severity="major")
    await tell(
        "complaint.reported", ANNA, "2025-03-05", complaint_id="c1", fault="company", severity="minor", correctable=True
    )
    assert await tell("order.placed", ANNA, "2025-03-07", order_id="o1", amount=1, currency="USD") == "superseded"
    file = await get(f"/customers/{await id_of(get, ANNA)}")
    assert (file["lifecycle"], file["totals"]["purchases"], file["totals"]["complaints"]) == ("active", 1, 1)


async def test_days_are_the_customers_also_where_the_zone_is_told_last(tell, get):
    evening = "2025-03-03T20:00:00+00:00"
    lines = [{"sku": "s", "category": "filters", "quantity": 1, "amount": 1}]
    happened = [
        ("customer.registered", "2025-03-01T20:00:00+00:00", {"party": "individual", "time_zone": "Asia/Shanghai"}),
        ("order.placed", evening, {"amount": 1, "currency": "USD", "lines": lines}),
        ("order.delivered", evening, {}),
        ("browse.recorded", evening, {"category": "filters"}),
    ]
    shown = []
    for handle, told in (("shop:1", happened), ("shop:2", happened[::-1])):
        for name, at, data in told:
            order = {"order_id": handle} if name.startswith("order.") else {}
            await tell(name, handle, at, **data, **order)
        (item,) = (await get("/customers", handle=handle))["items"]
        file = await get(f"/customers/{item['customer_id']}")
        (owned,) = file["owned_products"]
        bought, looked = file["signals"]["bought"]["filters"], file["signals"]["browsed"]["filters"]
        frequency = file["purchase_frequency"]["first_on"]
        shown.append([file["registered_on"], file["first_touch_on"], owned["delivered_on"], bought, looked, frequency])
    assert shown == [["2025-03-02", *["2025-03-04"] * 5]] * 2


@pytest.mark.parametrize("path", ["", "/timeline", "/needs"])
async def test_an_unknown_customer_is_not_found(get, path):
    assert (await get(f"/customers/0b8f3f0e-0000-4000-8000-000000000001{path}", 404))[
        "type"
    ] == "urn:holdfast:not_found"


async def test_an_unknown_handle_lists_nobody_and_none_at_all_is_a_mistake(get):
    assert await get("/customers", handle="nobody") == {"items": [], "next_cursor": None}
    assert (await get("/customers", 422))["type"] == "urn:holdfast:invalid_query"


async def test_a_cursor_of_another_list_is_refused(tell, get):
    for day in ("01", "02"):
        await tell("need.stated", ANNA, f"2025-03-{day}", demand="latent")
    customer = await id_of(get, ANNA)
    cursor = (await get(f"/customers/{customer}/needs", limit=1))["next_cursor"]
    assert (await get(f"/customers/{customer}/timeline", 422, cursor=cursor))["type"] == "urn:holdfast:invalid_query"
