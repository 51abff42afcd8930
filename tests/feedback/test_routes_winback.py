"""The register of those who left and the win-backs, through a real database."""

from __future__ import annotations

from tests.feedback.database import ANN, BOB, CID


async def test_t134_the_best_customers_come_first(stack):
    for customer, tier in ((ANN, "small"), (BOB, "key"), (CID, "regular")):
        await stack.left(customer)
        await stack.tier(tier, customer)
    for path in ("/winbacks", "/churns"):
        items = (await stack.get(path))["items"]
        assert [(item["tier"], item["customer_id"]) for item in items] == [
            ("key", str(BOB)),
            ("regular", str(CID)),
            ("small", str(ANN)),
        ]
        first = await stack.get(path, limit=2)
        rest = await stack.get(path, limit=2, cursor=first["next_cursor"])
        assert (first["items"] + rest["items"], rest["next_cursor"]) == (items, None)


async def test_t79_a_departure_without_a_reason_is_listed_as_unknown(stack):
    await stack.left(reason="unknown")
    await stack.left(BOB, kind="normal", reason="moved")
    ((item),) = (await stack.get("/churns", reason="unknown"))["items"]
    case = (await stack.get("/winbacks"))["items"][0]
    assert item == {
        "customer_id": str(ANN),
        "kind": "abnormal",
        "reason": "unknown",
        "churned_on": "2025-03-10",
        "tier": "regular",
        "case_id": case["case_id"],
        "ended_on": None,
        "churn_id": item["churn_id"],
    }
    assert [item["kind"] for item in (await stack.get("/churns", kind="normal"))["items"]] == ["normal"]
    assert (await stack.get("/churns", from_on="2025-03-11"))["items"] == []


async def test_a_win_back_is_a_case_with_steps_that_are_completed_where_cases_are(stack):
    await stack.left()
    await stack.complain(customer=BOB)
    assert {item["kind"] for item in (await stack.get("/cases"))["items"]} == {"winback", "complaint"}
    ((case),) = (await stack.get("/cases", kind="winback"))["items"]
    path = f"/cases/{case['case_id']}"
    assert [(s["step"], s["due_on"]) for s in case["steps"]] == [
        ("W1", "2025-03-10"), ("W2", "2025-03-11"), ("W3", "2025-03-13"), ("W4", "2025-03-17"), ("W5", "2025-04-09")
    ]  # fmt: skip
    await stack.post(f"{path}/steps/W2/complete", {"result": "done", "channel": "email"}, 422, "channel_not_allowed")
    done = await stack.post(f"{path}/steps/W2/complete", {"result": "done", "channel": "phone", "note": "kind"})
    assert (done["steps"][1]["status"], done["steps"][1]["note"]) == ("done", "kind")
    await stack.post(f"{path}/steps/W4/complete", {"result": "done"}, 409, "step_order")
    cause = {"category": "process", "element": "service_quality", "touchpoint": None, "text": "nobody called"}
    assert (await stack.post(f"{path}/cause", {"causes": [cause]}))["causes"] == [cause]
    found = [(c["category"], c["cases"]) for c in (await stack.get("/improvements/candidates"))["items"]]
    assert found == [("process", 1)]
    report = {"result": "done", "displeasure_resolved": True, "opinions": "too slow", "plan": "a call a week"}
    shown = await stack.post(f"{path}/steps/W3/complete", report)
    assert (shown["opinions"], shown["plan"]) == ("too slow", "a call a week")
    await stack.post(f"{path}/steps/W4/complete", {"result": "done"})
    await stack.post(f"{path}/steps/W1/complete", {"result": "done"})
    await stack.post(f"{path}/steps/W5/complete", {"result": "done"}, 422, "measure_required")
    measure = {"element": "service_quality", "text": "call back within a day"}
    closed = await stack.post(f"{path}/steps/W5/complete", {"result": "done", "measure": measure})
    assert (closed["status"], closed["item_id"] is None) == ("won", False)
    await stack.post(f"{path}/steps/W1/complete", {"result": "done"}, 409, "case_closed")
    assert (await stack.get("/winbacks", status="open"))["items"] == []
    assert (await stack.get("/winbacks", status="won", customer=ANN))["items"] == [
        {name: value for name, value in closed.items() if name not in ("opinions", "plan", "steps")}
        | {"steps": [{k: v for k, v in s.items() if k not in ("reason", "note")} for s in closed["steps"]]}
    ]
    assert [said["won"] for said in await stack.said("winback.closed")] == [True]
