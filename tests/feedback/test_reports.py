"""Reports: dimensions and their parts, drivers, aspects, training of staff."""

from __future__ import annotations

from datetime import date

import pytest

from services.feedback.domain.training import plan
from shared.contracts import profile
from shared.contracts.policy import default_policy
from tests.feedback.database import ANN, BOB
from tests.feedback.test_routes_kpis import answer, contact
from tests.feedback.test_routes_loop import open_item, submit

MARCH = {"from_on": "2025-03-01", "to_on": "2025-03-31"}


@pytest.mark.parametrize(
    ("last_on", "today", "next_on", "overdue"),
    [
        pytest.param(None, "2025-03-10", "2025-03-10", 0, id="there was none: now"),
        pytest.param("2025-01-01", "2025-03-10", "2025-06-30", 0, id="half a year after the last"),
        pytest.param("2025-01-01", "2025-06-30", "2025-06-30", 0, id="on its day"),
        pytest.param("2025-01-01", "2025-07-03", "2025-06-30", 3, id="three days late"),
    ],
)
def test_kp06_staff_are_trained_regularly(last_on, today, next_on, overdue):
    last = date.fromisoformat(last_on) if last_on else None
    found = plan(last, date.fromisoformat(today), default_policy())
    assert (str(found["next_on"]), found["overdue_days"]) == (next_on, overdue)


async def test_kp06_a_touchpoint_that_is_scored_low_again_and_again_asks_for_training(stack):
    for number, (touchpoint, score) in enumerate([("hotline", 1), ("hotline", 2), ("shop", 1), ("shop", 3)]):
        await submit(stack, f"f{number}", element="service_quality", touchpoint=touchpoint, score=score)
    await submit(stack, "f9", element="value_perception", touchpoint="hotline", score=1)
    assert (await stack.get("/trainings"))["findings"] == []
    await answer(stack, 1, "csat", 2, element="service_quality", touchpoint="hotline")
    await answer(stack, 2, "nps", 0, element="service_quality", touchpoint="shop")
    found = await stack.get("/trainings")
    assert found["findings"] == [{"touchpoint": "hotline", "n": 3, "low": 3, "mean": pytest.approx(5 / 3)}]
    assert (found["last_on"], found["planned"]) == (None, [])
    path = f"/improvements/{(await open_item(stack, baseline=1.7, title='the desk'))['item_id']}"
    await stack.post(f"{path}/solution", {"type": "training", "owner": "ann", "due_on": "2025-04-01"})
    ((planned),) = (await stack.get("/trainings"))["planned"]
    assert (planned["owner"], planned["title"], planned["due_on"]) == ("ann", "the desk", "2025-04-01")
    await stack.post(f"{path}/steps/implement/complete", {"on": "2025-03-10"})
    found = await stack.get("/trainings")
    assert (found["last_on"], found["next_on"], found["planned"]) == ("2025-03-10", "2025-09-06", [])


async def test_fb14_a_part_counts_for_itself_and_for_its_dimension(stack):
    for number, (dimension, score) in enumerate([("on_time", 5), ("on_time", 3), ("reliability", 1), ("horoscope", 1)]):
        await answer(stack, number, "csat", score, dimension=dimension)
    await stack.tell(
        profile.SurveyAnswered(answer_id="g", survey="gap", expectation=4, experience=2, dimension="on_time")
    )
    items = {item["dimension"]: item for item in (await stack.get("/dimensions", **MARCH))["items"]}
    assert list(items) == ["attention", "confidence", "responsiveness", "reliability"]
    whole = items["reliability"]
    assert (whole["n"], whole["mean"], whole["gap_n"], whole["gap"]) == (3, 3.0, 1, -2.0)
    assert whole["standard_error"] == pytest.approx((8 / 3) ** 0.5 / 3**0.5)
    assert whole["parts"][0] == {
        "part": "on_time",
        "n": 2,
        "mean": 4.0,
        "standard_error": pytest.approx(1 / 2**0.5),
        "gap_n": 1,
        "gap": -2.0,
    }
    assert (items["attention"]["n"], items["attention"]["mean"], items["attention"]["gap"]) == (0, None, None)


async def test_fb15_drivers_keep_their_order(stack):
    empty = (await stack.get("/drivers", **MARCH))["items"]
    assert [(item["rank"], item["driver"], item["n"]) for item in empty] == [
        (1, "expectation", 0),
        (2, "experience", 0),
        (3, "individual", 0),
    ]
    assert (empty[0]["gap"], empty[1]["after_satisfied"], empty[2]["highest"]) == (None, None, None)
    await contact(stack, 1, agent="ann")
    await contact(stack, 2, BOB, agent="bob")
    for number, (customer, score) in enumerate([(ANN, 5), (ANN, 4), (BOB, 1), (BOB, 2)]):
        await answer(stack, number, "csat", score, customer)
    for number, (expectation, experience) in enumerate([(4, 3), (4, 4), (3, 5)]):
        told = {"expectation": expectation, "experience": experience}
        await stack.tell(profile.SurveyAnswered(answer_id=f"g{number}", survey="gap", **told))
    expectation, experience, individual = (await stack.get("/drivers", **MARCH))["items"]
    assert (expectation["n"], round(expectation["gap"], 4), expectation["below"]) == (3, 0.3333, 1)
    assert (experience["n"], experience["after_satisfied"], experience["after_dissatisfied"]) == (2, 4.0, 2.0)
    assert (individual["agents"], individual["n"], individual["lowest"], individual["highest"]) == (2, 4, 1.5, 4.5)


async def test_fb17_feedback_is_about_several_aspects(stack):
    await submit(stack, "f1", score=2, aspects=("after_sales", "speed", "horoscope"))
    await submit(stack, "f2", score=4)
    await stack.post("/feedback/f2/tag", {"element": "service_quality", "aspects": ["stars"]}, 422, "invalid_body")
    tagged = await stack.post("/feedback/f2/tag", {"element": "service_quality", "aspects": ["speed"]})
    assert tagged["aspects"] == ["speed"]
    items = {item["aspect"]: item for item in (await stack.get("/aspects", **MARCH))["items"]}
    assert (items["speed"]["n"], items["speed"]["mean"], items["after_sales"]["mean"]) == (2, 3.0, 2.0)
    assert (items["personalisation"]["n"], items["personalisation"]["mean"]) == (0, None)
    assert "horoscope" not in items
