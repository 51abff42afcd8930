"""What happened with a customer, through the engine into a real database, and out again by the routes."""

from __future__ import annotations

ANNA, PHONE = "shop:1", "phone:+8613800000000"


async def id_of(get, handle):
    (item,) = (await get("/customers", handle=handle))["items"]
    return item["customer_id"]


async def test_what_happened_survives_the_database(tell, get):
    await tell("life_event.recorded", ANNA, "2025-03-01", kind="award", on="2025-03-01", volunteered=True)
    await tell("feedback.submitted", ANNA, "2025-03-02", kind="suggestion", source="direct", text="open earlier")
    await tell("social.mentioned", None, "2025-03-03", handle=ANNA, sentiment="negative", network="weibo")
    await tell("social.mentioned", None, "2025-03-03", handle="weibo:nobody", sentiment="negative", network="weibo")
    await tell("product.launched", None, "2025-03-03", product="pump")
    await tell("referral.recorded", ANNA, "2025-03-04", referred=PHONE)
    customer, referred = await id_of(get, ANNA), await id_of(get, PHONE)
    items = (await get(f"/customers/{customer}/timeline"))["items"]
    assert [(item["type"], item["note"]) for item in items] == [
        ("life_event.recorded", None),
        ("feedback.submitted", "open earlier"),
        ("social.mentioned", None),
        ("referral.recorded", None),
    ]
    file = await get(f"/customers/{customer}")
    assert file["totals"]["suggestions"] == 1
    assert [item["customer_id"] for item in file["referrals"]] == [referred]
    assert (await get(f"/customers/{referred}"))["referred_by"] == customer


async def test_promises_are_listed_by_the_day_they_are_due(tell, get):
    for name, due in (("p2", "2025-03-20"), ("p1", "2025-03-12"), ("p3", "2025-03-20")):
        await tell("commitment.made", ANNA, "2025-03-01", commitment_id=name, due_on=due, text=name, owner="ann")
    await tell("commitment.fulfilled", ANNA, "2025-03-11", commitment_id="p1")
    path = f"/customers/{await id_of(get, ANNA)}/commitments"
    first = await get(path, limit=2)
    rest = await get(path, cursor=first["next_cursor"])
    assert [item["commitment_id"] for item in (*first["items"], *rest["items"])] == ["p1", "p2", "p3"]
    assert [item["status"] for item in (*first["items"], *rest["items"])] == ["fulfilled", "open", "open"]
    assert first["items"][1] == {
        "commitment_id": "p2",
        "text": "p2",
        "owner": "ann",
        "due_on": "2025-03-20",
        "complaint_id": None,
        "made_at": "2025-03-01T09:00:00Z",
        "fulfilled_at": None,
        "breached_at": None,
        "status": "open",
    }
