"""Complaints: the case, its steps and tasks, what they pull in, and how a case ends."""

from __future__ import annotations

import pytest

from tests.acceptance.cases import case
from tests.driving.events import LATENT

pytestmark = pytest.mark.kafka

DAY = "2025-03-10"
EVERYTHING = {"severity": "major", "commitment_breached": True}


async def steps(world, case_id):
    return (await world.client.get("feedback", f"/v1/cases/{case_id}"))["steps"]


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        pytest.param({}, "R1 R2 R3 R5 R6", id="T51-company-minor-correctable"),
        pytest.param(EVERYTHING | {"correctable": False}, "R1 R2 R3 R4 R6 R7", id="T52-major-not-correctable-breached"),
    ],
)
@case
async def test_the_conditions_choose_the_steps(world, told, expected):
    await world.register(DAY, LATENT)
    case_id = await world.complain(**told)
    assert [step["step"] for step in await steps(world, case_id)] == expected.split()
    (started,) = await world.facts("remediation.started")
    assert [step["step"] for step in started["data"]["steps"]] == expected.split()


@case
async def test_t55_due_dates_count_from_the_day_of_the_complaint(world):
    await world.register(DAY, LATENT)
    found = await steps(world, await world.complain(**EVERYTHING))
    assert {step["step"]: step["due_on"] for step in found} == {
        "R1": "2025-03-10",
        "R2": "2025-03-11",
        "R3": "2025-03-12",
        "R4": "2025-03-11",
        "R5": "2025-03-11",
        "R6": "2025-03-13",
        "R7": "2025-03-17",
    }


@pytest.mark.parametrize(
    "fault", [pytest.param("customer", id="T56-customer"), pytest.param("third_party", id="T57-third-party")]
)
@case
async def test_a_fault_that_is_not_ours_is_acknowledged_and_assisted(world, fault):
    await world.register(DAY, LATENT)
    assert await steps(world, await world.complain(fault=fault)) == []
    assert sorted(task["kind"] for task in await world.tasks()) == ["acknowledge", "assist"]


@case
async def test_t58_a_case_stays_open_until_the_customer_was_told_what_came_of_it(world):
    await world.register(DAY, LATENT)
    case_id = await world.complain(**EVERYTHING)
    resolve = f"/v1/cases/{case_id}/resolve", {"customer_satisfied": True}
    await world.post("feedback", *resolve, 409, "steps_open")
    for step in ("R1", "R2", "R3", "R4", "R5", "R6", "R7"):
        await world.step(case_id, step)
    refused = await world.post("feedback", *resolve, 409, "result_not_told")
    assert "R7" in refused["detail"]
    await world.step(case_id, "R7", customer_told=True)
    assert (await world.post("feedback", *resolve))["status"] == "resolved"
    await world.settle()
    assert await world.data_of("complaint.resolved", "case_id") == [(case_id,)]


@case
async def test_t60_an_unreasonable_demand_is_declined_with_a_reason_and_the_rest_goes_on(world):
    await world.register(DAY, LATENT)
    case_id = await world.complain()
    path = f"/v1/cases/{case_id}/steps/R2/complete"
    await world.post("feedback", path, {"result": "declined"}, 422, "reason_required")
    await world.step(case_id, "R2", result="declined", reason="asks for ten times the price")
    await world.step(case_id, "R3")
    found = {step["step"]: step for step in await steps(world, case_id)}
    assert {name: step["status"] for name, step in found.items()} == {
        "R1": "open",
        "R2": "declined",
        "R3": "done",
        "R5": "open",
        "R6": "open",
    }
    assert found["R2"]["reason"] == "asks for ten times the price"


@case
async def test_t61_a_complaint_makes_urgent_and_pulls_the_followup_in_but_leaves_the_grade(world):
    await world.register("2025-03-01", LATENT)
    assert await world.due() == ("monthly", "2025-03-31")
    await world.day(DAY)
    await world.complain()
    found = await world.grade()
    assert (found["grade"], found["urgency"]) == ("D", "urgent")
    assert await world.due() == ("monthly", "2025-03-17")


@pytest.mark.parametrize("fault", ["company", "customer", "third_party", "unknown"])
@case
async def test_t124_every_complaint_is_acknowledged_the_same_day(world, fault):
    await world.register(DAY, LATENT)
    case_id = await world.complain(fault=fault)
    (task,) = [task for task in await world.tasks() if task["kind"] == "acknowledge"]
    assert (task["due_on"], task["status"], task["caused_by_case"]) == (DAY, "open", case_id)
    before = await world.client.get("feedback", f"/v1/cases/{case_id}")
    assert (before["acknowledge_by_on"], before["acknowledged_at"]) == (DAY, None)
    report = {"outcome": "advanced", "channel": "phone"}
    assert (await world.post("scheduler", f"/v1/tasks/{task['task_id']}/complete", report))["status"] == "completed"
    await world.settle()
    assert (await world.client.get("feedback", f"/v1/cases/{case_id}"))["acknowledged_at"].startswith(DAY)
