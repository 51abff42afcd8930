"""Grade, axes and the cadence that follows from them."""

from __future__ import annotations

import json

import pytest

from tests.acceptance.cases import case
from tests.driving.events import LATENT, NONE, at_time, target

pytestmark = pytest.mark.kafka

START = "2025-03-01"


@pytest.mark.parametrize(
    ("need", "grade", "journal", "due_on"),
    [
        pytest.param(target("2025-03-31"), "A", "daily", "2025-03-02", id="T01-30-days-is-A"),
        pytest.param(target("2025-04-01"), "B", "weekly", "2025-03-08", id="T02-31-days-is-B"),
        pytest.param(target("2025-05-30"), "B", "weekly", "2025-03-08", id="T03-90-days-is-B"),
        pytest.param(target("2025-05-31"), "C", "half_monthly", "2025-03-16", id="T04-91-days-is-C"),
        pytest.param(target("2025-08-29"), "D", "monthly", "2025-03-31", id="T06-181-days-is-D"),
        pytest.param(
            LATENT | {"expected_close_on": "2025-03-10"},
            "D",
            "monthly",
            "2025-03-31",
            id="T07-latent-is-D-however-near",
        ),
        pytest.param(NONE, "E", "yearly", "2026-03-01", id="T08-no-need-is-E"),
    ],
)
@case
async def test_grade_and_cadence(world, need, grade, journal, due_on):
    await world.register(START, need)
    assert (await world.grade())["grade"] == grade
    assert await world.due() == (journal, due_on)


@pytest.mark.parametrize(
    ("need", "grade", "flag"),
    [
        pytest.param(target(), "D", "expected_close_missing", id="T10-no-expected-close"),
        pytest.param(target("2025-02-20"), "A", "forecast_overdue", id="T11-close-has-passed"),
    ],
)
@case
async def test_flags(world, need, grade, flag):
    await world.register(START, need)
    found = await world.grade()
    assert (found["grade"], found["flags"]) == (grade, [flag])


@case
async def test_t12_a_followup_with_a_nearer_close_grades_again_and_is_the_cause(world):
    await world.register(START, target("2025-07-01"))
    assert (await world.grade())["grade"] == "C"
    await world.day("2025-03-16")
    await world.complete(target("2025-05-15"))
    await world.settle()
    assert (await world.data_of("grade.assigned", "grade", "previous", "changed"))[-1] == ("B", "C", True)
    (completed,) = await world.facts("followup.completed")
    assert (await world.grade())["cause"] == {
        "event_id": completed["id"],
        "type": "holdfast.scheduler.followup.completed.v1",
    }
    assert await world.due() == ("weekly", "2025-03-23")


@case
async def test_t13_time_alone_moves_a_close_into_the_next_window(world):
    await world.register(START, target("2025-06-01"))
    await world.day("2025-03-02")
    assert (await world.grade())["grade"] == "C"
    await world.day("2025-03-03")
    found = await world.grade()
    assert (found["grade"], found["cause"]["type"]) == ("B", "time.passed")
    assert await world.due() == ("weekly", "2025-03-08")


@case
async def test_t16_a_followup_that_changes_nothing_is_said_and_schedules_the_next(world):
    await world.register(START, target("2025-07-01"))
    await world.day("2025-03-16")
    await world.complete(target("2025-07-01"))
    await world.settle()
    assert (await world.data_of("grade.assigned", "grade", "changed"))[-1] == ("C", False)
    assert await world.due() == ("half_monthly", "2025-03-31")


@case
async def test_t17_another_phone_number_changes_neither_grade_nor_due_date(world):
    await world.register(START, target("2025-07-01"), handles=["phone:+8613800000017"])
    await world.day("2025-03-02")
    before = await world.grade(), await world.due()
    counted = len(await world.facts("grade.assigned")), len(await world.facts("followup.scheduled"))
    await world.say("customer.updated", {"handles": ["phone:+8613800009917"]})
    await world.settle()
    assert await world.find("phone:+8613800009917") == world.customer
    assert (await world.grade(), await world.due()) == before
    assert (len(await world.facts("grade.assigned")), len(await world.facts("followup.scheduled"))) == counted


@case
async def test_t28_a_delivered_order_without_a_next_need_is_won_latent_and_d(world):
    await world.register(START, target("2025-03-20"))
    await world.day("2025-03-05")
    await world.say("order.placed", {"order_id": "T28", "amount": 10_000, "currency": "USD"}, at_time("2025-03-05"))
    await world.say("order.delivered", {"order_id": "T28"}, at_time("2025-03-05", "12:00"))
    await world.settle()
    found = await world.grade()
    assert (found["deal_status"], found["demand"], found["grade"]) == ("won", "latent", "D")
    assert (await world.file())["need"]["demand"] == "latent"


@case
async def test_t29_calendar_months_make_the_first_of_april_one_month_away(own_world):
    await own_world.register(START, target("2025-04-01"))
    assert (await own_world.grade())["grade"] == "A"


@pytest.mark.parametrize(
    ("handle_by", "urgency"),
    [
        ("2025-03-08", "urgent"),
        ("2025-03-09", "moderate"),
        ("2025-03-31", "moderate"),
        ("2025-04-01", "not_urgent"),
        ("2025-05-30", "not_urgent"),
        ("2025-05-31", "long_horizon"),
    ],
)
@case
async def test_t30_urgency_goes_by_the_day_to_handle_it_by(world, handle_by, urgency):
    await world.register(START, target("2025-12-31", handle_by_on=handle_by))
    assert (await world.grade())["urgency"] == urgency


@pytest.mark.parametrize(("volume", "importance"), [(150_000, "important"), (90_000, "standard")])
@case
async def test_t31_importance_goes_by_the_larger_amount(world, volume, importance):
    await world.register(
        START, target("2025-06-01", expected_amount=8_000_000, potential_volume=volume * 100, currency="USD")
    )
    assert (await world.grade())["importance"] == importance


@pytest.mark.parametrize("demand", ["target", "latent", "none"])
@case
async def test_t33_three_axes_are_stored_apart(world, demand):
    await world.register(START, {"demand": demand, "expected_close_on": "2025-06-15"})
    found = await world.grade()
    assert (found["demand"], found["deal_status"], found["importance"]) == (demand, "prospect", "standard")
    assert '"potential"' not in json.dumps([found, await world.facts("grade.assigned"), await world.file()])


@case
async def test_t116_a_distributor_is_graded_as_any_consumer(world):
    await world.register(START, target("2025-03-31"), party="organisation", kind="distributor")
    assert (await world.grade())["grade"] == "A"
    assert await world.due() == ("daily", "2025-03-02")


@case
async def test_t136_an_order_spends_the_need_before_it_and_a_later_one_stands(world):
    await world.register(START, target("2025-03-21"))
    await world.day("2025-03-05")
    await world.say("order.placed", {"order_id": "T136", "amount": 10_000, "currency": "USD"})
    await world.settle()
    newest = (await world.file("/needs"))["items"][0]
    assert (newest["version"], newest["need"]["demand"], newest["source"]) == (2, "latent", "inferred")
    assert (await world.grade())["grade"] == "D"
    await world.say("need.stated", target("2025-03-21"), at_time("2025-03-05", "15:00"))
    await world.settle()
    assert (await world.grade())["grade"] == "A"
    assert (await world.file())["need"]["demand"] == "target"
