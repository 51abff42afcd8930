"""Taken back, a merge has never been: for every history both files are as they were."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.profile.domain.benefits import Membership
from services.profile.domain.commands import SplitFile
from services.profile.domain.commitments import Commitment
from services.profile.domain.consents import ConsentWord
from services.profile.domain.contacts import ContactHandle, ContactWord
from services.profile.domain.history import FieldWord
from services.profile.domain.ledgers import Complaint, Handle, NeedEntry, Order, TimelineEntry
from services.profile.domain.search import SearchEntry
from shared.contracts.ids import event_key
from shared.engine.decision import Event

ANNA, BERT = "shop:1", "shop:2"
START = datetime(2025, 3, 1, 9, tzinfo=UTC)
CALL = {"channel": "phone", "direction": "inbound"}
HAPPENED = st.tuples(
    st.sampled_from([ANNA, BERT]),
    st.sampled_from(
        [
            ("need.stated", {"demand": "target", "expected_close_on": "2025-05-01"}),
            ("need.stated", {"demand": "latent"}),
            ("interaction.recorded", CALL),
            ("order.placed", {"amount": 100, "currency": "USD"}),
            ("order.delivered", {}),
            ("order.refunded", {"amount": 10}),
            ("complaint.reported", {"fault": "unknown", "severity": "minor", "correctable": True}),
            ("complaint.updated", {"severity": "major"}),
            ("commitment.made", {"due_on": "2025-03-12"}),
            ("commitment.fulfilled", {}),
            ("membership.granted", {"from_on": "2025-02-01", "benefits": [{"kind": "tea", "quota": 2}]}),
            ("benefit.recorded", {"action": "used", "kind": "tea", "basis": "membership"}),
            ("benefit.recorded", {"action": "notice_shown", "kind": "tea", "basis": "membership"}),
            ("contact.stated", {"contact_id": "k1", "role": "user", "handles": ["phone:+1777"]}),
            ("browse.recorded", {"category": "filters"}),
            ("customer.updated", {"region": "south", "tags": ["tea"]}),
            ("customer.updated", {"name": "Ada Berg"}),
            ("consent.changed", {"channel": "email", "granted": False}),
            ("feedback.submitted", {"kind": "suggestion", "source": "direct", "text": "open earlier"}),
            ("life_event.recorded", {"kind": "promotion", "on": "2025-03-10", "volunteered": True}),
            ("customer.left", {"avoidable": True, "reason": "price"}),
            ("survey.answered", {"survey": "nps", "score": 3}),
        ]
    ),
)
HISTORIES = st.lists(HAPPENED, max_size=8)
NEVER_REFUSED = st.lists(HAPPENED.filter(lambda one: one[1][0] != "benefit.recorded"), max_size=8)
"""What two have used up together is refused for good: it does not come back when they part."""
TABLES = (
    Order,
    NeedEntry,
    TimelineEntry,
    Complaint,
    Commitment,
    Membership,
    ConsentWord,
    ContactWord,
    ContactHandle,
    FieldWord,
    SearchEntry,
)
THINGS = {
    "order": "order_id",
    "complaint": "complaint_id",
    "commitment": "commitment_id",
    "membership": "membership_id",
}


def _told(history, first, at):
    for n, (handle, (name, data)) in enumerate(history, first):
        thing = THINGS.get(name.partition(".")[0])
        own = {thing: f"{handle} {n % 3}"} if thing else {}
        yield name, handle, (at + timedelta(minutes=n)).isoformat(), f"e{n}", data | own


def _tell(files, history, first, at):
    for name, handle, when, id_, data in _told(history, first, at):
        files.tell(name, handle, when, id=id_, **data)


def _begun(make_files, history):
    files = make_files()
    for handle in (ANNA, BERT):
        files.tell("customer.registered", handle, START.isoformat(), id=handle, party="individual", name=handle)
    _tell(files, history, 1, START)
    return files


@given(history=HISTORIES)
def test_folded_again_a_file_is_as_it_was(make_files, history):
    files = _begun(make_files, history)
    for handle in (ANNA, BERT):
        assert files.folded_again(handle) == files.state(handle)


def _split(files, at):
    source, data = "holdfast/profile/http", SplitFile(other=BERT)
    event = Event(event_key(source, "s"), "s", source, data.TYPE, at, at, str(files.id_of(ANNA)), data)
    assert files.fold(event).result == "applied"


def _end(files):
    """Both files, and every row that they have."""
    homes = {handle: row.customer_id for handle, row in files.tables[Handle].items()}
    rows = [homes, *(dict(files.tables[table]) for table in TABLES)]
    return [files.state(handle) for handle in (ANNA, BERT)], rows


def _one(files):
    """The one file that there is in the end: all but how versions of its need are numbered."""
    state = files.state(ANNA)
    said = (state.first_at, state.registered_at, state.file, state.told, state.consents, state.suggestions)
    need = state.need.snapshot if state.need else None
    rows = [files.tables[table] for table in TABLES if table is not NeedEntry]
    return said, need, state.lifecycle.stage, state.benefits, state.signals, rows


def _said_once(events):
    """An order that two events place is the first one's to arrive."""
    known = {}
    for event in events:
        name, handle, _, id_, data = event
        thing = data.get(THINGS.get(name.partition(".")[0]))
        if thing is None or name in ("order.refunded", "complaint.updated"):
            known[id_] = event
        else:
            known.setdefault((name, handle, thing), event)
    return list(known.values())


@given(history=NEVER_REFUSED, data=st.data())
def test_when_two_are_heard_to_be_one_does_not_matter(make_files, history, data):
    merge = ("customers.merged", ANNA, "2025-03-02", "m", {"other": BERT})
    events = [*_said_once(_told(history, 1, START)), merge]
    ends = []
    for sequence in (events, data.draw(st.permutations(events))):
        files = _begun(make_files, [])
        for name, handle, at, id_, said in sequence:
            files.tell(name, handle, at, id=id_, now="2025-04-01", **said)
        ends.append(_one(files))
    assert ends[0] == ends[1]


@given(before=HISTORIES)
def test_a_merge_that_is_taken_back_leaves_both_files_as_they_were(make_files, before):
    files = _begun(make_files, before)
    stood = _end(files)
    files.tell("customers.merged", ANNA, "2025-03-02", id="m", other=BERT)
    assert files.id_of(BERT) == files.id_of(ANNA)
    _split(files, START + timedelta(days=2))
    assert _end(files) == stood


@given(before=HISTORIES, between=NEVER_REFUSED)
def test_what_came_while_they_were_one_goes_to_whom_it_came(make_files, before, between):
    joined, apart = _begun(make_files, before), _begun(make_files, before)
    joined.tell("customers.merged", ANNA, "2025-03-02", id="m", other=BERT)
    for files in (joined, apart):
        _tell(files, between, 101, START + timedelta(days=1))
    _split(joined, START + timedelta(days=3))
    assert _end(joined) == _end(apart)


def _heard(files, name):
    """Of each file, what a reader holds for its own of these facts once the two are parted: fact by fact."""
    said = defaultdict(list)
    for fact in files.said:
        if fact.name == name:
            said[fact.homeid or fact.subject].append(fact)
    return [said[str(files.id_of(handle))] for handle in (ANNA, BERT)]


@given(before=HISTORIES, between=NEVER_REFUSED)
def test_readers_hold_the_need_that_each_file_has_once_they_are_parted(make_files, before, between):
    files = _begun(make_files, before)
    files.tell("customers.merged", ANNA, "2025-03-02", id="m", other=BERT)
    _tell(files, between, 101, START + timedelta(days=1))
    _split(files, START + timedelta(days=3))
    for handle, heard in zip((ANNA, BERT), _heard(files, "need.changed"), strict=True):
        last = max(heard, key=lambda fact: (fact.data["stated_at"], fact.causationid), default=None)
        need = files.state(handle).need
        assert (last and last.data["demand"]) == (need and need.snapshot.demand)


def test_a_word_on_consent_that_a_merge_brings_goes_when_it_goes(make_files):
    no_mail = (BERT, ("consent.changed", {"channel": "email", "granted": False}))
    files = _begun(make_files, [no_mail])
    files.tell("customers.merged", ANNA, "2025-03-02", id="m", other=BERT)
    anna, bert = (str(files.id_of(ANNA)), str(files.tables[Handle][BERT].customer_id))
    (_, told) = [fact for fact in files.said if fact.name == "consent.changed"]
    assert (told.subject, told.homeid) == (anna, bert)
    _split(files, START + timedelta(days=2))
    assert _heard(files, "consent.changed")[0] == []


@pytest.mark.parametrize("again", [1, 2])
def test_joined_and_parted_again_and_again_nothing_is_left_of_it(make_files, instant, again):
    order = ("order.placed", {"amount": 100, "currency": "USD"})
    history = [(BERT, order), (ANNA, ("need.stated", {"demand": "latent"}))]
    files = _begun(make_files, history)
    stood = _end(files)
    for n in range(again):
        files.tell("customers.merged", ANNA, f"2025-03-0{2 + 2 * n}", id=f"m{n}", other=BERT)
        source, at, data = "holdfast/profile/http", instant(f"2025-03-0{3 + 2 * n}"), SplitFile(other=BERT)
        id_ = f"s{n}"
        files.fold(Event(event_key(source, id_), id_, source, data.TYPE, at, at, str(files.id_of(ANNA)), data))
        assert _end(files) == stood
