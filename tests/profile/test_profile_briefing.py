"""The briefing: how the customer stands, what was said and learnt last, what is open, and for whom it is."""

from __future__ import annotations

from itertools import permutations
from uuid import uuid5

import pytest

from services.profile.domain.cases import ComplaintCase
from services.profile.domain.timeline import SPACE

ANNA, PHONE = "shop:1", "phone:+15550001"
WORK = str(uuid5(SPACE, "work"))
AXES = {"deal_status": "prospect", "importance": "standard", "urgency": "urgent", "demand": "target"}


def graded(files, at, grade, customer=None):
    data = {"grade": grade, "changed": True, "basis": "computed", "policy_id": "p", "as_of": at[:10]} | AXES
    reasons = [{"rule": "window", "input": "20 days"}]
    return files.told_by("grading", "grade.assigned", customer or files.id_of(ANNA), at, **data, reasons=reasons)


def test_the_last_grade_and_tier_are_kept_with_their_reasons(files):
    files.tell("customer.registered", ANNA, "2025-03-01", party="individual")
    graded(files, "2025-03-01", "D")
    graded(files, "2025-03-02", "A")
    tier = {"tier": "key", "basis": "computed", "supply_priority": True, "segments": ["gold"]}
    files.told_by("grading", "tier.assigned", files.id_of(ANNA), "2025-03-02", **tier)
    standing = files.state(ANNA).standing
    assert (standing.grade, standing.tier, standing.segments) == ("A", "key", ("gold",))
    assert [(reason.rule, reason.input) for reason in standing.reasons] == [("window", "20 days")]


def test_what_was_said_of_a_file_that_was_taken_in_does_not_count(files):
    files.tell("interaction.recorded", PHONE, "2025-03-01", channel="phone", direction="inbound")
    stranger = files.id_of(PHONE)
    files.tell("customer.registered", ANNA, "2025-03-01", party="individual")
    graded(files, "2025-03-01", "A")
    graded(files, "2025-03-02", "D", stranger)
    files.tell("customer.updated", ANNA, "2025-03-03", handles=[PHONE])
    assert files.state(ANNA).standing.grade == "A"


@pytest.mark.parametrize("sequence", list(permutations(range(3))), ids=str)
def test_a_case_ends_the_same_in_whatever_sequence_is_heard_of_it(files, sequence):
    files.tell("customer.registered", ANNA, "2025-03-01", party="individual")
    on = dict.fromkeys(("opened_on", "acknowledge_by_on"), "2025-03-02")
    opened = {"complaint_id": "c1", "fault": "company", "severity": "minor", **on}
    said = [
        ("complaint.opened", "2025-03-02", opened),
        ("complaint.resolved", "2025-03-03", {"days": 1}),
        ("complaint.reopened", "2025-03-04", {}),
    ]
    for n in sequence:
        name, at, data = said[n]
        files.told_by("feedback", name, files.id_of(ANNA), at, case_id=WORK, **data)
    (case,) = files.tables[ComplaintCase].values()
    assert (case.complaint_id, case.resolved_at.day, case.reopened_at.day) == ("c1", 3, 4)
    assert sorted(entry.type for entry in files.timeline(ANNA)) == ["complaint.reopened", "complaint.resolved"]


def test_what_was_learnt_last_is_kept_also_from_a_desk_review(files):
    files.tell("customer.registered", ANNA, "2025-03-01", party="individual")
    for at, mode, outcome in (("2025-03-05", "desk_review", "reviewed"), ("2025-03-04", "contact", "advanced")):
        need = {"demand": "latent", "stated_at": f"{at}T09:00:00Z"}
        data = {"followup_id": WORK, "journal": "weekly", "due_on": at, "on_time": True, "agent": "ann"}
        channel = {"channel": "phone"} if mode == "contact" else {}
        files.told_by(
            "scheduler",
            "followup.completed",
            files.id_of(ANNA),
            at,
            mode=mode,
            outcome=outcome,
            need=need,
            **data,
            **channel,
        )
    learnt = files.state(ANNA).learnt
    assert (learnt.outcome, learnt.type, learnt.agent, learnt.at.day) == ("reviewed", "followup.completed", "ann", 5)
    assert [entry.details["outcome"] for entry in files.timeline(ANNA)] == ["advanced"]


async def test_t112_a_call_from_a_known_number_shows_what_was_said_and_what_is_promised(tell, get):
    await tell("customer.registered", ANNA, "2025-03-01", party="individual", handles=[PHONE], name="Anna")
    await tell("need.stated", ANNA, "2025-03-02", demand="target", tags=["training", "filters"])
    call = {"channel": "phone", "direction": "inbound", "sentiment": "negative", "note": "asked for the manual"}
    await tell("interaction.recorded", ANNA, "2025-03-03", **call)
    await tell("commitment.made", ANNA, "2025-03-03", commitment_id="m1", text="send the manual", due_on="2025-03-12")
    await tell("commitment.made", ANNA, "2025-03-03", commitment_id="m2", text="call back", due_on="2025-03-10")
    await tell("commitment.fulfilled", ANNA, "2025-03-04", commitment_id="m2")
    complaint = {"fault": "company", "severity": "minor", "correctable": True}
    await tell("complaint.reported", ANNA, "2025-03-05", complaint_id="c1", text="it leaks", **complaint)
    await tell("complaint.reported", ANNA, "2025-03-05", complaint_id="c2", **complaint)
    await tell("complaint.withdrawn", ANNA, "2025-03-06", complaint_id="c2")
    (found,) = (await get("/customers", handle=PHONE))["items"]
    briefing = await get(f"/customers/{found['customer_id']}/briefing")
    assert [entry["note"] for entry in briefing["last_interactions"]] == ["asked for the manual"]
    assert [(c["commitment_id"], c["text"], c["status"]) for c in briefing["open_commitments"]] == [
        ("m1", "send the manual", "open")
    ]
    assert [(c["complaint_id"], c["text"]) for c in briefing["open_complaints"]] == [("c1", "it leaks")]
    assert (briefing["need"]["demand"], briefing["priority_needs"]) == ("target", ["training", "filters"])
    assert (briefing["grade"], briefing["tier"], briefing["sentiment"]["last"]) == (None, None, "negative")


async def test_cn06_what_one_contact_said_is_in_the_briefing_for_that_contact_alone(tell, get):
    for contact_id, number in (("k1", "phone:+15550011"), ("k2", "phone:+15550012")):
        await tell("contact.stated", ANNA, "2025-03-01", contact_id=contact_id, role="user", handles=[number])
        told = {"channel": "phone", "direction": "inbound", "note": f"note of {contact_id}", "objection": "price"}
        await tell("interaction.recorded", number, "2025-03-02", **told)
        complaint = {"complaint_id": contact_id, "fault": "company", "severity": "minor", "correctable": True}
        await tell("complaint.reported", number, "2025-03-03", text=f"words of {contact_id}", **complaint)
        promise = {"commitment_id": contact_id, "due_on": "2025-03-20", "text": f"promise to {contact_id}"}
        await tell("commitment.made", number, "2025-03-03", **promise)
    (found,) = (await get("/customers", handle=ANNA))["items"]
    path = f"/customers/{found['customer_id']}"
    everything = str((await get(f"{path}/briefing"), await get(f"{path}/timeline")))
    assert not [word for word in ("note of", "words of", "promise to", "price") if word in everything]
    for one, other in (("k1", "k2"), ("k2", "k1")):
        shown = await get(f"{path}/briefing", contact=one)
        assert shown["contact"]["contact_id"] == one
        for word in ("note of", "words of", "promise to"):
            assert f"{word} {one}" in str(shown)
            assert f"{word} {other}" not in str(shown)
