"""The loop beyond the single customer: rates, what nobody hears, improvements, promises, words for few eyes."""

from __future__ import annotations

import pytest

from tests.acceptance.cases import case
from tests.acceptance.test_voice import GRUMBLE
from tests.driving.events import LATENT, at_time

pytestmark = pytest.mark.kafka

DAY = "2025-03-10"
RATED = {
    "service_quality": (4, 4, 4, 64),
    "problem_resolution": (5, 4, 3, 60),
    "value_perception": (4, 3, 5, 60),
    "emotional_connection": (5, 2, 4, 40),
    "physical_environment": (3, 2, 5, 30),
}
SOLUTION = {"type": "process", "owner": "ann", "due_on": "2025-04-01"}


async def kpi(world, name, day):
    ((found),) = (await world.client.get("feedback", "/v1/kpis", kpi=name, from_on=day, to_on=day))["items"]
    return found


async def improvement(world, element="service_quality", **more):
    body = {"element": element, "title": world.name} | more
    return await world.post("feedback", "/v1/improvements", body, 201)


@case
async def test_t66_thirty_reported_grievances_stand_for_a_hundred(world):
    day = "2025-07-02"  # nobody else's
    await world.register(day, LATENT)
    for number in range(30):
        await world.say("interaction.recorded", GRUMBLE, at_time(day, f"10:{number:02}"))
    await world.settle()
    found = await kpi(world, "unheard_grievances", day)
    assert (found["value"], found["n"], found["details"]["estimated_total"]) == (70, 30, 100)


@case
async def test_t68_the_complaint_rate_of_the_hotline_is_rewarded_below_ten_percent(world):
    day = "2025-07-03"  # nobody else's
    await world.register(day, LATENT)
    told = {"channel": "hotline", "direction": "inbound", "sentiment": "neutral"}
    for number in range(100):
        await world.say("interaction.recorded", told, at_time(day, f"10:{number % 60:02}"))
    complaint = {"fault": "customer", "severity": "minor", "correctable": True, "channel": "hotline"}
    for number in range(9):
        await world.say("complaint.reported", complaint | {"complaint_id": f"{world.name} {number}"})
    await world.settle()
    found = await kpi(world, "complaint_rate", day)
    assert (found["value"], found["n"], found["details"]["eligible"]) == (9.0, 100, True)
    await world.say("complaint.reported", complaint | {"complaint_id": f"{world.name} 9"})
    await world.settle()
    found = await kpi(world, "complaint_rate", day)
    assert (found["value"], found["details"]["eligible"]) == (10.0, False)
    found = await kpi(world, "complaint_rate", "2025-07-05")
    assert (found["value"], found["n"], found["details"]["eligible"]) == (None, 0, False)


@case
async def test_t87_improvements_are_ranked_by_impact_feasibility_and_scope(world):
    await world.day(DAY)
    for element in reversed(RATED):
        impact, feasibility, scope, _ = RATED[element]
        await improvement(world, element, impact=impact, feasibility=feasibility, scope=scope)
    items = (await world.client.get("feedback", "/v1/improvements", limit=200))["items"]
    mine = [(item["element"], item["score"]) for item in items if item["title"] == world.name]
    assert mine == [(element, score) for element, (*_, score) in RATED.items()]


@pytest.mark.parametrize(
    ("now", "status"),
    [pytest.param(3.9, "verified", id="T88-better"), pytest.param(3.2, "reopened", id="T88-as-it-was")],
)
@case
async def test_a_solution_is_measured_against_the_baseline(world, now, status):
    await world.day(DAY)
    path = f"/v1/improvements/{(await improvement(world, baseline=3.2))['item_id']}"
    await world.post("feedback", f"{path}/solution", SOLUTION)
    await world.post("feedback", f"{path}/steps/implement/complete", {"on": DAY})
    found = await world.post("feedback", f"{path}/steps/monitor/complete", {"now": now})
    assert (found["status"], found["baseline"], found["now"]) == (status, 3.2, now)


@case
async def test_t93_a_solution_changes_how_things_are_done(world):
    await world.day(DAY)
    path = f"/v1/improvements/{(await improvement(world))['item_id']}/solution"
    await world.post("feedback", path, SOLUTION | {"type": "advert"}, 422, "solution_type_unknown")
    for type_ in ("process", "training", "technology", "personalisation"):
        found = await world.post("feedback", path, SOLUTION | {"type": type_})
        assert (found["status"], found["solution"]["type"]) == ("planned", type_)


@case
async def test_t94_a_promise_goes_live_once_every_touchpoint_supports_it(world):
    await world.day(DAY)
    body = {"title": "a member, not a number", "touchpoints": ["call_centre", "shop"]}
    path = f"/v1/promises/{(await world.post('feedback', '/v1/promises', body, 201))['promise_id']}"
    await world.post("feedback", f"{path}/confirm", {"touchpoint": "shop", "by": "ann"})
    refused = await world.post("feedback", f"{path}/activate", {}, 409, "touchpoints_unconfirmed")
    assert "call_centre" in refused["detail"]
    await world.post("feedback", f"{path}/confirm", {"touchpoint": "call_centre", "by": "bob"})
    assert (await world.post("feedback", f"{path}/activate", {}))["status"] == "active"


@case
async def test_what_was_done_about_staff_is_hidden_from_the_lesser_token(world):
    await world.register(DAY, LATENT)
    case_id = await world.complain(staff_at_fault=True)
    agent = {"Authorization": f"Bearer {world.client.state.agent_token}"}
    path = f"/v1/cases/{case_id}"
    report = {"result": "done", "note": "a word about somebody", "customer_told": True}
    refused = await world.client.ask("POST", "feedback", f"{path}/steps/R7/complete", json=report, headers=agent)
    assert refused.status_code == 403
    await world.step(case_id, "R7", note=report["note"], customer_told=True)
    answers = [await world.client.ask("GET", "feedback", path, headers=headers) for headers in ({}, agent)]
    assert [report["note"] in answer.text for answer in answers] == [True, False]
    refused = await world.client.ask("GET", "feedback", "/v1/dead-letters", headers=agent)
    assert refused.status_code == 403
