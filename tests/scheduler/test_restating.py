"""Another policy shows in every list before its job has come, as it will be when it has."""

from __future__ import annotations

from datetime import date
from uuid import uuid5

from icalendar import Calendar

from shared.contracts import grading
from shared.contracts.policy import default_policy, overlay
from shared.engine import policy_life
from shared.engine.redecide import DECIDE_AGAIN
from shared.engine.worker import Worker
from tests.scheduler.database import ANN, CONTACT
from tests.scheduler.desk import CASE

POLICIES = {
    "nothing of it": {"reply.days": 2},
    "longer": {"cadence.days": {"A": 3, "B": 12, "C": 30, "D": 45}},
    "shorter": {"cadence.days": {"B": 2, "C": 4, "D": 9}, "complaint.urgent_days": 3},
    "floors": {"tier.floor_days": {"key": 5, "regular": 8}},
    "working days": {
        "cadence.days": {"A": 6, "B": 9, "D": 21},
        "calendar.working_days": ["mon", "tue", "wed", "thu", "fri"],
        "calendar.holidays": ["2025-03-21", "2025-03-24"],
        "calendar.make_up_days": ["2025-03-23"],
    },
}


async def many(stack):
    """Of every grade, tier and zone; some overdue, some with a complaint, some completed, one left."""
    numbers = range(20)
    for n in numbers:
        customer = uuid5(CASE, f"restated {n}")
        zone = ("Pacific/Kiritimati", "America/Los_Angeles", None)[n % 3]
        await stack.known(f"2025-03-{1 + n % 7:02}", "ABCDE"[n % 5], customer, time_zone=zone, owner="ann")
        if n % 4 == 0:
            tier = grading.TierAssigned(tier=("key", "small")[n % 8 == 0], basis="computed", supply_priority=False)
            await stack.tell(tier, "2025-03-08", customer)
        if n % 6 == 1:
            await stack.complained("2025-03-09", customer)
    await stack.now("2025-03-12")
    for n in (3, 8, 14):
        followup = (await stack.journal(uuid5(CASE, f"restated {n}")))["open"]["followup_id"]
        await stack.post(f"/followups/{followup}/complete", CONTACT)
    await stack.now("2025-03-14")
    for n in numbers:  # whatever fell due by then is said to be
        await stack.graded("2025-03-14", "ABCDE"[n % 5], uuid5(CASE, f"restated {n}"), "urgent")


async def activate(stack, values):
    id, _ = await policy_life.add(stack.engine, overlay(default_policy(), {"values": values}), None, None)
    await policy_life.activate(stack.engine, id)


async def shown(stack):
    """All that lists say of follow-ups, by customer: who is new in whose place has another id."""
    found = {}
    for on in ("2025-03-13", "2025-03-20", "2026-12-31"):
        items = (await stack.get("/worklist", on=on, agent="ann", limit=200))["items"]
        assert len(items) > 4
        told = [{key: value for key, value in item.items() if key != "id"} for item in items]
        found[on] = sorted(told, key=lambda item: (item["customer_id"], item["kind"]))
    plan = (await stack.get("/agents/ann/plan", to_on="2025-05-10"))["days"]
    found["plan"] = [(day["on"], sorted((i["customer_id"], i["due_on"]) for i in day["items"])) for day in plan]
    feed = Calendar.from_ical((await stack.client.get(await feed_of(stack))).content)
    found["feed"] = sorted(
        (str(e["description"]), e.decoded("dtstart"), str(e["summary"]).rpartition("(")[0]) for e in feed.walk("VEVENT")
    )
    return found


async def feed_of(stack):
    return (await stack.post("/agents/ann/calendar", None, 201))["url"].removeprefix("/v1")


async def test_lists_show_at_once_what_the_job_will_make_of_them(stack):
    await many(stack)
    before = await shown(stack)
    for name, values in POLICIES.items():
        await stack.engine.pool.execute("update clock set now = now + interval '1 hour'")
        await activate(stack, values)
        at_once = await shown(stack)
        assert (at_once == before) == (name == "nothing of it"), name

        await Worker(stack.engine, (DECIDE_AGAIN,)).all_due()
        before = await shown(stack)
        assert at_once == before, name


async def test_what_a_shorter_cadence_brings_is_shared_out_by_it(stack):
    """The plan that tasks are spread by counts what another policy has pulled in."""
    await stack.post("/agents", {"agent_id": "ann", "capacity": 1})
    await stack.known("2025-03-01", "D", ANN, owner="ann")
    await activate(stack, {"cadence.days": {"D": 1}})
    other = uuid5(CASE, "other")
    await stack.known("2025-03-01", "E", other)
    body = {"customer_id": str(other), "kind": "appointment", "due_on": "2025-03-02"}
    await stack.post("/tasks", body, 201)
    spread = await stack.post("/worklist/spread", {"agents": ["ann", "zoe"], "days": 3})
    assert [(item["owner"], date.fromisoformat(item["due_on"])) for item in spread["items"]] == [
        ("zoe", date(2025, 3, 2))
    ]
