"""The journal: when a follow-up is due, what completes it, and that there is always exactly one."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.acceptance.cases import case
from tests.driving.events import at_time, target

pytestmark = pytest.mark.kafka

START = "2025-03-01"


@case
async def test_t18_due_then_overdue_once(world):
    await world.register(START, target("2025-04-20"))
    assert await world.due() == ("weekly", "2025-03-08")
    await world.day("2025-03-08")
    assert len(await world.facts("followup.due")) == 1
    await world.day("2025-03-09")
    assert await world.data_of("followup.overdue", "days") == [(1,)]
    await world.day("2025-03-10")
    assert len(await world.facts("followup.overdue")) == 1


@case
async def test_t20_five_days_without_work_are_one_followup_and_one_overdue_event(world):
    await world.register(START, target("2025-03-31"))
    await world.day("2025-03-06")
    opened = (await world.journal())["open"]
    assert (opened["due_on"], opened["status"], opened["overdue_days"]) == ("2025-03-02", "overdue", 4)
    assert len(await world.facts("followup.overdue")) == 1
    assert len(await world.facts("followup.scheduled")) - len(await world.facts("followup.superseded")) == 1


@pytest.mark.parametrize("missing", ["need", "outcome"])
@case
async def test_t21_a_followup_without_a_refreshed_record_is_refused(world, missing):
    await world.register(START, target("2025-04-20"))
    before = await world.journal()
    report = {"mode": "contact", "channel": "phone", "outcome": "advanced", "need": target("2025-04-20")}
    del report[missing]
    path = f"/v1/followups/{before['open']['followup_id']}/complete"
    refused = await world.post("scheduler", path, report, 422, "record_not_refreshed")
    assert refused["detail"]
    assert await world.journal() == before


@case
async def test_t22_a_desk_review_is_a_journal_entry_and_grades_again_but_is_no_contact(world):
    await world.register(START, target("2025-07-01"))
    contact = (await world.journal())["last_contact_on"]
    await world.day("2025-03-05")
    await world.complete(target("2025-03-20"), mode="desk_review", channel=None, outcome="reviewed")
    await world.settle()
    journal = await world.journal()
    assert (await world.grade())["grade"] == "A"
    assert [entry["mode"] for entry in journal["items"] if entry["status"] == "completed"] == ["desk_review"]
    assert journal["last_contact_on"] == contact


@case
async def test_t23_a_due_date_on_a_saturday_moves_to_the_friday_before(own_world):
    await own_world.register(START, target("2025-07-01"))
    await own_world.day("2025-03-07")
    await own_world.complete(target("2025-07-01"))
    await own_world.settle()
    opened = (await own_world.journal())["open"]
    assert (opened["grade"], opened["due_on"]) == ("C", "2025-03-21")
    assert "calendar" in opened["because"]


@case
async def test_t25_a_need_delivered_twice_is_one_grade_and_one_schedule(world):
    await world.register(START)
    await world.say("need.stated", target("2025-03-31"), id="T25")
    await world.settle()
    before = await world.grades(), await world.facts("followup.scheduled")
    (changed,) = await world.facts("need.changed")
    await world.say("need.stated", target("2025-03-31"), id="T25")
    await world.deliver_again("profile", changed, readers=("grading",))
    await world.settle()
    assert (await world.grades(), await world.facts("followup.scheduled")) == before


@case
async def test_t26_a_lower_version_that_comes_later_is_ignored(world):
    await world.register(START)
    await world.say("need.stated", target("2025-03-20", version=3), at_time(START, "10:00"))
    late = await world.say("need.stated", {"demand": "none", "version": 2}, at_time(START, "11:00"))
    await world.settle()
    assert (await world.grade())["grade"] == "A"
    assert [entry["upstream_version"] for entry in (await world.file("/needs"))["items"]] == [3]
    assert (await world.fate_of(late))["outcome"] == "superseded"


@case
async def test_t137_completing_a_superseded_followup_completes_the_one_that_took_its_place(world):
    await world.register(START, target("2025-07-01"))
    first = (await world.journal())["open"]["followup_id"]
    await world.say("need.stated", target("2025-03-20"), at_time(START, "10:00"))
    await world.settle()
    second = (await world.journal())["open"]["followup_id"]
    assert second != first
    done = await world.complete(target("2025-03-20"), followup=first)
    assert (done["followup_id"], done["status"]) == (second, "completed")
    report = {"mode": "contact", "channel": "phone", "outcome": "advanced", "need": target("2025-03-20")}
    for followup in (first, second):
        await world.post("scheduler", f"/v1/followups/{followup}/complete", report, 409, "followup_completed")


@case
async def test_t139_what_was_kept_while_the_scheduler_was_down_is_not_announced_as_broken(world):
    """In 2024, and of the steps of a case: R2 is kept on its day, R1 is not."""
    await world.register("2024-03-10")
    case_id = await world.complain()
    others = ("profile", "grading", "feedback")

    async def life_goes_on() -> None:
        await world.move_clock("2024-03-11", *others)
        await world.step(case_id, "R2")
        await world.move_clock("2024-03-14", *others)

    await world.without("scheduler", life_goes_on)
    tasks = {task["step"]: task for task in await world.tasks() if task["kind"] == "case_step"}
    assert (tasks["R2"]["status"], tasks["R1"]["status"]) == ("completed", "open")
    broken = {task_id for (task_id,) in await world.data_of("task.overdue", "task_id")}
    assert tasks["R2"]["task_id"] not in broken
    assert tasks["R1"]["task_id"] in broken


@case
async def test_t141_a_leap_of_the_clock_gives_each_days_facts_at_their_own_times(world):
    """In 2023."""
    await world.register("2023-03-01", target("2023-07-01"))
    assert await world.due() == ("half_monthly", "2023-03-16")
    await world.leap("2023-03-20")
    (due,) = await world.facts("followup.due")
    (overdue,) = await world.facts("followup.overdue")
    assert (due["time"][:19], overdue["time"][:19]) == ("2023-03-16T00:00:00", "2023-03-17T00:00:00")
    assert overdue["data"]["days"] == 1
    said = [fact["id"] for fact in await world.everything()]
    assert said.index(due["id"]) < said.index(overdue["id"])


@case
async def test_t127_at_the_end_every_customer_who_was_not_let_go_has_exactly_one_open_followup(world):
    await world.day("2025-03-18")
    customers = await world.everybody()
    assert len(customers) > 1
    counts: Counter[str] = Counter()
    parted = set()
    for fact in await world.everything():
        if fact["type"] == "holdfast.profile.customer.exited.v1":
            parted.add(fact["subject"])
        counts[fact.get("subject", "")] += {
            "holdfast.scheduler.followup.scheduled.v1": 1,
            "holdfast.scheduler.followup.superseded.v1": -1,
            "holdfast.scheduler.followup.completed.v1": -1,
        }.get(fact["type"], 0)
    assert {id: counts[id] for id in customers if counts[id] != (id not in parted)} == {}
    journals = {id: await world.client.get("scheduler", f"/v1/customers/{id}/journal") for id in customers}
    assert {id for id, journal in journals.items() if not (journal["open"] or {}).get("due_on")} == parted
