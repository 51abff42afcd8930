"""Files that are joined by word, parted again, and handles that are somebody else's from an instant on."""

from __future__ import annotations

from itertools import permutations

import pytest

from services.profile.domain.cases import ComplaintCase
from services.profile.domain.commands import SplitFile
from services.profile.domain.commitments import Commitment
from services.profile.domain.contacts import ContactHandle
from shared.contracts.ids import event_key
from shared.engine.decision import Event

ANNA, BERT, PHONE = "shop:1", "shop:2", "phone:+8613800000000"
CALL = {"channel": "phone", "direction": "inbound"}


@pytest.fixture
def split(files, instant):
    def parted(customer, other, at):
        when, id_ = instant(at), f"split-{at}"
        source, data = "holdfast/profile/http", SplitFile(other=other)
        return files.fold(Event(event_key(source, id_), id_, source, data.TYPE, when, when, str(customer), data))

    return parted


def two(files):
    files.tell("customer.registered", ANNA, "2025-03-01", party="individual", name="Anna")
    files.tell("customer.registered", BERT, "2025-03-02", party="individual", name="Bert", region="north")
    files.tell("interaction.recorded", BERT, "2025-03-03", **CALL)


def test_two_identified_files_are_joined_by_word_alone_and_parted_again(files, split):
    two(files)
    anna, bert = files.id_of(ANNA), files.id_of(BERT)
    before = files.state(ANNA), files.state(BERT)
    files.tell("customers.merged", ANNA, "2025-03-04", other=BERT)
    assert files.id_of(BERT) == anna
    files.tell("need.stated", BERT, "2025-03-05", demand="latent")
    assert split(anna, BERT, "2025-03-06").result == "applied"
    assert (files.id_of(ANNA), files.id_of(BERT)) == (anna, bert)
    assert files.state(ANNA).file == before[0].file
    assert files.state(BERT).file == before[1].file
    assert [entry.type for entry in files.timeline(BERT)] == ["interaction.recorded"]
    assert len(files.needs(BERT)) == 1
    assert split(anna, BERT, "2025-03-07").reason == "not_merged"


@pytest.mark.parametrize("order", list(permutations(range(3))), ids=str)
def test_a_released_handle_leads_to_a_new_file_whatever_comes_first(files, order):
    told = [
        ("interaction.recorded", PHONE, "2025-03-01", CALL),
        ("handle.released", PHONE, "2025-03-05", {"handle": PHONE}),
        ("interaction.recorded", PHONE, "2025-03-09", CALL),
    ]
    for place in order:
        name, subject, at, data = told[place]
        files.tell(name, subject, at, id=f"e{place}", now="2025-03-10", **data)
    new = files.id_of(PHONE)
    assert [entry.at.day for entry in files.timeline(PHONE)] == [9]
    assert files.state(PHONE).first_at.day == 9
    assert len(files.facts("customer.registered", str(new))) == 1


def early_delivery(files):
    files.tell("order.delivered", BERT, "2025-03-04", order_id="o1")
    files.tell("need.stated", BERT, "2025-03-05", demand="target")
    files.tell("order.placed", BERT, "2025-03-06", order_id="o1", amount=100, currency="USD")


def test_an_order_whose_delivery_came_first_spends_two_needs_numbered_without_gaps(files):
    two(files)
    early_delivery(files)
    assert [(need.version, need.source.value, need.stated_at.day) for need in files.needs(BERT)] == [
        (1, "inferred", 4),
        (2, "stated", 5),
        (3, "inferred", 6),
    ]


def test_folded_again_a_delivery_still_came_before_its_order(files, split):
    two(files)
    early_delivery(files)
    before = files.state(BERT), files.needs(BERT)
    anna = files.id_of(ANNA)
    files.tell("customers.merged", ANNA, "2025-03-07", other=BERT)
    assert [need.version for need in files.needs(ANNA)] == [1, 2, 3]
    split(anna, BERT, "2025-03-08")
    assert (files.state(BERT), files.needs(BERT)) == before


def test_a_number_that_both_gave_to_a_person_of_theirs_is_whose_it_was_before(files, split):
    two(files)
    who = {"contact_id": "k1", "role": "user", "handles": [PHONE]}
    anna = files.id_of(ANNA)
    files.tell("customers.merged", ANNA, "2025-03-04", other=BERT)
    files.tell("contact.stated", ANNA, "2025-03-05", id="c1", **who)
    files.tell("contact.stated", BERT, "2025-03-06", id="c2", **who)
    split(anna, BERT, "2025-03-07")
    (row,) = files.tables[ContactHandle].values()
    assert (row.customer_id, row.event_id) == (anna, "c1")


COMPLAINT = {"complaint_id": "c1", "fault": "unknown", "severity": "minor", "correctable": True}
CASE = {"case_id": "00000000-0000-4000-8000-00000000000c"}
OPENED = COMPLAINT | CASE | {"opened_on": "2025-03-03", "acknowledge_by_on": "2025-03-03"}


def complained(files, opened=True):
    """Under a handle that was somebody else's by then, of which nobody has heard yet."""
    files.tell("customer.registered", ANNA, "2025-03-01", party="individual", handles=[PHONE])
    anna = files.id_of(ANNA)
    files.tell("complaint.reported", PHONE, "2025-03-03", **COMPLAINT)
    files.tell("commitment.made", PHONE, "2025-03-03", commitment_id="p1", due_on="2025-03-04")
    if opened:
        told = {name: value for name, value in OPENED.items() if name != "correctable"}
        files.told_by("feedback", "complaint.opened", anna, "2025-03-03", **told)
    files.told_by("feedback", "complaint.resolved", anna, "2025-03-04", days=1, **CASE)
    files.told_by("feedback", "complaint.reopened", anna, "2025-03-05", **CASE)
    files.told_by("scheduler", "commitment.breached", anna, "2025-03-05", commitment_id="p1")
    return anna


ABOUT = ["complaint.reported", "commitment.made", "complaint.resolved", "commitment.breached", "complaint.reopened"]


def test_what_was_said_of_a_complaint_and_a_promise_goes_where_they_go(files):
    anna = complained(files)
    files.tell("handle.released", ANNA, "2025-03-02", now="2025-03-06", handle=PHONE)
    assert files.id_of(PHONE) != anna
    assert sorted(entry.type for entry in files.timeline(PHONE)) == sorted(ABOUT)
    assert files.timeline(ANNA) == []
    (case,) = files.tables[ComplaintCase].values()
    (promise,) = files.tables[Commitment].values()
    assert {case.customer_id, promise.customer_id} == {files.id_of(PHONE)}
    assert (case.complaint_id, case.reopened_at.day, promise.breached_at.day) == ("c1", 5, 5)


def test_a_case_of_whose_complaint_nothing_is_known_stays(files):
    complained(files, opened=False)
    files.tell("handle.released", ANNA, "2025-03-02", now="2025-03-06", handle=PHONE)
    assert sorted(entry.type for entry in files.timeline(ANNA)) == ["complaint.reopened", "complaint.resolved"]


def test_joined_and_parted_what_was_said_of_a_complaint_stays_with_it(files, split):
    anna = complained(files)
    files.tell("handle.released", ANNA, "2025-03-02", now="2025-03-06", handle=PHONE)
    stood = files.timeline(ANNA), files.timeline(PHONE), dict(files.tables[ComplaintCase])
    files.tell("customers.merged", ANNA, "2025-03-07", other=PHONE)
    assert len(files.timeline(ANNA)) == len(ABOUT)
    split(anna, PHONE, "2025-03-08")
    assert (files.timeline(ANNA), files.timeline(PHONE), dict(files.tables[ComplaintCase])) == stood


@pytest.mark.parametrize("subject", [PHONE, ANNA])
def test_calls_are_whose_the_number_was_whatever_comes_first(make_files, subject):
    told = [
        ("customer.registered", ANNA, "2025-03-01", {"party": "individual", "handles": [PHONE]}),
        ("interaction.recorded", PHONE, "2025-03-03", CALL),
        ("handle.released", subject, "2025-03-05", {"handle": PHONE}),
        ("interaction.recorded", PHONE, "2025-03-09", CALL),
    ]
    for order in permutations(range(4)):
        files = make_files()
        for place in order:
            name, who, at, data = told[place]
            files.tell(name, who, at, id=f"e{place}", now="2025-03-10", **data)
        days = [[entry.at.day for entry in files.timeline(handle)] for handle in (ANNA, PHONE)]
        assert days == [[3], [9]], order
        assert (files.state(ANNA).first_at.day, files.state(PHONE).first_at.day) == (1, 9)


BERTS = ("customer.registered", BERT, "2025-03-08", {"party": "individual", "handles": [PHONE]})


@pytest.mark.parametrize("subject", [PHONE, ANNA])
@pytest.mark.parametrize(
    "again", [BERTS, ("customer.updated", ANNA, "2025-03-08", {"handles": [PHONE]})], ids=["b", "a"]
)
def test_who_claimed_a_handle_has_it_from_a_release_on_that_is_heard_of_late(make_files, again, subject):
    told = [
        ("customer.registered", ANNA, "2025-03-01", {"party": "individual", "handles": [PHONE]}),
        again,
        ("handle.released", subject, "2025-03-05", {"handle": PHONE}),
        ("interaction.recorded", PHONE, "2025-03-09", CALL),
    ]
    for order in permutations(range(4)):
        if order.index(0) > order.index(1) or order.index(0) > order.index(2):
            continue  # whose it was first has to be known
        files = make_files()
        for place in order:
            name, who, at, data = told[place]
            files.tell(name, who, at, id=f"e{place}", now="2025-03-10", **data)
        assert files.id_of(PHONE) == files.id_of(again[1]), order
        assert [entry.at.day for entry in files.timeline(again[1])] == [9], order


def test_what_came_before_a_release_is_not_of_who_claimed_the_handle_after_it(files):
    files.tell("interaction.recorded", ANNA, "2025-03-01", **CALL)
    files.tell("customer.registered", BERT, "2025-03-08", party="individual", handles=[PHONE])
    files.tell("interaction.recorded", PHONE, "2025-03-03", now="2025-03-09", id="hers", **CALL)
    files.tell("handle.released", ANNA, "2025-03-05", now="2025-03-10", handle=PHONE)
    days = [[entry.at.day for entry in files.timeline(handle)] for handle in (ANNA, BERT)]
    assert (days, files.id_of(PHONE)) == ([[1, 3], []], files.id_of(BERT))
    (split, _) = files.facts("customer.split")
    assert (split["into"], split["causes"]) == (str(files.id_of(ANNA)), ["hers"])


def test_readers_hear_of_the_calls_that_are_the_next_holders(files):
    files.tell("interaction.recorded", PHONE, "2025-03-03", id="his", **CALL)
    files.tell("interaction.recorded", PHONE, "2025-03-09", id="next", **CALL)
    files.tell("customer.updated", ANNA, "2025-03-02", region="north")
    files.tell("handle.released", ANNA, "2025-03-05", now="2025-03-10", handle=PHONE)
    anna, new = files.id_of(ANNA), files.id_of(PHONE)
    (split, _) = files.facts("customer.split")
    assert (split["from"], split["into"], split["causes"]) == (str(anna), str(new), ["next"])
    assert [fact.subject for fact in files.said if fact.name == "customer.absorbed"] == [str(anna)]


@pytest.mark.parametrize("subject", [PHONE, ANNA])
@pytest.mark.parametrize("order", list(permutations(range(3))), ids=str)
def test_who_lets_a_handle_go_is_no_new_customer_whatever_comes_first(files, order, subject):
    told = [
        ("customer.registered", ANNA, "2025-03-01", {"party": "individual", "handles": [PHONE]}),
        ("handle.released", subject, "2025-03-05", {"handle": PHONE}),
        ("interaction.recorded", ANNA, "2025-03-09", CALL),
    ]
    for place in order:
        name, who, at, data = told[place]
        files.tell(name, who, at, id=f"e{place}", now="2025-03-10", **data)
    known = [key.id for key, stream in files.streams.items() if stream.state.first_at is not None]
    assert known == [files.id_of(ANNA)]
    assert files.id_of(PHONE) != files.id_of(ANNA)
    assert files.state(ANNA).first_at.day == 1
