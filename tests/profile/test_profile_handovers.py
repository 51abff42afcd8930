"""Whose a handle was follows from all claims and releases of it by when they happened, whatever is heard of first."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from itertools import permutations
from random import Random
from uuid import UUID

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from services.feedback import store as feedback_store
from services.feedback.domain import rules as feedback
from services.grading import store as grading_store
from services.grading.domain import rules as grading
from services.profile.api import router
from services.profile.domain.commands import SplitFile
from services.profile.domain.holders import holder_at, holders
from services.profile.domain.ledgers import Handle, Order, SharedHandle, TimelineEntry
from services.scheduler import store as scheduler_store
from services.scheduler.domain import rules as scheduler
from shared.contracts.ids import event_key
from shared.contracts.profile import InteractionRecorded, PurchaseRecorded
from shared.contracts.types import ALL
from shared.engine.decision import Event
from tests.harness.engines import fact_input, routes
from tests.harness.two import Two

ANNA, BERT, CLEO, PHONE, MAIL = "shop:1", "shop:2", "shop:3", "phone:+8613800000000", "email:a@b.example"
START = datetime(2025, 3, 1, 9, tzinfo=UTC)
HEARD = "2025-04-01T00:00:00+00:00"


def claims(who, handle=PHONE):
    return "customer.updated", who, {"handles": [handle]}


def releases(who, handle=PHONE):
    return "handle.released", who, {"handle": handle}


def merges(who, other):
    return "customers.merged", who, {"other": other}


def has(who, handle=PHONE):
    """Of a person of theirs."""
    return "contact.stated", who, {"contact_id": "k1", "role": "user", "handles": [handle]}


def buys(handle=PHONE):
    return "order.placed", handle, {"order_id": "o1", "amount": 100, "currency": "USD"}


def calls(handle=PHONE):
    return "interaction.recorded", handle, {"channel": "phone", "direction": "inbound"}


def _days(happened):
    """Each of them on a day of its own."""
    return [(n, (START + timedelta(days=n)).isoformat(), *one) for n, one in enumerate(happened)]


def _end(files, told):
    """Every file that there is, with what came to it; whose the handles were, one after the other; who is proposed."""
    for n, day, name, who, data in told:
        files.tell(name, who, day, id=f"e{n}", now=HEARD, **data)
    found = {}
    for key, stream in files.streams.items():
        if stream.state.first_at is not None:
            entries = sorted(e.at for e in files.tables[TimelineEntry].values() if e.customer_id == key.id)
            found[key.id] = (stream.state.first_at, stream.state.file, entries)
    orders = {row.order_id: row.customer_id for row in files.tables[Order].values()}
    rows = files.tables[Handle].values()
    whose = {row.handle: [(held.until, files.now(held.customer_id)) for held in holders(row)] for row in rows}
    return found, orders, whose, _proposed(files)


def _proposed(files):
    """As the list of pairs shows them."""
    found = set()
    for said in files.tables[SharedHandle].values():
        had = holder_at(files.tables[Handle][said.handle], said.at).customer_id
        pair = frozenset((files.now(said.customer_id), files.now(had)))
        found |= {(pair, said.at)} if len(pair) > 1 and not said.is_gone else set()
    return found


HISTORIES = {
    "two customers one after the other": [
        claims(ANNA), calls(), releases(ANNA), claims(BERT), calls(), releases(BERT),
    ],
    "the same customer twice": [claims(ANNA), calls(), releases(ANNA), claims(ANNA), calls(), releases(ANNA)],
    "two who have it at one time": [claims(ANNA), calls(), claims(BERT), releases(ANNA), calls()],
    "let go by who never had it": [claims(ANNA), releases(BERT), calls(), releases(ANNA), calls()],
    "never claimed, let go twice": [calls(), releases(ANNA), calls(), releases(BERT), calls()],
    "let go under itself": [claims(ANNA), releases(PHONE), calls(), claims(BERT), calls()],
    "known by it before another claims it": [
        ("customer.registered", PHONE, {"party": "individual"}), claims(ANNA), calls(), releases(PHONE), calls(),
    ],
    "claimed by another before it is known by it": [
        claims(ANNA), ("customer.registered", PHONE, {"party": "organisation"}), releases(ANNA), calls(),
    ],
    "mail claimed under the number before it is let go": [
        claims(ANNA), claims(PHONE, MAIL), releases(ANNA), calls(MAIL),
    ],
    "mail claimed under the number once it is let go": [
        claims(ANNA), releases(ANNA), claims(PHONE, MAIL), calls(MAIL),
    ],
    "and let go itself": [
        claims(ANNA), claims(PHONE, MAIL), calls(MAIL), releases(ANNA, MAIL), calls(MAIL),
    ],
    "a person of whoever has the number": [claims(ANNA), releases(ANNA), has(PHONE, MAIL), claims(BERT), buys(MAIL)],
    "joined with whose the number was": [claims(ANNA), merges(BERT, PHONE), releases(ANNA), calls()],
    "joined with the number once it is let go": [claims(ANNA), releases(ANNA), merges(BERT, PHONE), calls()],
    "joined with who claims it after all": [merges(BERT, PHONE), claims(ANNA), calls(), releases(BERT)],
    "let go by whom it was joined with": [claims(ANNA), merges(BERT, ANNA), releases(BERT), calls()],
    "let go before they were one": [claims(ANNA), releases(BERT), merges(BERT, ANNA), buys()],
    "two numbers that were one, of which one is claimed": [merges(MAIL, PHONE), claims(BERT), calls(MAIL), buys()],
    "two who have it, of whom one was joined by it": [
        merges(MAIL, ANNA), releases(BERT), claims(ANNA, MAIL), claims(PHONE, MAIL),
    ],
    "two who have it, one of them by mail that is let go": [
        claims(ANNA, MAIL), claims(MAIL), releases(ANNA, MAIL), claims(BERT),
    ],
}  # fmt: skip


def _marked(name):
    """All 720 orders of six take ten seconds."""
    return pytest.param(HISTORIES[name], id=name, marks=[pytest.mark.slow] if len(HISTORIES[name]) > 5 else [])


@pytest.mark.parametrize("happened", [_marked(name) for name in HISTORIES])
def test_whose_a_handle_was_is_the_same_in_every_order_of_arrival(make_files, happened):
    told = _days(happened)
    stood = _end(make_files(), told)
    different = [order for order in permutations(told) if _end(make_files(), order) != stood]
    assert not different, (len(different), different[0])


NAMES = st.sampled_from([ANNA, BERT, CLEO, PHONE, MAIL])
NUMBERS = st.sampled_from([PHONE, MAIL])
WORDS = st.one_of(
    st.builds(claims, NAMES, NUMBERS),
    st.builds(releases, NAMES, NUMBERS),
    st.builds(merges, NAMES, NAMES),
    st.builds(has, NAMES, NUMBERS),
    st.builds(calls, NAMES),
)


@given(happened=st.lists(WORDS, min_size=2, max_size=9), data=st.data())
def test_and_so_it_is_with_whatever_is_said_of_two_handles_by_three_customers(make_files, happened, data):
    told = _days(happened)
    assert _end(make_files(), data.draw(st.permutations(told))) == _end(make_files(), told)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(8))
def test_and_so_it_is_in_all_orders_of_many_small_histories(make_files, seed):
    chance = Random(seed)
    for _ in range(60):
        told = _days([_any(chance) for _ in range(4)])
        stood = _end(make_files(), told)
        assert [order for order in permutations(told) if _end(make_files(), order) != stood] == [], told


def _any(chance):
    say = chance.choice((claims, claims, releases, releases, has, merges, calls))
    who = chance.choice((ANNA, BERT, PHONE, MAIL))
    return say(who) if say is calls else say(who, chance.choice((PHONE, PHONE, MAIL)))


@given(before=st.lists(WORDS, max_size=5), after=st.lists(WORDS, max_size=3), data=st.data())
def test_merged_and_split_they_are_as_if_it_had_never_been_said(make_files, before, after, data):
    """And what is said later goes to each of them, in whatever order it is heard of."""
    opened = [claims(ANNA, ANNA), claims(BERT, BERT), *before]
    told, merge = _days([*opened, merges(ANNA, BERT), calls(CLEO), *after]), len(opened)
    files, apart = make_files(), make_files()
    _end(files, told[:merge])
    assume(files.tables[Handle][BERT].customer_id == files.id_of(BERT) != files.id_of(ANNA))
    _end(files, told[merge : merge + 1])
    assert _split(files, BERT, merge) == "applied"
    _end(files, data.draw(st.permutations(told[merge + 1 :])))
    assert _end(files, []) == _end(apart, [*told[:merge], *told[merge + 1 :]])


def _split(files, other, day):
    """Half a day after what was told on that day."""
    at, data = START + timedelta(days=day, hours=12), SplitFile(other=other)
    key = event_key("holdfast/profile/http", "s")
    heard = datetime.fromisoformat(HEARD)
    return files.fold(
        Event(key, "s", "holdfast/profile/http", data.TYPE, at, heard, str(files.id_of(other)), data)
    ).result


READERS = {
    "grading": (grading.RULES, grading_store.LEDGERS),
    "scheduler": (scheduler.RULES, scheduler_store.LEDGERS),
    "feedback": (feedback.RULES, feedback_store.LEDGERS),
}
KEPT = (InteractionRecorded, PurchaseRecorded)


def _in(files, rules, ledgers):
    """What came under the handles, and whose it is to a service that only hears of it."""
    two, heard = Two(rules, ledgers), datetime.fromisoformat(HEARD)
    for n, fact in enumerate(files.said):
        if fact.name.startswith("customer.") or fact.name in ("interaction.recorded", "purchase.recorded"):
            data = ALL[f"holdfast.profile.{fact.name}.v1"].model_validate_json(json.dumps(fact.data))
            home = UUID(fact.homeid) if fact.homeid else None
            two.tell(UUID(fact.subject), data, heard, f"f{n}", home, fact.causationid)
    inputs = ((key.id, row.event) for key, past in two.past.items() for row in past if row.event)
    return {event.causationid: customer for customer, event in inputs if isinstance(event.data, KEPT)}


def _ours(files):
    return {entry.cause_id: entry.customer_id for entry in files.tables[TimelineEntry].values()}


@pytest.mark.parametrize("happened", HISTORIES.values(), ids=HISTORIES)
def test_the_other_services_have_it_as_profile_has_it(make_files, happened):
    told, chance = _days(happened), Random(5)
    for _ in range(8):
        files = make_files()
        _end(files, chance.sample(told, len(told)))
        for name, (rules, ledgers) in READERS.items():
            assert _in(files, rules, ledgers) == _ours(files), name


@given(happened=st.lists(WORDS, min_size=3, max_size=7), data=st.data(), reader=st.sampled_from(sorted(READERS)))
def test_and_so_have_they_whatever_is_said(make_files, happened, data, reader):
    files = make_files()
    _end(files, data.draw(st.permutations(_days(happened))))
    assert _in(files, *READERS[reader]) == _ours(files)


# -- through the database


def _inputs(told, number):
    """As they are told of persons of this number."""
    for n, day, name, who, data in told:
        said = {key: _numbered(value, number) for key, value in data.items()}
        fact = ALL[f"holdfast.{name}.v1"].model_validate(said)
        yield fact_input(fact, datetime.fromisoformat(day), f"{who}{number}", UUID(int=number * 100 + n))


def _numbered(value, number):
    if isinstance(value, list):
        return [_numbered(each, number) for each in value]
    return f"{value}{number}" if value in (ANNA, BERT, PHONE, MAIL, "o1") else value


async def _stands(get, number):
    """Of each of the handles: with which of the others it leads to one customer, and what came to that one."""
    found, ids = [], []
    for handle in (ANNA, BERT, PHONE, MAIL):
        (item,) = (await get("/customers", handle=f"{handle}{number}"))["items"] or [{"customer_id": None}]
        ids.append(id := item["customer_id"])
        entries = (await get(f"/customers/{id}/timeline"))["items"] if id else []
        file = await get(f"/customers/{id}") if id else {"handles": [], "registered_on": None}
        found.append((len(file["handles"]), file["registered_on"], [entry["at"] for entry in entries]))
    pairs = []
    for pair in (await get("/candidates", limit=200))["items"]:
        places = [ids.index(one["customer_id"]) for one in pair["customers"] if one["customer_id"] in ids]
        pairs += [(sorted(places), pair["reason"], pair["since"])] if places else []
    return found, [ids.index(id) for id in ids], pairs


async def test_in_the_database_it_is_the_same_too_one_by_one_and_in_one_batch(engine, get):
    chance = Random(4)
    for place, (name, happened) in enumerate(HISTORIES.items(), 1):
        told, first = _days(happened), 10 * place
        await engine.apply(list(_inputs(told, first)))
        stood = await _stands(get, first)
        for number in range(first + 1, first + 5):
            order = chance.sample(told, len(told))
            if number % 2:
                assert not (await engine.apply(list(_inputs(order, number)))).failures
            else:
                for one in _inputs(order, number):
                    assert not (await engine.apply([one])).failures
            assert await _stands(get, number) == stood, (name, order)


async def test_a_file_that_a_recycled_number_opened_is_parted_again_over_http(engine, tell, get):
    await tell("customer.registered", ANNA, "2025-03-01", party="individual", handles=[PHONE])
    await tell("interaction.recorded", PHONE, "2025-03-10", channel="phone", direction="inbound")
    await tell("handle.released", ANNA, "2025-03-05", handle=PHONE)
    anna, other = [(await get("/customers", handle=handle))["items"][0]["customer_id"] for handle in (ANNA, PHONE)]
    await tell("customers.merged", ANNA, "2025-03-11", other=PHONE)
    async with routes(engine, router) as client:
        answer = await client.post(f"/v1/customers/{anna}/split", json={"other": PHONE})
    assert (answer.status_code, answer.json()["customer_id"]) == (200, anna)
    (item,) = (await get("/customers", handle=PHONE))["items"]
    assert (item["customer_id"], anna == other) == (other, False)
    assert len((await get(f"/customers/{other}/timeline"))["items"]) == 1
