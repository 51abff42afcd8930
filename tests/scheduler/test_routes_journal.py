"""Follow-ups through the engine into a real database, and out again by the routes."""

from __future__ import annotations

import asyncpg
import pytest

from shared.contracts import profile
from shared.contracts.envelope import decode
from shared.contracts.policy import default_policy, overlay
from shared.engine import policy_life
from shared.engine.redecide import DECIDE_AGAIN
from shared.engine.worker import Worker
from tests.scheduler.database import ANN, BOB, CONTACT, NEED


async def test_the_journal_shows_the_open_followup_and_those_before_it(stack):
    await stack.known("2025-03-01", "C")
    opened = (await stack.journal())["open"]
    assert opened.pop("followup_id")
    assert opened == {
        "journal": "half_monthly",
        "grade": "C",
        "due_on": "2025-03-16",
        "because": ["grade"],
        "status": "scheduled",
        "overdue_days": 0,
    }
    await stack.now("2025-03-20")
    await stack.graded("2025-03-20", "B")
    shown = await stack.journal()
    assert (shown["open"]["due_on"], shown["last_contact_on"], shown["next_cursor"]) == (
        "2025-03-20",
        "2025-03-01",
        None,
    )
    (superseded,) = shown["items"]
    assert (superseded["status"], superseded["due_on"], superseded["mode"]) == ("superseded", "2025-03-16", None)
    assert superseded["cause"]["type"] == "holdfast.grading.grade.assigned.v1"


async def test_t137_completing_a_superseded_followup_completes_the_open_one_once(stack):
    await stack.known("2025-03-01", "C")
    first = (await stack.journal())["open"]["followup_id"]
    await stack.graded("2025-03-01", "B")
    second = (await stack.journal())["open"]["followup_id"]
    done = await stack.post(f"/followups/{first}/complete", CONTACT)
    assert (done["followup_id"], done["status"], done["on_time"]) == (second, "completed", True)
    assert done["completed_at"].startswith("2025-03-01")
    for again in (first, second):
        await stack.post(f"/followups/{again}/complete", CONTACT, 409, "followup_completed")
    shown = await stack.journal()
    assert (shown["open"]["due_on"], shown["items"][0]["need"]["demand"]) == ("2025-03-08", "latent")
    page = await stack.get(f"/customers/{ANN}/journal", limit=1)
    rest = await stack.get(f"/customers/{ANN}/journal", limit=1, cursor=page["next_cursor"])
    assert page["items"] + rest["items"] == shown["items"]


@pytest.mark.parametrize(
    ("body", "slug"),
    [
        ({"mode": "contact", "channel": "phone", "outcome": "advanced"}, "record_not_refreshed"),
        ({}, "record_not_refreshed"),
        ({"mode": "contact", "outcome": "advanced", "need": NEED}, "channel_required"),
        (CONTACT | {"channel": "pigeon"}, "channel_unknown"),
        (CONTACT | {"colour": "red"}, "invalid_body"),
        (CONTACT | {"need": {"demand": "latent", "colour": "red"}}, "invalid_body"),
    ],
)
async def test_t21_a_refused_completion_leaves_the_followup_open(stack, body, slug):
    await stack.known("2025-03-01", "C")
    before = await stack.journal()
    await stack.post(f"/followups/{before['open']['followup_id']}/complete", body, 422, slug)
    assert await stack.journal() == before


@pytest.mark.parametrize("first", ["merged", "absorbed"])
async def test_merged_files_have_one_open_followup(stack, engine, first):
    await stack.known("2025-03-01", "C", ANN)
    await stack.known("2025-02-25", "C", BOB)
    await stack.complained("2025-03-01", BOB)
    facts = [(profile.CustomerMerged(into=ANN), BOB), (profile.CustomerAbsorbed(from_=BOB), ANN)]
    for data, customer in facts if first == "merged" else reversed(facts):
        await stack.tell(data, "2025-03-02", customer)
    assert await stack.journal(BOB) == await stack.journal(ANN)
    still = await engine.pool.fetch("select customer_id from followup where status in ('scheduled', 'due', 'overdue')")
    assert [str(row["customer_id"]) for row in still] == [str(ANN)]
    assert len((await stack.get("/tasks", customer=str(BOB), status="open"))["items"]) == 2
    followup = (await stack.journal())["open"]["followup_id"]
    await stack.post(f"/followups/{followup}/complete", CONTACT)


async def test_the_database_keeps_a_second_open_followup_out(stack, engine):
    await stack.known("2025-03-01", "C")
    again = """
    insert into followup select gen_random_uuid(), customer_id, cycle, journal, grade, due_on, because, scheduled_at,
                                cause_id, cause_type, 'due' from followup
    """
    with pytest.raises(asyncpg.UniqueViolationError):
        await engine.pool.execute(again)


async def merge(stack, loser, winner, on):
    for data, customer in (
        (profile.CustomerMerged(into=winner), loser),
        (profile.CustomerAbsorbed(from_=loser), winner),
    ):
        await stack.tell(data, on, customer)


async def test_a_followup_of_a_file_that_was_taken_in_stands_for_the_open_one(stack):
    await stack.known("2025-03-01", "C", ANN)
    await stack.known("2025-03-01", "C", BOB)
    old = (await stack.journal(BOB))["open"]["followup_id"]
    await merge(stack, BOB, ANN, "2025-03-02")
    open_one = (await stack.journal())["open"]["followup_id"]
    done = await stack.post(f"/followups/{old}/complete", CONTACT)
    assert (done["followup_id"], done["status"]) == (open_one, "completed")


async def test_a_completed_followup_of_a_file_that_was_taken_in_stays_completed(stack):
    await stack.known("2025-03-01", "C", ANN)
    await stack.known("2025-03-01", "C", BOB)
    done = (await stack.journal(BOB))["open"]["followup_id"]
    await stack.post(f"/followups/{done}/complete", CONTACT)
    await merge(stack, BOB, ANN, "2025-03-02")
    before = await stack.journal()
    await stack.post(f"/followups/{done}/complete", CONTACT, 409, "followup_completed")
    assert await stack.journal() == before


async def test_joined_journals_hold_each_completion_once(stack):
    await stack.known("2025-03-01", "C", ANN)
    await stack.known("2025-03-01", "C", BOB)
    for customer, on in ((BOB, "2025-03-03"), (ANN, "2025-03-05")):
        await stack.now(on)
        followup = (await stack.journal(customer))["open"]["followup_id"]
        await stack.post(f"/followups/{followup}/complete", CONTACT)
    await merge(stack, BOB, ANN, "2025-03-06")
    items = (await stack.journal())["items"]
    assert [item["at"][:10] for item in items if item["status"] == "completed"] == ["2025-03-05", "2025-03-03"]


async def test_the_first_answer_comes_again_after_the_file_was_taken_in(stack):
    await stack.known("2025-03-01", "C", ANN)
    await stack.known("2025-03-01", "C", BOB)
    path = f"/followups/{(await stack.journal(BOB))['open']['followup_id']}/complete"
    first = await stack.client.post(path, json=CONTACT, headers={"Idempotency-Key": "k1"})
    await merge(stack, BOB, ANN, "2025-03-02")
    again = await stack.client.post(path, json=CONTACT, headers={"Idempotency-Key": "k1"})
    assert (again.status_code, again.content) == (200, first.content)


async def test_an_idempotency_key_that_readers_of_the_facts_could_not_take_is_refused(stack, engine):
    await stack.known("2025-03-01", "C", ANN)
    path = f"/followups/{(await stack.journal())['open']['followup_id']}/complete"
    answer = await stack.client.post(path, json=CONTACT, headers={"Idempotency-Key": "k" * 256})
    assert (answer.status_code, answer.json()["type"]) == (422, "urn:holdfast:invalid_body")
    assert (await stack.client.post(path, json=CONTACT, headers={"Idempotency-Key": "k" * 255})).status_code == 200
    for row in await engine.pool.fetch("select payload from outbox"):
        decode(row["payload"])


async def test_another_cadence_shows_at_once_and_its_facts_follow_with_the_job(stack):
    await stack.known("2025-03-01", "C")
    policy = overlay(default_policy(), {"values": {"cadence.days": {"C": 10}}})
    id, _ = await policy_life.add(stack.engine, policy, None, None)
    before = (await stack.journal())["open"]
    await policy_life.activate(stack.engine, id)

    shown = (await stack.journal())["open"]
    assert (shown["due_on"], shown["followup_id"]) == ("2025-03-11", before["followup_id"])

    await Worker(stack.engine, (DECIDE_AGAIN,)).all_due()
    settled = (await stack.journal())["open"]
    assert settled["followup_id"] != before["followup_id"]
    assert settled | {"followup_id": ""} == shown | {"followup_id": ""}
