"""Tasks and the work list through the engine into a real database, and out again by the routes."""

from __future__ import annotations

import asyncio
from datetime import date, datetime
from uuid import uuid5

import pytest

from shared.contracts import feedback, grading, profile
from tests.scheduler.database import ANN, BOB, CID, CONTACT
from tests.scheduler.desk import CASE


async def test_tasks_are_listed_filtered_and_completed(stack):
    await stack.known("2025-03-01", "C", owner="ann")
    await stack.complained("2025-03-01")
    items = (await stack.get("/tasks", customer=str(ANN)))["items"]
    assert sorted(item["kind"] for item in items) == ["acknowledge", "assist"]
    case = str(uuid5(CASE, str(ANN)))
    task = next(item for item in items if item["kind"] == "acknowledge")
    assert (task["due_on"], task["owner"], task["caused_by_case"], task["status"]) == (
        "2025-03-01",
        "ann",
        case,
        "open",
    )
    for wanted in ({"kind": "assist"}, {"owner": "ann"}, {"case": case}, {"from_on": "2025-03-01", "status": "open"}):
        assert (await stack.get("/tasks", **wanted))["items"]
    for wanted in ({"owner": "bob"}, {"status": "completed"}, {"to_on": "2025-02-28"}, {"customer": str(BOB)}):
        assert not (await stack.get("/tasks", **wanted))["items"]
    done = await stack.post(f"/tasks/{task['task_id']}/complete", {"outcome": "advanced", "channel": "phone"})
    assert (done["status"], done["channel"], done.keys()) == ("completed", "phone", task.keys())
    await stack.post(f"/tasks/{task['task_id']}/complete", {"outcome": "advanced"}, 409, "task_closed")


async def test_a_step_is_completed_where_its_case_is(stack):
    await stack.known("2025-03-01", "C")
    await stack.complained("2025-03-01", fault="company")
    step = feedback.PlannedStep(step="R1", due_on=date(2025, 3, 1))
    await stack.tell(feedback.RemediationStarted(case_id=uuid5(CASE, str(ANN)), steps=(step,)), "2025-03-01")
    ((task),) = (await stack.get("/tasks", kind="case_step"))["items"]
    await stack.post(f"/tasks/{task['task_id']}/complete", {"outcome": "advanced"}, 409, "complete_the_step")


async def test_sc25_the_work_list_is_ranked_and_a_later_day_is_a_preview(stack):
    await stack.known("2025-02-26", "C", ANN, urgency="not_urgent")
    await stack.known("2025-03-01", "A", BOB, urgency="urgent", owner="bob", preferred_channel="wechat")
    await stack.known("2025-03-01", "B", CID, urgency="urgent", owner="cleo")
    await stack.tell(grading.TierAssigned(tier="key", basis="computed", supply_priority=False), "2025-03-01", CID)
    assert (await stack.get("/worklist"))["items"] == []
    await stack.complained("2025-03-01", CID, fault="company")

    def seen(answer):
        return [(item["kind"], item["customer_id"], item["due_on"], item["overdue_days"]) for item in answer["items"]]

    preview = await stack.get("/worklist", on="2025-03-13")
    expected = [
        ("acknowledge", str(CID), "2025-03-01", 12),
        ("owner_notice", str(CID), "2025-03-01", 12),
        ("followup", str(CID), "2025-03-08", 5),
        ("followup", str(BOB), "2025-03-02", 11),
        ("followup", str(ANN), "2025-03-13", 0),
    ]
    assert seen(preview) == expected
    first = await stack.get("/worklist", on="2025-03-13", limit=3)
    rest = await stack.get("/worklist", on="2025-03-13", limit=3, cursor=first["next_cursor"])
    assert (seen(first) + seen(rest), rest["next_cursor"]) == (expected, None)
    ((mine),) = (await stack.get("/worklist", on="2025-03-13", agent="bob"))["items"]
    assert mine == {
        "kind": "followup",
        "id": mine["id"],
        "customer_id": str(BOB),
        "due_on": "2025-03-02",
        "overdue_days": 11,
        "urgency": "urgent",
        "tier": "regular",
        "grade": "A",
        "because": ["grade"],
        "channel": "wechat",
        "due_at": None,
        "escalated_to": None,
        "briefing": f"/v1/customers/{BOB}/briefing",
    }


async def test_what_is_overdue_today_is_so_on_the_customers_own_day(stack):
    """The deployment is in UTC; in California the 1st lasts until 08:00 of the 2nd, in Auckland the 2nd has come."""
    for customer, zone in ((ANN, "America/Los_Angeles"), (BOB, "Pacific/Auckland"), (CID, None)):
        await stack.known("2025-02-28", "E", customer, time_zone=zone)
    for customer in (ANN, BOB, CID):
        body = {"customer_id": str(customer), "kind": "appointment", "due_on": "2025-03-01"}
        await stack.post("/tasks", body, 201)
    wanted = [
        ("2025-03-01T05:00:00+00:00", {ANN: 0, BOB: 0, CID: 0}),
        ("2025-03-01T12:00:00+00:00", {ANN: 0, BOB: 1, CID: 0}),
        ("2025-03-02T05:00:00+00:00", {ANN: 0, BOB: 1, CID: 1}),
        ("2025-03-02T12:00:00+00:00", {ANN: 1, BOB: 2, CID: 1}),
    ]
    for now, days in wanted:
        await stack.engine.pool.execute("update clock set now = $1", datetime.fromisoformat(now))
        for path in ("/worklist", f"/worklist?on={now[:10]}", "/tasks?kind=appointment"):
            items = (await stack.get(path))["items"]
            assert {item["customer_id"]: item["overdue_days"] for item in items} == {
                str(customer): late for customer, late in days.items()
            }, (now, path)
            lateness = [item["overdue_days"] == 0 for item in items]
            assert lateness == sorted(lateness), "overdue ones first"
    preview = (await stack.get("/worklist", on="2025-03-04"))["items"]
    assert {item["overdue_days"] for item in preview} == {3}
    await stack.graded("2025-03-03", "E", CID, "urgent")  # by now it is said to be overdue
    assert (await stack.get("/worklist", on="2025-02-28"))["items"] == [], "nothing was due by then"


async def test_a_line_names_no_channel_that_the_customer_has_forbidden_for_its_purpose(stack):
    await stack.known("2025-03-01", "A", ANN, preferred_channel="email")
    await stack.tell(profile.ConsentChanged(granted=False, channel="email", purpose="marketing"), "2025-03-01")
    for kind in ("promotion", "appointment"):
        await stack.post("/tasks", {"customer_id": str(ANN), "kind": kind}, 201)
    lines = (await stack.get("/worklist", on="2025-03-02"))["items"]
    assert {line["kind"]: line["channel"] for line in lines} == {
        "promotion": None, "appointment": "email", "followup": "email",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("method", "path", "status", "slug"),
    [
        ("get", f"/customers/{BOB}/journal", 404, "not_found"),
        ("post", f"/followups/{BOB}/complete", 404, "not_found"),
        ("post", "/followups/none/complete", 404, "not_found"),
        ("post", f"/tasks/{BOB}/complete", 404, "not_found"),
        ("get", "/worklist?on=soon", 422, "invalid_query"),
        ("get", "/worklist?cursor=WzFd", 422, "invalid_query"),
        ("get", "/tasks?colour=red", 422, "invalid_query"),
        ("get", f"/customers/{BOB}/journal?cursor=W10", 422, "invalid_query"),
    ],
)
async def test_what_cannot_be_answered_says_why(client, method, path, status, slug):
    answer = await client.request(method, path, json=CONTACT if "followups" in path else {"outcome": "advanced"})
    assert (answer.status_code, answer.json()["type"]) == (status, f"urn:holdfast:{slug}")


async def test_many_tasks_are_completed_at_once_on_few_connections(stack):
    """A route that held one connection while its fold waits for another would stop the service with `size` of them."""
    customers = [uuid5(CASE, f"many {number}") for number in range(2 * stack.engine.pool.get_max_size())]
    for customer in customers:
        await stack.known("2025-03-01", "C", customer)
        await stack.complained("2025-03-01", customer)
    tasks = (await stack.get("/tasks", kind="acknowledge", limit=200))["items"]
    assert len(tasks) == len(customers)
    async with asyncio.timeout(4):
        await asyncio.gather(*(stack.post(f"/tasks/{t['task_id']}/complete", {"outcome": "advanced"}) for t in tasks))
