"""Grievances, questions and strangers' mentions, through a real database."""

from __future__ import annotations

from datetime import date
from uuid import UUID, uuid5

from msgspec.structs import replace

from shared.contracts import profile
from tests.feedback.database import ANN, BOB, SPACE, instant
from tests.harness.engines import fact_input


async def grumble(stack, id, customer=ANN):
    told = {"channel": "hotline", "direction": "inbound", "human": True, "grievance": True, "question": False}
    said = profile.InteractionRecorded(interaction_id=id, objection=False, consent_purpose="service", **told)
    return await stack.tell(said, customer)


async def test_grievances_are_listed_newest_first_and_resolved(stack):
    await grumble(stack, "i1")
    await stack.to("2025-03-12")
    await grumble(stack, "i2")
    await stack.tell(profile.GrievanceResolved(interaction_id="i1"))
    items = (await stack.get(f"/customers/{ANN}/grievances"))["items"]
    assert [(item["interaction_id"], item["logged_on"], item["resolved_at"] is None) for item in items] == [
        ("i2", "2025-03-12", True),
        ("i1", "2025-03-10", False),
    ]
    first = await stack.get(f"/customers/{ANN}/grievances", limit=1)
    rest = await stack.get(f"/customers/{ANN}/grievances", limit=1, cursor=first["next_cursor"])
    assert first["items"] + rest["items"] == items
    assert [said["interaction_id"] for said in await stack.said("grievance.logged")] == ["i1", "i2"]


async def test_why_a_customer_is_asked_or_not_is_said(stack):
    await stack.get(f"/customers/{BOB}/survey", 404)
    bought = {"order_id": "o1", "kind": "placed", "ordered_on": date(2025, 3, 10), "amount": 100, "currency": "USD"}
    await stack.tell(profile.PurchaseRecorded(**bought))
    answer = await stack.get(f"/customers/{ANN}/survey")
    assert (answer["why"], answer["next_on"], answer["survey"]) == ("regular", "2025-06-08", "nps")
    await stack.to("2025-06-08")
    assert await stack.said("survey.requested") == [{"survey": "nps", "trigger": "regular", "due_on": "2025-06-08"}]
    answer = await stack.get(f"/customers/{ANN}/survey")
    assert (answer["asked_on"], answer["why"], answer["next_on"]) == ("2025-06-08", "no_answer_yet", "2025-06-15")


async def test_t133_a_stranger_is_counted_and_touches_nobody(stack):
    said = profile.MentionUnmatched(
        mention_id="m1", sentiment="negative", network="weibo", kind="mention", element="value_perception"
    )
    for number in (1, 2):
        item = fact_input(said, instant(stack.today, "10:00"), UUID(int=0), uuid5(SPACE, f"stranger {number}"))
        nobodys = replace(item, event=replace(item.event, subject=None))
        assert not (await stack.engine.apply([nobodys])).failures
    rows = await stack.engine.pool.fetch("select customer_id, element, sentiment from signal")
    assert [tuple(row) for row in rows] == [(None, "value_perception", "negative")]
    assert await stack.said("grievance.logged") == []


async def test_an_erased_person_has_no_page_and_a_stranger_never_had_one(stack):
    await grumble(stack, "i1")
    await stack.tell(profile.CustomerErased(on=date(2025, 3, 10)))
    for customer, status in ((ANN, 410), (BOB, 404)):
        for page in ("grievances", "survey"):
            await stack.get(f"/customers/{customer}/{page}", status)
