"""Whose a handle was follows from all claims and releases of it by when they happened, whatever is heard of first."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from itertools import permutations
from random import Random
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.grading.domain.rules import RULES
from services.grading.store import LEDGERS
from services.profile.api import router
from services.profile.domain.ledgers import TimelineEntry
from shared.contracts.profile import InteractionRecorded
from shared.contracts.types import ALL
from tests.harness.engines import fact_input, routes
from tests.harness.two import Two

ANNA, BERT, CLEO, PHONE, MAIL = "shop:1", "shop:2", "shop:3", "phone:+8613800000000", "email:a@b.example"
START = datetime(2025, 3, 1, 9, tzinfo=UTC)
HEARD = "2025-04-01T00:00:00+00:00"


def claims(who, handle=PHONE):
    return "customer.updated", who, {"handles": [handle]}


def releases(who, handle=PHONE):
    return "handle.released", who, {"handle": handle}


def calls(handle=PHONE):
    return "interaction.recorded", handle, {"channel": "phone", "direction": "inbound"}


def _days(happened):
    """Each of them on a day of its own."""
    return [(n, (START + timedelta(days=n)).isoformat(), *one) for n, one in enumerate(happened)]


def _end(files, told):
    """Every file that there is, with what came to it, and whose the handles are."""
    for n, day, name, who, data in told:
        files.tell(name, who, day, id=f"e{n}", now=HEARD, **data)
    found = {}
    for key, stream in files.streams.items():
        if stream.state.first_at is not None:
            entries = sorted(e.at for e in files.tables[TimelineEntry].values() if e.customer_id == key.id)
            found[key.id] = (stream.state.first_at, stream.state.file, entries)
    return found, {handle: files.id_of(handle) for handle in (PHONE, MAIL) if _is_known(handle, told)}


def _is_known(handle, told):
    return any(handle == who or handle in str(data) for _, _, _, who, data in told)


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


WORDS = st.one_of(
    st.builds(claims, st.sampled_from([ANNA, BERT, CLEO]), st.sampled_from([PHONE, MAIL])),
    st.builds(releases, st.sampled_from([ANNA, BERT, CLEO]), st.sampled_from([PHONE, MAIL])),
    st.sampled_from([calls(PHONE), calls(MAIL), releases(PHONE, PHONE), claims(PHONE, PHONE)]),
)


@given(happened=st.lists(WORDS, min_size=2, max_size=9), data=st.data())
def test_and_so_it_is_with_whatever_is_said_of_two_handles_by_three_customers(make_files, happened, data):
    told = _days(happened)
    assert _end(make_files(), data.draw(st.permutations(told))) == _end(make_files(), told)


def _in_grading(files):
    """What came under the handles, and whose it is to a service that only hears of it."""
    two, heard = Two(RULES, LEDGERS), datetime.fromisoformat(HEARD)
    for n, fact in enumerate(files.said):
        if fact.name.startswith("customer.") or fact.name == "interaction.recorded":
            data = ALL[f"holdfast.profile.{fact.name}.v1"].model_validate_json(json.dumps(fact.data))
            home = UUID(fact.homeid) if fact.homeid else None
            two.tell(UUID(fact.subject), data, heard, f"f{n}", home, fact.causationid)
    inputs = ((key.id, row.event) for key, past in two.past.items() for row in past if row.event)
    return {event.causationid: customer for customer, event in inputs if isinstance(event.data, InteractionRecorded)}


@pytest.mark.parametrize("happened", HISTORIES.values(), ids=HISTORIES)
def test_the_other_services_have_it_as_profile_has_it(make_files, happened):
    told, chance = _days(happened), Random(5)
    for _ in range(20):
        files = make_files()
        _end(files, chance.sample(told, len(told)))
        ours = {entry.cause_id: entry.customer_id for entry in files.tables[TimelineEntry].values()}
        assert _in_grading(files) == ours


# -- through the database


def _inputs(told, number):
    """As they are told of persons of this number."""
    for n, day, name, who, data in told:
        said = data | {"handle": f"{PHONE}{number}"} if "handle" in data else data
        said = said | {"handles": [f"{PHONE}{number}"]} if "handles" in data else said
        fact = ALL[f"holdfast.{name}.v1"].model_validate(said)
        yield fact_input(fact, datetime.fromisoformat(day), f"{who}{number}", UUID(int=number * 100 + n))


async def _stands(engine, get, number):
    """Of each of the three handles: which of the others it leads with to one customer, and what came to that one."""
    found = []
    for handle in (ANNA, BERT, PHONE):
        (item,) = (await get("/customers", handle=f"{handle}{number}"))["items"] or [{"customer_id": None}]
        id = item["customer_id"]
        entries = (await get(f"/customers/{id}/timeline"))["items"] if id else []
        file = await get(f"/customers/{id}") if id else {"handles": [], "registered_on": None}
        found.append((len(file["handles"]), file["registered_on"], [entry["at"] for entry in entries]))
    return found, (await get("/candidates"))["items"]


@pytest.mark.parametrize("name", ["two customers one after the other", "the same customer twice"])
async def test_in_the_database_it_is_the_same_too_one_by_one_and_in_one_batch(engine, get, name):
    told, chance = _days(HISTORIES[name]), Random(4)
    await engine.apply(list(_inputs(told, 10)))
    stood = await _stands(engine, get, 10)
    for number in range(11, 23):
        order = chance.sample(told, len(told))
        if number % 2:
            await engine.apply(list(_inputs(order, number)))
        else:
            for one in _inputs(order, number):
                await engine.apply([one])
        assert await _stands(engine, get, number) == stood, order


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
