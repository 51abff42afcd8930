"""The five-step loop through a real database: feedback, elements, improvements, promises."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import pytest

from shared.contracts import profile
from shared.contracts.policy import default_policy, overlay
from shared.engine import policy_life
from shared.engine.redecide import DECIDE_AGAIN
from shared.engine.worker import Worker
from tests.feedback.database import ANN, BOB

RATED = {  # T87
    "service_quality": (4, 4, 4, 64),
    "problem_resolution": (5, 4, 3, 60),
    "value_perception": (4, 3, 5, 60),
    "emotional_connection": (5, 2, 4, 40),
    "physical_environment": (3, 2, 5, 30),
}


async def submit(stack, id, kind="evaluation", customer=ANN, **more):
    await stack.tell(profile.FeedbackReceived(feedback_id=id, kind=kind, source="direct", **more), customer)


async def open_item(stack, element="service_quality", **more):
    return await stack.post("/improvements", {"element": element} | more, 201)


async def test_feedback_is_listed_filtered_tagged_and_planned(stack):
    await submit(stack, "f1", score=2)
    await submit(stack, "f2", "suggestion", BOB, element="service_quality", touchpoint="shop")
    items = {item["feedback_id"]: item for item in (await stack.get("/feedback"))["items"]}
    assert (items["f1"]["flags"], items["f2"]["flags"], items["f2"]["touchpoint"]) == (["untagged"], [], "shop")
    for query, found in (
        ({"flag": "untagged"}, ["f1"]),
        ({"kind": "suggestion"}, ["f2"]),
        ({"element": "service_quality"}, ["f2"]),
        ({"customer": BOB}, ["f2"]),
        ({"source": "forum"}, []),
    ):
        assert [item["feedback_id"] for item in (await stack.get("/feedback", **query))["items"]] == found
    await stack.post("/feedback/f1/tag", {"element": "horoscope"}, 422, "element_unknown")
    await stack.post("/feedback/f9/tag", {"element": "service_quality"}, 404, "not_found")
    tagged = await stack.post("/feedback/f1/tag", {"element": "service_quality"})
    assert (tagged["element"], tagged["flags"]) == ("service_quality", [])
    plan = {"action": "call back", "owner": "ann", "due_on": "2025-03-20"}
    assert (await stack.post("/feedback/f1/plan", plan))["plan"] == plan
    await stack.to("2025-03-19")
    assert [item["feedback_id"] for item in (await stack.get("/feedback", flag="no_plan"))["items"]] == ["f2"]
    assert await stack.said("feedback.flagged") == [
        {"feedback_id": "f1", "flag": "untagged"},
        {"feedback_id": "f2", "flag": "no_plan"},
    ]


@pytest.mark.parametrize(
    "days", [("0001-01-01", "9999-12-31"), ("0001-01-01", "0001-01-01"), ("2025-03-31", "2025-03-01")]
)
async def test_fb05_any_two_days_may_be_asked_about(stack, days):
    await submit(stack, "f1", element="service_quality", score=4)
    query = dict(zip(("from_on", "to_on"), days, strict=True))
    (quality, *_) = [
        e for e in (await stack.get("/elements", **query))["elements"] if e["element"] == "service_quality"
    ]
    assert (quality["n"], quality["change"]) == (int(days[1] == "9999-12-31"), None)
    assert {item["from_on"] for item in (await stack.get("/kpis", **query))["items"]} == {days[0]}


@pytest.mark.parametrize("id", ["%00", "x" * 300])
async def test_an_id_that_cannot_be_is_not_found(stack, id):
    await stack.post(f"/feedback/{id}/tag", {"element": "service_quality"}, 404, "not_found")
    await stack.get("/feedback", 422, owner="\0")
    await stack.get("/feedback", 422, cursor="WyIyMDI1LTAxLTAxIiwiXHUwMDAwIl0")


async def test_fb09_a_plan_is_tracked_until_it_is_done(stack):
    for id in ("f1", "f2", "f3"):
        await submit(stack, id, element="service_quality")
    await stack.post("/feedback/f1/plan/complete", {}, 409, "no_plan")
    for id, owner, day in (("f1", "ann", "2025-03-12"), ("f2", "bob", "2025-03-12"), ("f3", "ann", "2025-03-20")):
        await stack.post(f"/feedback/{id}/plan", {"action": "call back", "owner": owner, "due_on": day})

    async def listed(**query):
        return [item["feedback_id"] for item in (await stack.get("/feedback", **query))["items"]]

    await stack.to("2025-03-12")
    assert await listed(plan="overdue") == []
    await stack.to("2025-03-13")
    assert (await listed(plan="overdue"), await listed(plan="overdue", owner="ann")) == (["f2", "f1"], ["f1"])
    done = await stack.post("/feedback/f1/plan/complete", {"result": "she is pleased"})
    assert (done["plan"]["done_on"], done["plan"]["result"]) == ("2025-03-13", "she is pleased")
    assert [await listed(plan=plan) for plan in ("open", "overdue", "done")] == [["f3", "f2"], ["f2"], ["f1"]]
    await stack.post("/feedback/f1/plan/complete", {}, 409, "plan_done")
    await stack.post("/feedback/f1/plan", {"action": "call again", "owner": "ann", "due_on": "2025-03-30"})
    assert (await listed(plan="done"), await listed(owner="ann", plan="open")) == ([], ["f3", "f1"])
    await stack.post("/feedback/f9/plan/complete", {}, 404, "not_found")


async def test_fb07_a_solution_is_its_owners_and_said_to_be_overdue_once(stack):
    item = (await open_item(stack))["item_id"]
    path, solution = f"/improvements/{item}", {"type": "training", "owner": "ann", "due_on": "2025-03-12"}
    await stack.post(f"{path}/solution", solution)
    assert await stack.said("improvement.planned") == [
        {"item_id": item, "element": "service_quality", "solution": "training", "owner": "ann", "due_on": "2025-03-12"}
    ]
    listed = [len((await stack.get("/improvements", owner=owner))["items"]) for owner in ("ann", "bob")]
    assert listed == [1, 0]
    await stack.to("2025-03-12")
    assert await stack.said("improvement.overdue") == []
    await stack.to("2025-03-20")
    await stack.post(f"{path}/rate", {"impact": 3})
    await stack.to("2025-03-25")
    late = {"item_id": item, "owner": "ann", "due_on": "2025-03-12"}
    assert await stack.said("improvement.overdue") == [late]
    await stack.post(f"{path}/solution", solution | {"due_on": "2025-03-28"})
    await stack.post(f"{path}/steps/implement/complete", {})
    await stack.to("2025-04-20")
    assert await stack.said("improvement.overdue") == [late]


async def test_t125_elements_and_touchpoints_are_scored_apart(stack):
    for number, (element, touchpoint, score) in enumerate(
        [("service_quality", "hotline", 2), ("service_quality", "shop", 4), ("value_perception", "shop", 5)]
    ):
        await submit(stack, f"f{number}", element=element, touchpoint=touchpoint, score=score)
    await submit(stack, "f9", score=1)
    mention = {"sentiment": "negative", "network": "weibo", "kind": "mention", "element": "service_quality"}
    await stack.tell(profile.MentionMatched(mention_id="m1", **mention))
    await stack.tell(profile.SurveyAnswered(answer_id="a1", survey="nps", score=0, element="value_perception"))
    found = await stack.get("/elements")
    elements = {item["element"]: item for item in found["elements"]}
    assert (elements["service_quality"]["n"], elements["service_quality"]["mean"]) == (2, 3.0)
    assert elements["service_quality"]["mentions"] == {"positive": 0, "neutral": 0, "negative": 1}
    assert (elements["value_perception"]["n"], elements["value_perception"]["mean"]) == (1, 5.0)
    assert (elements["physical_environment"]["n"], elements["physical_environment"]["mean"]) == (0, None)
    assert found["touchpoints"] == [
        {"touchpoint": "hotline", "n": 1, "mean": 2.0, "change": None},
        {"touchpoint": "shop", "n": 2, "mean": 4.5, "change": None},
    ]
    assert found["untagged"] == 1
    assert (await stack.get("/elements", from_on="2025-03-11"))["untagged"] == 0


async def test_fb05_a_trend_compares_with_as_many_days_before(stack):
    for number, (day, score) in enumerate([("2025-03-07", 1), ("2025-03-08", 2), ("2025-03-10", 4)]):
        told = {"kind": "evaluation", "source": "direct", "element": "service_quality", "touchpoint": "shop"}
        await stack.tell(profile.FeedbackReceived(feedback_id=f"f{number}", score=score, **told), at=day)
    found = await stack.get("/elements", from_on="2025-03-10", to_on="2025-03-11")
    elements = {item["element"]: item["change"] for item in found["elements"]}
    assert (elements["service_quality"], elements["value_perception"]) == (2.0, None)
    assert [item["change"] for item in found["touchpoints"]] == [2.0]


async def test_t87_improvements_are_ranked_by_the_product_then_by_impact(stack):
    for element in reversed(RATED):
        impact, feasibility, scope, score = RATED[element]
        item = await open_item(stack, element, impact=impact, feasibility=feasibility, scope=scope)
        assert item["score"] == score
    await open_item(stack, "service_quality", title="unrated")
    items = (await stack.get("/improvements"))["items"]
    assert [(item["element"], item["score"], item["rank"]) for item in items[:5]] == [
        (element, RATED[element][3], place) for place, element in enumerate(RATED, 1)
    ]
    assert (items[5]["rank"], items[5]["title"]) == (None, "unrated")
    first = await stack.get("/improvements", limit=4)
    rest = await stack.get("/improvements", limit=4, cursor=first["next_cursor"])
    assert first["items"] + rest["items"] == items
    said = await stack.said("improvement.prioritised")
    assert [(fact["score"], fact["rank"]) for fact in said] == [(30, 1), (40, 1), (60, 1), (60, 1), (64, 1)]
    await stack.post("/improvements", {"element": "horoscope"}, 422, "element_unknown")


async def test_fb06_a_policy_may_weigh_the_ratings_and_ranks_what_was_rated_before(stack):
    for element, (impact, feasibility, scope, _) in RATED.items():
        await open_item(stack, element, impact=impact, feasibility=feasibility, scope=scope)
    await open_item(stack, "service_quality", title="unrated")
    values = {"improvement.score": "weighted_sum", "improvement.weights": {"impact": 1, "feasibility": 10, "scope": 0}}
    id, _ = await policy_life.add(stack.engine, overlay(default_policy(), {"values": values}), None, None)
    said = len(await stack.said("improvement.prioritised"))
    assert await policy_life.activate(stack.engine, id)
    await Worker(stack.engine, (DECIDE_AGAIN,)).all_due()
    ranked = sorted(((10 * f + i, i, element) for element, (i, f, _, _) in RATED.items()), reverse=True)
    items = (await stack.get("/improvements"))["items"]
    assert [(item["score"], item["element"], item["rank"]) for item in items[:5]] == [
        (score, element, place) for place, (score, _, element) in enumerate(ranked, 1)
    ]
    assert items[5]["rank"] is None
    assert len(await stack.said("improvement.prioritised")) == said + len(RATED)
    assert (await open_item(stack, impact=5, feasibility=5, scope=1))["score"] == 55


@pytest.mark.parametrize(
    ("now", "status"),
    [pytest.param(3.9, "verified", id="T88 better"), pytest.param(3.2, "reopened", id="T88 as it was")],
)
async def test_t88_a_solution_is_measured_against_the_baseline(stack, now, status):
    path = f"/improvements/{(await open_item(stack, baseline=3.2))['item_id']}"
    await stack.post(f"{path}/steps/implement/complete", {}, 409, "step_order")
    solution = {"type": "process", "owner": "ann", "due_on": "2025-04-01"}
    assert (await stack.post(f"{path}/solution", solution))["status"] == "planned"
    await stack.post(f"{path}/steps/monitor/complete", {"now": now}, 409, "step_order")
    done = await stack.post(f"{path}/steps/implement/complete", {"on": "2025-04-01"})
    assert (done["status"], done["solution"]["implemented_on"]) == ("implemented", "2025-04-01")
    await stack.post(f"{path}/steps/monitor/complete", {}, 409, "no_new_scores")
    measured = await stack.post(f"{path}/steps/monitor/complete", {"now": now})
    assert (measured["status"], measured["baseline"], measured["now"]) == (status, 3.2, now)
    ((effect),) = (await stack.get("/kpis", kpi="improvement_effect"))["items"]
    assert (effect["value"], effect["n"]) == (pytest.approx(now - 3.2), 1)
    ((said),) = await stack.said(f"improvement.{status}")
    assert (said["baseline"], said["now"]) == (3.2, now)
    if status == "reopened":
        assert (await stack.post(f"{path}/solution", solution))["status"] == "planned"
    else:
        await stack.post(f"{path}/solution", solution, 409, "step_order")


async def test_fb08_without_figures_the_scores_themselves_are_the_measure(stack):
    await submit(stack, "f1", element="service_quality", score=2)
    await submit(stack, "f2", element="service_quality", score=3)
    path = f"/improvements/{(await open_item(stack))['item_id']}"
    await stack.post(f"{path}/solution", {"type": "training", "owner": "ann", "due_on": "2025-04-01"})
    assert (await stack.post(f"{path}/steps/implement/complete", {}))["baseline"] == 2.5
    await stack.post(f"{path}/steps/monitor/complete", {}, 409, "no_new_scores")
    await stack.to("2025-03-12")
    await submit(stack, "f3", element="service_quality", score=5)
    assert (await stack.post(f"{path}/steps/monitor/complete", {}))["status"] == "verified"


@pytest.mark.parametrize(
    ("type_", "expected"),
    [("advert", 422), ("process", 200), ("training", 200), ("technology", 200), ("personalisation", 200)],
)
async def test_t93_a_solution_changes_how_things_are_done(stack, type_, expected):
    path = f"/improvements/{(await open_item(stack))['item_id']}/solution"
    slug = "solution_type_unknown" if expected == 422 else None
    await stack.post(path, {"type": type_, "owner": "ann", "due_on": "2025-04-01"}, expected, slug)


async def test_a_suggestion_is_an_improvement_until_somebody_rates_it(stack):
    await submit(stack, "f1", "suggestion")
    ((item),) = (await stack.get("/improvements"))["items"]
    assert (item["source"], item["status"], item["element"], item["rank"]) == ("suggestion", "open", None, None)
    await stack.post("/feedback/f1/tag", {"element": "value_perception"})
    rated = await stack.post(f"/improvements/{item['item_id']}/rate", {"impact": 5, "feasibility": 2, "scope": 1})
    assert (rated["element"], rated["score"], rated["rank"]) == ("value_perception", 10, 1)
    assert len((await stack.get("/improvements"))["items"]) == 1
    await stack.post(f"/improvements/{UUID(int=1)}/rate", {"impact": 5}, 404, "not_found")


async def test_the_same_key_opens_one_improvement(stack):
    body = {"element": "service_quality"}
    first = await stack.post("/improvements", body, 201, **{"Idempotency-Key": "k1"})
    assert await stack.post("/improvements", body, 201, **{"Idempotency-Key": "k1"}) == first
    assert len((await stack.get("/improvements"))["items"]) == 1


async def test_candidates_come_from_causes_with_the_customers_and_revenue_they_touched(stack):
    for customer, complaint in ((ANN, "c1"), (ANN, "c2"), (BOB, "c3")):
        await stack.complain(complaint, customer)
    await stack.tell(
        profile.PurchaseRecorded(
            order_id="o1", kind="placed", ordered_on=date(2025, 3, 10), amount=5000, currency="USD"
        )
    )
    cases = (await stack.get("/cases"))["items"]
    for case in cases:
        cause = {"category": "delivery" if case["complaint_id"] == "c3" else "process", "element": "service_quality"}
        await stack.post(f"/cases/{case['case_id']}/cause", {"causes": [cause]})
    assert (await stack.get("/improvements/candidates"))["items"] == [
        {"category": "process", "element": "service_quality", "cases": 2, "customers": 1, "revenue": 5000},
        {"category": "delivery", "element": "service_quality", "cases": 1, "customers": 1, "revenue": 0},
    ]


async def test_t94_a_promise_goes_live_when_every_touchpoint_supports_it(stack):
    body = {"title": "a member, not a number", "touchpoints": ["call_centre", "shop"]}
    promise = await stack.post("/promises", body, 201)
    path = f"/promises/{promise['promise_id']}"
    assert (promise["status"], promise["touchpoints"][0]["confirmed"]) == ("draft", False)
    await stack.post(f"{path}/activate", {}, 409, "touchpoints_unconfirmed")
    await stack.post(f"{path}/confirm", {"touchpoint": "shop", "by": "ann"})
    await stack.post(f"{path}/activate", {}, 409, "touchpoints_unconfirmed")
    await stack.post(f"{path}/confirm", {"touchpoint": "moon", "by": "ann"}, 422, "invalid_body")
    await stack.post(f"{path}/confirm", {"touchpoint": "call_centre", "by": "bob"})
    assert (await stack.post(f"{path}/activate", {}))["status"] == "active"
    ((item),) = (await stack.get("/promises"))["items"]
    assert (item["status"], [each["confirmed"] for each in item["touchpoints"]]) == ("active", [True, True])
    await stack.post(f"/promises/{UUID(int=1)}/activate", {}, 404, "not_found")
