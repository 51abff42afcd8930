"""What customers say: grievances, scores, mentions, feedback, and what is made of it."""

from __future__ import annotations

import pytest

from tests.acceptance.cases import case
from tests.driving.events import LATENT, at_time

pytestmark = pytest.mark.kafka

DAY = "2025-03-10"
GRUMBLE = {"channel": "hotline", "direction": "inbound", "sentiment": "negative"}


async def kpi(world, name, **query):
    ((found),) = (await world.client.get("feedback", "/v1/kpis", kpi=name, from_on=DAY, to_on=DAY, **query))["items"]
    return found


@case
async def test_t63_the_third_unresolved_grievance_warns_once(world):
    await world.register("2025-03-01", LATENT)
    for day in ("2025-03-01", "2025-03-10", "2025-03-20", "2025-03-22"):
        await world.day(day)
        await world.say("interaction.recorded", GRUMBLE)
        await world.settle()
    assert await world.data_of("complaint_risk.raised", "grievances", "window_days") == [(3, 30)]
    assert len(await world.facts("grievance.logged")) == 4


@case
async def test_t64_a_resolved_grievance_does_not_count(world):
    await world.register("2025-03-01", LATENT)
    for day in ("2025-03-01", "2025-03-10", "2025-03-20"):
        await world.day(day)
        await world.say("interaction.recorded", GRUMBLE | {"interaction_id": f"{world.name} {day}"})
        if day == DAY:
            await world.say("grievance.resolved", {"interaction_id": f"{world.name} {day}"}, at_time(day, "10:00"))
        await world.settle()
    assert await world.facts("complaint_risk.raised") == []


@case
async def test_t69_a_broken_promise_about_a_complaint_brings_r7(world):
    await world.register(DAY, LATENT)
    case_id = await world.complain()
    promise = {"commitment_id": world.name, "due_on": "2025-03-12", "complaint_id": world.name}
    await world.say("commitment.made", promise)
    await world.day("2025-03-12")
    assert await world.facts("commitment.breached") == []
    await world.day("2025-03-13")
    assert len(await world.facts("commitment.breached")) == 1
    steps = (await world.client.get("feedback", f"/v1/cases/{case_id}"))["steps"]
    assert [step["step"] for step in steps][-1] == "R7"


@case
async def test_t72_a_guarantee_entitles_to_repair_replace_refund(world):
    await world.register(DAY, LATENT)
    await world.say("order.placed", {"order_id": world.name, "amount": 10_000, "currency": "USD"})
    delivered = {"order_id": world.name, "guarantee_until_on": "2026-03-10"}
    await world.say("order.delivered", delivered, at_time(DAY, "10:00"))
    await world.settle()
    await world.complain(about="product", order_id=world.name)
    ((said),) = await world.facts("remediation.started")
    steps = {step["step"]: step.get("entitlements") for step in said["data"]["steps"]}
    assert (steps["R1"], steps["R2"]) == (None, ["repair", "replace", "refund"])


@case
async def test_t84_t85_scores_make_the_standard_figures(world):
    await world.register(DAY, LATENT)
    for survey, scores in (("nps", (10, 9, 9, 8, 7, 6, 3, 10, 0, 9)), ("csat", (5, 4, 4, 3, 2, 5, 1, 4, 5, 4))):
        for score in scores:
            await world.say("survey.answered", {"survey": survey, "score": score, "element": world.name})
    await world.settle()
    assert [(await kpi(world, name, element=world.name))["value"] for name in ("nps", "csat")] == [20.0, 70.0]
    assert [(await kpi(world, name, element="nothing"))["value"] for name in ("nps", "csat")] == [None, None]  # T96


@case
async def test_t86_a_gap_is_below_met_or_exceeded(world):
    await world.register(DAY, LATENT)
    for expectation, experience in ((4, 3), (4, 4), (3, 5)):
        told = {"survey": "gap", "expectation": expectation, "experience": experience}
        await world.say("survey.answered", told)
        await world.settle()
    said = await world.data_of("survey.scored", "gap", "verdict")
    assert said == [(-1, "below"), (0, "met"), (2, "exceeded")]


@pytest.mark.parametrize(
    ("score", "grievances"), [pytest.param(3, 1, id="T131-NPS-3"), pytest.param(7, 0, id="T131-NPS-7")]
)
@case
async def test_a_low_score_is_a_grievance(world, score, grievances):
    await world.register(DAY, LATENT)
    await world.say("survey.answered", {"survey": "nps", "score": score})
    await world.settle()
    assert await world.data_of("grievance.logged", "source") == [("survey",)] * grievances


@case
async def test_t133_a_mention_by_somebody_known_is_a_grievance_and_a_stranger_is_counted(world):
    await world.register(DAY, LATENT)
    told = {"sentiment": "negative", "network": "weibo", "element": "emotional_connection"}

    async def negative():
        found = await world.client.get("feedback", "/v1/elements", from_on=DAY, to_on=DAY)
        return {item["element"]: item["mentions"]["negative"] for item in found["elements"]}["emotional_connection"]

    await world.say("social.mentioned", told | {"handle": world.handle}, subject=...)
    await world.say("social.mentioned", told | {"handle": "weibo:nobody"}, subject=...)
    await world.settle()
    assert await world.data_of("grievance.logged", "source") == [("mention",)]
    assert await negative() == 2


@case
async def test_t91_t92_feedback_is_stored_flagged_and_becomes_a_case_or_an_improvement(world):
    await world.register(DAY, LATENT)
    for kind in ("evaluation", "suggestion", "complaint"):
        await world.say("feedback.submitted", {"kind": kind, "source": "direct"})
    await world.settle()
    items = (await world.client.get("feedback", "/v1/feedback", customer=world.customer))["items"]
    found = {item["kind"]: item for item in items}
    assert sorted(found) == ["complaint", "evaluation", "suggestion"]
    assert {kind: item["item_id"] is not None for kind, item in found.items()} == {
        "evaluation": False,
        "suggestion": True,
        "complaint": False,
    }
    assert all(item["flags"] == ["untagged"] for item in items)
    assert len(await world.facts("complaint.opened")) == 1


@case
async def test_t125_elements_and_touchpoints_are_scored_apart(world):
    day = "2025-07-07"
    await world.register(day, LATENT)
    for element, touchpoint, score in (
        ("service_quality", "hotline", 2),
        ("service_quality", "shop", 4),
        ("value_perception", "shop", 5),
    ):
        told = {"kind": "evaluation", "source": "survey", "element": element, "touchpoint": touchpoint, "score": score}
        await world.say("feedback.submitted", told)
    await world.settle()
    found = await world.client.get("feedback", "/v1/elements", from_on=day, to_on=day)
    elements = {item["element"]: (item["n"], item["mean"]) for item in found["elements"]}
    assert (elements["service_quality"], elements["value_perception"]) == ((2, 3.0), (1, 5.0))
    touchpoints = {item["touchpoint"]: (item["n"], item["mean"]) for item in found["touchpoints"]}
    assert touchpoints == {"hotline": (1, 2.0), "shop": (2, 4.5)}


@case
async def test_a_deadline_is_breached_once_and_figures_close_with_their_month(world):
    await world.register(DAY, LATENT)
    case_id = await world.complain(fault="unknown")
    await world.day("2025-04-02")
    said = [(each["data"].get("step"), each["data"]["due_on"]) for each in await world.facts("case.breached")]
    assert said == [("acknowledge", "2025-03-10"), (None, "2025-03-24")]
    assert (await world.client.get("feedback", f"/v1/cases/{case_id}"))["escalated_to"] == "manager"
    everything = await world.client.facts_of("kpi.computed", "") or world.client.facts.all
    march = [
        said["data"]["kpi"]
        for said in everything
        if said["type"].endswith("kpi.computed.v1") and said["data"]["from_on"] == "2025-03-01"
    ]
    assert len(march) == len(set(march)) == 20
