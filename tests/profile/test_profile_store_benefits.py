"""Memberships and benefits through the engine into a real database, and out again by the routes."""

from __future__ import annotations

from shared.engine.wakeups import run_due

ANNA = "shop:1"


async def test_a_membership_and_what_is_left_of_it(tell, get, engine):
    benefits = [{"kind": "training", "quota": 2}, {"kind": "hotline", "to_on": "2025-03-31"}]
    given = {"membership_id": "m1", "from_on": "2025-03-01", "benefits": benefits}
    await tell("membership.granted", ANNA, "2025-03-01", **given)
    assert await tell("membership.granted", ANNA, "2025-03-02", **given) == "superseded"
    used = {"action": "used", "kind": "training", "basis": "membership", "membership_id": "m1"}
    assert await tell("benefit.recorded", ANNA, "2025-03-03", **used) == "applied"
    (found,) = (await get("/customers", handle=ANNA))["items"]
    path = f"/customers/{found['customer_id']}"
    assert (await get(path))["memberships"] == [{"membership_id": "m1", "from_on": "2025-03-01", "to_on": "2026-02-28"}]
    hotline, training = (await get(f"{path}/benefits"))["items"]
    assert training == {
        "kind": "training",
        "basis": "membership",
        "membership_id": "m1",
        "quantity": 2,
        "remaining": 1,
        "from_on": "2025-03-01",
        "to_on": "2026-02-28",
        "status": "active",
    }
    assert (hotline["status"], hotline["remaining"]) == ("active", None)
    await engine.pool.execute("update clock set now = '2025-04-02T00:00:00Z'")
    assert await run_due(engine, engine.clock_topic) == 1
    assert (await get(f"{path}/benefits"))["items"][0]["status"] == "expired"
