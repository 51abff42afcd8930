"""A person's word against the computed one, from the route to the follow-up that it moves."""

from __future__ import annotations

import pytest

from tests.acceptance.cases import case
from tests.driving.events import target

pytestmark = pytest.mark.kafka

BODY = {"reason": "an old friend", "author": "ann"}


@case
async def test_an_overridden_tier_and_grade_reach_the_journal_until_their_last_day(world):
    await world.register("2025-03-01", target("2025-12-29"))
    path = f"/v1/customers/{world.customer}/overrides"
    assert await world.due() == ("monthly", "2025-03-31")

    await world.post("grading", path, {"field": "grade", "value": "F"} | BODY, 422, "value_unknown")
    await world.post("grading", path, {"field": "grade", "value": "A", "until_on": "2025-03-02"} | BODY, 201)
    await world.settle()
    assert await world.due() == ("daily", "2025-03-02")
    found = await world.grade()
    assert (found["grade"], found["override"]["field"], found["override"]["author"]) == ("A", "grade", "ann")

    await world.day("2025-03-03")
    assert (await world.grade())["grade"] == "D"
    assert await world.data_of("override.ended", "field", "because") == [("grade", "expired")]

    await world.post("grading", path, {"field": "tier", "value": "key"} | BODY, 201)
    await world.settle()
    assert (await world.data_of("tier.assigned", "tier", "basis"))[-1] == ("key", "override")
    assert (await world.grade())["tier"] == "key"
