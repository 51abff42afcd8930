"""Interactions, complaints and our own work: one timeline, each thing said once."""

from __future__ import annotations

from itertools import permutations
from uuid import uuid5

import pytest

from services.profile.domain.ledgers import Complaint
from services.profile.domain.timeline import SPACE

ANNA = "shop:1"
WORK = str(uuid5(SPACE, "work"))


def talked(files, at="2025-03-01", **data):
    return files.tell("interaction.recorded", ANNA, at, **{"channel": "phone", "direction": "inbound"} | data)


def complained(files, at="2025-03-10", **data):
    given = {"complaint_id": "c1", "fault": "unknown", "severity": "minor", "correctable": True}
    return files.tell("complaint.reported", ANNA, at, **given | data)


def followed_up(files, at="2025-03-16", mode="contact", need=None, **data):
    need = {"demand": "target", "expected_close_on": "2025-05-15", "stated_at": f"{at}T09:00:00Z"} | (need or {})
    given = {"followup_id": WORK, "journal": "weekly", "due_on": "2025-03-16", "outcome": "advanced", "on_time": True}
    channel = {"channel": "phone"} if mode == "contact" else {}
    return files.told_by(
        "scheduler", "followup.completed", files.id_of(ANNA), at, **given, **channel, mode=mode, need=need, **data
    )


def test_t121_the_timeline_goes_by_occurrence(files):
    talked(files, "2025-02-01", now="2025-02-01", stage="after_sale")
    talked(files, "2025-01-02", now="2025-02-02", channel="advert", stage="pre_sale")
    files.tell("order.placed", ANNA, "2025-01-10", now="2025-02-03", order_id="o1", amount=1, currency="USD")
    entries = files.timeline(ANNA)
    assert [(entry.at.month, entry.at.day, entry.stage.value) for entry in entries] == [
        (1, 2, "pre_sale"),
        (1, 10, "in_sale"),
        (2, 1, "after_sale"),
    ]


def test_an_interaction_says_what_others_act_on_and_keeps_its_words(files):
    talked(
        files,
        sentiment="negative",
        note="shouted at me",
        objection="price",
        question=True,
        minutes=12,
        agent="ann",
        contact_id="k1",
    )
    (fact,) = files.facts("interaction.recorded")
    assert fact["interaction_id"] == "e1"
    assert (fact["grievance"], fact["objection"], fact["question"], fact["human"]) == (True, True, True, True)
    assert (fact["consent_purpose"], fact["minutes"], fact["contact_id"]) == ("service", 12, "k1")
    assert "shouted" not in str(fact)
    assert "price" not in str(fact)
    assert files.timeline(ANNA)[0].note == "shouted at me"


@pytest.mark.parametrize(
    ("data", "human"),
    [
        ({"channel": "phone"}, True),
        ({"channel": "visit"}, True),
        ({"channel": "email"}, False),
        ({"channel": "email", "human": True}, True),
        ({"channel": "phone", "human": False}, False),
    ],
    ids=str,
)
def test_a_call_or_visit_is_between_people_unless_it_is_said_not_to_be(files, data, human):
    talked(files, **data)
    assert files.facts("interaction.recorded")[0]["human"] is human


def test_a_grievance_can_be_told_apart_from_the_sentiment(files):
    talked(files, sentiment="negative", grievance=False)
    assert files.facts("interaction.recorded")[0]["grievance"] is False


def test_the_same_interaction_under_another_event_is_superseded(files):
    talked(files, interaction_id="i1")
    assert talked(files, interaction_id="i1").result == "superseded"
    assert len(files.facts("interaction.recorded")) == 1


@pytest.mark.parametrize(
    ("data", "slug"),
    [
        pytest.param({"note": "x", "note_category": "internal_politics"}, "note_category_refused", id="T110"),
        pytest.param({"channel": "line"}, "channel_unknown", id="no such channel"),
    ],
)
def test_refused(files, data, slug):
    assert (talked(files, **data).reason, files.said) == (slug, [])


def test_a_complaint_is_received_without_its_words(files):
    complained(files, text="the pump leaks", about="product", channel="hotline")
    (fact,) = files.facts("complaint.received")
    assert (fact["fault"], fact["severity"], fact["about"], fact["channel"]) == (
        "unknown",
        "minor",
        "product",
        "hotline",
    )
    assert "leaks" not in str(fact)
    assert files.tables[Complaint]["c1"].text == "the pump leaks"


def test_the_same_complaint_under_another_event_is_superseded(files):
    complained(files)
    assert complained(files, severity="major").result == "superseded"


@pytest.mark.parametrize("sequence", list(permutations(range(4))), ids=str)
def test_a_complaint_ends_the_same_whatever_came_first(make_files, sequence):
    files = make_files()
    events = (
        lambda: complained(files, id="c", now="2025-03-13"),
        lambda: files.tell(
            "complaint.updated", ANNA, "2025-03-11", id="u1", now="2025-03-13", complaint_id="c1", severity="major"
        ),
        lambda: files.tell(
            "complaint.updated",
            ANNA,
            "2025-03-12",
            id="u2",
            now="2025-03-13",
            complaint_id="c1",
            severity="minor",
            fault="company",
        ),
        lambda: files.tell("complaint.withdrawn", ANNA, "2025-03-13", id="w", now="2025-03-13", complaint_id="c1"),
    )
    for n in sequence:
        events[n]()
    heard = {"fault": "unknown", "severity": "minor"}
    for fact in files.said:
        if fact.name in ("complaint.received", "complaint.updated"):
            heard |= {key: fact.data[key] for key in heard if key in fact.data}
    assert heard == {"fault": "company", "severity": "minor"}
    assert (len(files.facts("complaint.received")), len(files.facts("complaint.withdrawn"))) == (1, 1)


def test_the_need_that_a_follow_up_found_is_a_version_like_any_other(files):
    files.tell("need.stated", ANNA, "2025-03-01", demand="latent")
    followed_up(files)
    last = files.facts("need.changed")[-1]
    assert (last["version"], last["source"], last["demand"]) == (2, "followup", "target")
    assert files.needs(ANNA)[-1].cause_type == "holdfast.scheduler.followup.completed.v1"


@pytest.mark.parametrize(("mode", "entries"), [("contact", 2), ("desk_review", 1)])
def test_a_desk_review_is_no_contact(files, mode, entries):
    talked(files)
    followed_up(files, mode=mode)
    assert len(files.timeline(ANNA)) == entries


def test_a_step_that_completes_the_follow_up_too_tells_its_need_once(files):
    talked(files)
    need = {"demand": "target", "expected_close_on": "2025-05-15", "stated_at": "2025-03-16T09:00:00Z"}
    step = {"case_id": WORK, "step": "R1", "result": "done", "channel": "phone", "outcome": "advanced", "need": need}
    files.told_by("feedback", "remediation.step_completed", files.id_of(ANNA), "2025-03-16", **step)
    followed_up(files)
    assert len(files.needs(ANNA)) == 1


@pytest.mark.parametrize("sequence", list(permutations(range(3))))
def test_of_the_needs_of_one_instant_the_last_by_id_holds_though_another_told_the_same_before(files, sequence):
    talked(files)
    found = [("e1", "target"), ("e2", "latent"), ("e3", "target")]
    for id, demand in (found[n] for n in sequence):
        followed_up(files, need={"demand": demand, "expected_close_on": None}, id=id)
    assert files.state(ANNA).need.snapshot.demand == "target"


def test_t120_one_file_shows_what_happened(files):
    files.tell(
        "customer.registered",
        ANNA,
        "2025-03-01",
        party="organisation",
        handles=["phone:+1555"],
        preferences=["mornings"],
    )
    files.tell("need.stated", ANNA, "2025-03-01T10:00", demand="target")
    files.tell("order.placed", "phone:+1555", "2025-03-02", order_id="o1", amount=1, currency="USD")
    files.tell("order.delivered", "phone:+1555", "2025-03-03", order_id="o1")
    complained(files)
    assert len(files.facts("customer.registered")) == 1
    assert files.state(ANNA).file.party == "organisation"
    assert [e.type for e in files.timeline(ANNA)] == ["order.placed", "order.delivered", "complaint.reported"]
