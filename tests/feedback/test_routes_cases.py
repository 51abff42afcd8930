"""What people do with cases, through a real database."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from shared.contracts import profile, scheduler
from shared.contracts.policy import default_policy, overlay
from shared.engine import policy_life
from shared.engine.redecide import DECIDE_AGAIN
from shared.engine.worker import Worker
from tests.feedback.database import ANN, BOB


async def case_of(stack, customer):
    ((case),) = (await stack.get("/cases", customer=customer))["items"]
    return case


async def test_a_case_is_paused_resumed_and_opened_again(stack):
    await stack.complain(fault="unknown")
    path = f"/cases/{(await case_of(stack, ANN))['case_id']}"
    assert (await case_of(stack, ANN))["resolve_by_on"] == "2025-03-24"
    await stack.post(f"{path}/pause", {}, 422, "reason_required")
    assert (await stack.post(f"{path}/pause", {"reason": "away"}))["paused_at"] is not None
    await stack.to("2025-03-20")
    assert await stack.said("case.breached") == []
    assert (await stack.post(f"{path}/resume", {}))["resolve_by_on"] == "2025-04-03"
    await stack.post(f"{path}/resume", {}, 409, "case_not_paused")
    await stack.post(f"{path}/resolve", {"customer_satisfied": True})
    assert (await stack.post(f"{path}/reopen", {"reason": "again"}))["status"] == "open"
    assert len(await stack.said("complaint.reopened")) == 1
    await stack.post(f"{path}/explode", {}, 404, "not_found")


async def test_cp11_what_was_done_about_staff_is_for_few_eyes(stack):
    await stack.complain(staff_at_fault=True)
    path = f"/cases/{(await case_of(stack, ANN))['case_id']}"
    words = {"result": "declined", "reason": "a secret", "note": "a secret"}
    agent = {"Role": "staff_program"}
    await stack.post(f"{path}/steps/R7/complete", words, 403, "forbidden", **agent)
    full = await stack.post(f"{path}/steps/R7/complete", words, **{"Idempotency-Key": "k"})
    assert [(s["reason"], s["note"]) for s in full["steps"] if s["step"] == "R7"] == [("a secret", "a secret")]
    done = {"result": "done", "note": "said sorry"}
    seen = await stack.post(f"{path}/steps/R1/complete", done, **agent, **{"Idempotency-Key": "k2"})
    shown = (await stack.client.get(path, headers=agent)).json()
    for steps in (seen["steps"], shown["steps"]):
        told = {s["step"]: s for s in steps}
        assert (told["R1"]["note"], told["R7"]["note"], told["R7"]["reason"]) == ("said sorry", None, None)
        assert (told["R7"]["status"], told["R7"]["restricted"]) == ("declined", True)
    for table in ("/cases", "/exports/cases"):
        assert "a secret" not in (await stack.client.get(table)).text
    kept = {"customer_satisfied": False}
    assert "a secret" in (await stack.client.post(f"{path}/resolve", json=kept, headers={"Idempotency-Key": "k3"})).text
    await stack.post(f"{path}/resolve", kept, 422, "idempotency_key_reused", **agent, **{"Idempotency-Key": "k3"})


async def test_another_policy_derives_the_deadlines_of_open_cases_anew_and_keeps_the_older_ones(stack):
    await stack.complain("c1", ANN, fault="unknown")
    await stack.complain("c2", BOB, fault="unknown")
    path = f"/cases/{(await case_of(stack, BOB))['case_id']}"
    await stack.post(f"{path}/resolve", {"customer_satisfied": True})
    await stack.to("2025-03-11")
    policy = overlay(default_policy(), {"values": {"complaint.resolve_days": {"minor": 3}}})
    id, _ = await policy_life.add(stack.engine, policy, "hurry", None)
    assert await policy_life.activate(stack.engine, id)
    await Worker(stack.engine, (DECIDE_AGAIN,)).all_due()
    case = await case_of(stack, ANN)
    assert [version["due_on"] for version in case["deadlines"]] == ["2025-03-24", "2025-03-13"]
    assert (case["resolve_by_on"], case["deadlines"][1]["policy_id"]) == ("2025-03-13", id)
    assert len((await case_of(stack, BOB))["deadlines"]) == 1  # closed: nothing is owed
    assert [said.get("step") for said in await stack.said("case.breached")] == ["acknowledge"]
    await stack.to("2025-03-15")
    assert [said["due_on"] for said in await stack.said("case.breached") if "step" not in said] == ["2025-03-13"]
    assert await Worker(stack.engine, (DECIDE_AGAIN,)).all_due() == 0


async def merge(stack, loser, winner):
    for fact, customer in (
        (profile.CustomerMerged(into=winner), loser),
        (profile.CustomerAbsorbed(from_=loser), winner),
    ):
        await stack.tell(fact, customer)


async def test_a_case_goes_on_where_its_customer_has_become_another_file(stack):
    """Paused in the file that ends, resumed in the one that lives on: one case, one clock, its time credited."""
    await stack.complain("c1", ANN, fault="unknown", order_id="o1", about="product")
    path = f"/cases/{(await case_of(stack, ANN))['case_id']}"
    await stack.tell(profile.CommitmentMade(commitment_id="p1", due_on=date(2025, 3, 12), complaint_id="c1"))
    await stack.post(f"{path}/pause", {"reason": "away"})
    await stack.to("2025-03-12")
    await merge(stack, ANN, BOB)
    assert (await case_of(stack, BOB))["case_id"] == (await case_of(stack, ANN))["case_id"]
    await stack.tell(scheduler.CommitmentBreached(commitment_id="p1"), BOB)
    await stack.complain("c1", BOB, fault="unknown")  # told again under the other handle
    await stack.to("2025-03-20")
    resumed = await stack.post(f"{path}/resume", {})
    assert (resumed["customer_id"], resumed["resolve_by_on"]) == (str(BOB), "2025-04-03")
    await stack.post(f"{path}/cause", {"fault": "company"})
    assert [step["step"] for step in (await case_of(stack, BOB))["steps"]] == ["R1", "R2", "R3", "R5", "R6", "R7"]
    await stack.to("2025-05-01")
    breached = [said.get("step") for said in await stack.said("case.breached")]
    assert sorted(map(str, breached)) == sorted(set(map(str, breached)))
    assert (len(await stack.said("complaint.opened")), breached.count(None)) == (1, 1)


async def test_many_cases_are_changed_at_once(stack):
    await stack.complain("c1", ANN)
    await stack.complain("c2", BOB)
    ids = [(await case_of(stack, customer))["case_id"] for customer in (ANN, BOB)]
    body = {"case_ids": [*ids, str(UUID(int=1))], "action": "reassign", "to": "bob"}
    answer = await stack.post("/cases/bulk", body, **{"Idempotency-Key": "k"})
    assert [(item["result"], item["problem"]) for item in answer["items"]] == [
        ("done", None),
        ("done", None),
        ("refused", "not_found"),
    ]
    assert {case["owner"] for case in (await stack.get("/cases"))["items"]} == {"bob"}
    assert await stack.post("/cases/bulk", body, **{"Idempotency-Key": "k"}) == answer
    other = body | {"to": "eve"}
    await stack.post("/cases/bulk", other, 422, "idempotency_key_reused", **{"Idempotency-Key": "k"})
    await stack.post("/cases/bulk", other, 422, "invalid_body", **{"Idempotency-Key": "k" * 256})
    assert {case["owner"] for case in (await stack.get("/cases"))["items"]} == {"bob"}
    await stack.post("/cases/bulk", other, **{"Idempotency-Key": "k" * 255})
    assert {case["owner"] for case in (await stack.get("/cases"))["items"]} == {"eve"}


async def test_t72_the_entitlement_stands_beside_its_step(stack):
    bought = {"order_id": "o1", "kind": "delivered", "ordered_on": date(2025, 1, 1), "amount": 1, "currency": "USD"}
    await stack.tell(profile.PurchaseRecorded(**bought, guarantee_until_on=date(2026, 1, 1)))
    await stack.complain(about="product", order_id="o1")
    steps = {step["step"]: step["entitlements"] for step in (await case_of(stack, ANN))["steps"]}
    assert (steps["R1"], steps["R2"]) == ([], ["repair", "replace", "refund"])


async def test_cp15_the_register_has_guarantees_claims_and_objectives(stack):
    month = {"from_on": "2025-03-01", "to_on": "2025-03-31"}
    nothing = await stack.get("/quality", **month)
    assert nothing["claims"] == {"n": 0, "open": 0, "done": 0, "declined": 0, "rejected": 0}
    assert {(o["value"], o["n"], o["met"]) for o in nothing["objectives"]} == {(None, 0, None)}
    for order_id, customer, until in (("o1", ANN, 4), ("o2", BOB, 3), ("o3", BOB, None)):
        bought = {"order_id": order_id, "kind": "delivered", "ordered_on": date(2025, 1, 1), "amount": 1}
        guarantee = date(2025, until, 1) if until else None
        told = profile.PurchaseRecorded(**bought, currency="USD", guarantee_until_on=guarantee)
        await stack.tell(told, customer)
    await stack.complain("c1", about="product", order_id="o1")
    await stack.complain("c2", order_id="o1")
    claimed = [(await stack.get("/guarantees", on="2025-03-01"))["items"][1]["claims"][n] for n in (0, 1)]
    done = f"/cases/{claimed[0]['case_id']}/steps/R2/complete"
    await stack.post(done, {"result": "declined", "reason": "it fell into the sea"})
    listed = {(on, customer): [] for on in ("2025-03-01", "2025-03-02", "2025-04-02") for customer in (None, ANN)}
    for on, customer in listed:
        query = {"on": on} | ({"customer": customer} if customer else {})
        listed[on, customer] = [item["order_id"] for item in (await stack.get("/guarantees", **query))["items"]]
    assert list(listed.values()) == [["o2", "o1"], ["o1"], ["o1"], ["o1"], [], []]
    (item,) = (await stack.get("/guarantees"))["items"]
    assert [(c["status"], c["entitlements"]) for c in item["claims"]] == [
        ("declined", ["repair", "replace", "refund"]),
        ("open", ["repair", "replace", "refund"]),
    ]
    page = await stack.get("/guarantees", on="2025-03-01", limit=1)
    (last,) = (await stack.get("/guarantees", on="2025-03-01", limit=1, cursor=page["next_cursor"]))["items"]
    assert (page["items"][0]["order_id"], last["order_id"]) == ("o2", "o1")
    for n, score in enumerate((5, 5, 5, 5, 1)):
        await stack.tell(profile.SurveyAnswered(answer_id=f"a{n}", survey="csat", score=score))
    quality = await stack.get("/quality", **month)
    assert quality["claims"] == {"n": 2, "open": 1, "done": 0, "declined": 1, "rejected": 0}
    csat = next(o for o in quality["objectives"] if o["kpi"] == "csat")
    assert csat == {"kpi": "csat", "at_least": 80, "at_most": None, "value": 80.0, "n": 5, "met": True}
    assert (await stack.get("/quality", from_on="2025-04-01", to_on="2025-04-30"))["claims"]["n"] == 0


async def test_cp16_a_customer_who_is_not_satisfied_after_all_opens_the_case_again(stack):
    await stack.complain(fault="unknown")
    path = f"/cases/{(await case_of(stack, ANN))['case_id']}"
    await stack.post(f"{path}/resolve", {"customer_satisfied": True})
    await stack.to("2025-03-12")
    await stack.tell(profile.SatisfactionStated(complaint_id="c1", satisfied=False))
    case = await stack.get(path)
    assert (case["status"], case["reopened"], case["resolve_by_on"]) == ("open", 1, "2025-03-27")
    assert len(await stack.said("complaint.reopened")) == 1
