"""What holds for every history: the end does not depend on the sequence in which events came, nor on folding again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import permutations

import msgspec
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from services.profile.domain.benefits import Membership
from services.profile.domain.commitments import Commitment
from services.profile.domain.consents import ConsentWord
from services.profile.domain.contacts import ContactHandle, ContactWord
from services.profile.domain.history import FieldWord
from services.profile.domain.ledgers import Complaint, Order, TimelineEntry
from services.profile.domain.search import SearchEntry
from services.profile.domain.state import CustomerState

ANNA, PHONE = "shop:1", "phone:+1555"
START = datetime(2025, 3, 1, 9, tzinfo=UTC)
LATER = "2025-04-01T00:00:00+00:00"
DEMANDS = ("target", "latent", "none")


def _order(n):
    more = {
        "delivered": {},
        "delayed": {"expected_on": "2025-03-20"},
        "refunded": {"amount": 10},
        "cancelled": {},
    }
    first = ("order.placed", {"order_id": f"o{n}", "amount": 100, "currency": "USD"})
    return [first, *((f"order.{kind}", {"order_id": f"o{n}", **data}) for kind, data in more.items())]


def _complaint(n):
    given_ = {"complaint_id": f"c{n}", "fault": "unknown", "severity": "minor", "correctable": True}
    return [
        ("complaint.reported", given_),
        ("complaint.updated", {"complaint_id": f"c{n}", "severity": "major"}),
        ("complaint.updated", {"complaint_id": f"c{n}", "severity": "minor", "fault": "company"}),
        ("complaint.withdrawn", {"complaint_id": f"c{n}"}),
    ]


THINGS = [
    *(("need.stated", {"demand": demand, "expected_close_on": "2025-05-01"}) for demand in DEMANDS),
    *_order(1),
    *_order(2),
    *_complaint(1),
    ("customer.registered", {"party": "organisation", "region": "north"}),
    ("customer.updated", {"region": "south", "interests": ["tea"]}),
    ("customer.updated", {"name": "Ada Lund", "tags": ["tea"], "owner": "ann"}),
    ("customer.updated", {"name": "Ada Berg", "region": "west"}),
    ("browse.recorded", {"category": "filters"}),
    ("survey.answered", {"survey": "nps", "score": 3}),
    ("grievance.resolved", {"interaction_id": "i1"}),
    ("interaction.recorded", {"interaction_id": "i1", "channel": "phone", "direction": "inbound"}),
    ("feedback.submitted", {"kind": "suggestion", "source": "direct", "text": "open earlier"}),
    ("feedback.submitted", {"kind": "complaint", "source": "hotline", "element": "service_quality"}),
    ("life_event.recorded", {"kind": "promotion", "on": "2025-03-10", "volunteered": True}),
    ("commitment.made", {"commitment_id": "p1", "due_on": "2025-03-12"}),
    ("commitment.fulfilled", {"commitment_id": "p1"}),
    ("customer.left", {"avoidable": True, "reason": "price"}),
    ("membership.granted", {"membership_id": "m1", "from_on": "2025-02-01", "benefits": [{"kind": "tea", "quota": 2}]}),
    ("benefit.recorded", {"action": "used", "kind": "tea", "basis": "membership", "membership_id": "m1"}),
    ("benefit.recorded", {"action": "granted", "kind": "tea", "basis": "membership", "membership_id": "m1"}),
    ("benefit.recorded", {"action": "notice_shown", "kind": "tea", "basis": "membership"}),
    ("consent.changed", {"granted": False}),
    ("consent.changed", {"purpose": "marketing", "granted": True}),
    ("consent.changed", {"channel": "email", "granted": True}),
    ("consent.changed", {"channel": "email", "purpose": "marketing", "granted": False}),
    ("contact.stated", {"contact_id": "k1", "role": "user", "handles": ["phone:+1777"]}),
    ("contact.stated", {"contact_id": "k2", "role": "purchaser", "handles": ["phone:+1777", "phone:+1888"]}),
    ("contact.stated", {"contact_id": "k1", "role": "decision_maker", "department": "sales"}),
]
HISTORIES = st.lists(st.sampled_from(range(len(THINGS))), min_size=2, max_size=12, unique=True)


def _events(history, handles=(ANNA,)):
    """Each thing a minute after the one before it, under the handles in turn."""
    for n, thing in enumerate(history):
        name, data = THINGS[thing]
        yield name, handles[n % len(handles)], (START + timedelta(minutes=n)).isoformat(), f"e{thing}", data


def _fold(files, events):
    for name, handle, at, id_, data in events:
        files.tell(name, handle, at, id=id_, now=LATER, **data)
    return files


def _end(files, handle=ANNA):
    """What must not depend on the sequence: all but how versions are numbered and where needs were said again."""
    state = files.state(handle)
    plain = (state.first_at, state.registered_at, state.file, state.told, state.unplaced)
    need = state.need.snapshot if state.need else None
    tables = (
        Order,
        Complaint,
        TimelineEntry,
        ContactWord,
        ContactHandle,
        ConsentWord,
        Commitment,
        FieldWord,
        SearchEntry,
        Membership,
    )
    return (
        plain,
        need,
        state.last_order,
        state.consents,
        state.suggestions,
        state.lifecycle.stage,
        state.benefits,
        [files.tables[table] for table in tables],
    )


def _whoever_came(end):
    """Entries without the handle under which the customer came."""
    *rest, rows = _whatever_was_opened(end)
    entries = {key: replace(row, handle=None) for key, row in rows[2].items()}
    return [*rest, [*rows[:2], entries, *rows[3:]]]


def _whatever_was_opened(end):
    """Without the file that something came to: one was taken in or never opened, as the sequence has it."""
    (*plain, unplaced), need, last_order, consents, *rest = end
    orders = {key: replace(order, home=None) for key, order in unplaced.items()}
    last_order = last_order and replace(last_order, home=None)
    return [(*plain, orders), need, last_order, tuple(replace(word, home=None) for word in consents), *rest]


def test_what_is_used_on_the_day_of_leaving_counts_whichever_is_heard_first(make_files):
    events = list(_events([33, 34, 0, 30, 32]))
    for order in permutations(events):
        assert _end(_fold(make_files(), order)) == _end(_fold(make_files(), events))


TEA = {"kind": "tea", "basis": "membership"}
LEAVING = [
    ("membership.granted", {"membership_id": "m1", "from_on": "2025-02-01", "benefits": [{"kind": "tea", "quota": 5}]}),
    ("benefit.recorded", {"action": "notice_shown", **TEA}),
    ("benefit.recorded", {"action": "used", **TEA}),
    ("customer.left", {"avoidable": True, "reason": "price"}),
    ("benefit.recorded", {"action": "used", "quantity": 2, **TEA}),
]


def test_what_is_used_on_a_day_after_leaving_never_counts(make_files):
    days = [(name, ANNA, f"2025-03-0{n}", f"e{n}", data) for n, (name, data) in enumerate(LEAVING, 1)]
    for order in permutations(days):
        (lot,) = _fold(make_files(), order).state(ANNA).benefits.lots
        assert (lot.status, lot.remaining) == ("lapsed", 4)


@given(history=HISTORIES, data=st.data())
def test_the_file_is_the_same_in_whatever_sequence_events_come(make_files, history, data):
    events = list(_events(history))
    shuffled = data.draw(st.permutations(events))
    assert _end(_fold(make_files(), shuffled)) == _end(_fold(make_files(), events))


@given(history=HISTORIES, data=st.data())
def test_needs_as_readers_hear_them_end_in_the_need_in_force(make_files, history, data):
    files = _fold(make_files(), data.draw(st.permutations(list(_events(history)))))
    heard = [(datetime.fromisoformat(fact["stated_at"]), fact) for fact in files.facts("need.changed")]
    need = files.state(ANNA).need
    if need is None:
        assert heard == []
    else:
        assert max(heard, key=lambda one: one[0])[1]["demand"] == need.snapshot.demand
    assert [fact["version"] for _, fact in heard] == list(range(1, len(heard) + 1))


@given(history=HISTORIES)
def test_a_file_that_was_taken_in_is_as_if_there_had_been_one_from_the_start(make_files, history):
    things = [n for n in history if not THINGS[n][0].startswith("customer.")]
    claim = (
        "customer.registered",
        ANNA,
        "2025-03-31T00:00:00+00:00",
        "claim",
        {"party": "individual", "handles": [PHONE]},
    )
    joined = _fold(make_files(), [*_events(things, (ANNA, PHONE)), claim])
    one = _fold(make_files(), [*_events(things), claim])
    assert joined.id_of(PHONE) == joined.id_of(ANNA) == one.id_of(ANNA)
    assert _whoever_came(_end(joined)) == _whoever_came(_end(one))


@given(history=HISTORIES)
def test_a_state_is_the_same_after_it_was_stored(make_files, history):
    state = _fold(make_files(), _events(history)).state(ANNA)
    assert msgspec.json.decode(msgspec.json.encode(state), type=CustomerState) == state


CALLER = "phone:+1777"
COMPLAINT = {"complaint_id": "c1", "fault": "unknown", "severity": "minor", "correctable": True}
OF_CONTACTS = [
    ("customer.registered", ANNA, {"party": "organisation", "name": "Berg & Co"}),
    ("contact.stated", ANNA, {"contact_id": "k1", "role": "user", "handles": [CALLER]}),
    ("contact.stated", ANNA, {"contact_id": "k2", "role": "user", "handles": [CALLER]}),
    ("interaction.recorded", CALLER, {"channel": "phone", "direction": "inbound", "note": "one"}),
    ("interaction.recorded", CALLER, {"channel": "phone", "direction": "inbound", "note": "two"}),
    ("complaint.reported", CALLER, COMPLAINT),
    ("consent.changed", CALLER, {"granted": False}),
]


@given(sequence=st.permutations(range(len(OF_CONTACTS))))
def test_whose_a_call_was_does_not_depend_on_when_the_caller_became_known(make_files, sequence):
    def told(numbers):
        for n in numbers:
            name, handle, data = OF_CONTACTS[n]
            yield name, handle, (START + timedelta(minutes=n)).isoformat(), f"e{n}", data

    shuffled, plain = _fold(make_files(), told(sequence)), _fold(make_files(), told(range(len(OF_CONTACTS))))
    assert shuffled.id_of(CALLER) == shuffled.id_of(ANNA) == plain.id_of(ANNA)
    assert shuffled.tables[ContactHandle][CALLER].contact_id == "k2"
    assert _whatever_was_opened(_end(shuffled)) == _whatever_was_opened(_end(plain))


OF_HANDLES = st.sampled_from(
    [
        ("interaction.recorded", ANNA, {"channel": "phone", "direction": "inbound"}),
        ("interaction.recorded", PHONE, {"channel": "phone", "direction": "inbound"}),
        ("need.stated", PHONE, {"demand": "target"}),
        ("consent.changed", PHONE, {"purpose": "marketing", "granted": False}),
        ("customer.updated", ANNA, {"handles": [PHONE], "region": "north"}),
    ]
)


@given(others=st.lists(OF_HANDLES, max_size=6), places=st.tuples(st.integers(0, 6), st.integers(0, 7)), data=st.data())
def test_whose_a_number_is_goes_by_claims_and_releases_whenever_they_are_heard_of(make_files, others, places, data):
    happened = list(others)
    happened.insert(places[0], ("customer.registered", ANNA, {"party": "individual", "handles": [PHONE]}))
    happened.insert(places[1], ("handle.released", ANNA, {"handle": PHONE}))
    days = [(START + timedelta(days=n)).isoformat() for n in range(len(happened))]
    told = [(name, who, day, day, said) for (name, who, said), day in zip(happened, days, strict=True)]
    ends = []
    for sequence in (told, data.draw(st.permutations(told))):
        files = _fold(make_files(), sequence)
        states = [files.state(handle) for handle in (ANNA, PHONE)]
        ends.append(
            [files.id_of(ANNA) == files.id_of(PHONE), [e.at for e in files.timeline(ANNA)], *map(_of_one, states)]
        )
    assert ends[0] == ends[1]


BERT = "shop:2"
RECYCLED = [
    ("customer.registered", ANNA, {"party": "individual", "handles": [PHONE]}),
    ("interaction.recorded", PHONE, {"channel": "phone", "direction": "inbound"}),
    ("handle.released", ANNA, {"handle": PHONE}),
    ("need.stated", PHONE, {"demand": "target"}),
    ("customer.registered", BERT, {"party": "individual", "handles": [PHONE]}),
    ("interaction.recorded", PHONE, {"channel": "phone", "direction": "outbound"}),
]


@given(sequence=st.permutations(range(len(RECYCLED))))
def test_a_recycled_number_is_the_one_customers_and_then_the_others_whatever_comes_first(make_files, sequence):
    def told(numbers):
        for n in numbers:
            name, handle, data = RECYCLED[n]
            yield name, handle, (START + timedelta(days=n)).isoformat(), f"e{n}", data

    def end(numbers):
        files = _fold(make_files(), told(numbers))
        states = [files.state(handle) for handle in (ANNA, BERT)]
        whose = files.id_of(PHONE) == files.id_of(BERT) != files.id_of(ANNA)
        return [whose, *([entry.at for entry in files.timeline(who)] for who in (ANNA, BERT)), *map(_of_one, states)]

    plain = end(range(len(RECYCLED)))
    assert plain[0]
    assert end(sequence) == plain


def _of_one(state):
    return state.first_at, state.file, state.need and state.need.snapshot, [word.told for word in state.consents]
