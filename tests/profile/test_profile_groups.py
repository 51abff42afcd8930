"""Groups of customers who behave alike: by what they buy, look at and like."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import permutations

import pytest

from services.profile.domain.groups import REMEMBERED
from services.profile.domain.search import SearchEntry
from shared.contracts.policy import PolicyInvalid

ANNA = "shop:1"
GROUPS = {
    "brewers": {"bought": ["filters", "kettles"]},
    "lookers": {"browsed": ["filters"]},
    "tea_lovers": {"likes": ["tea"]},
    "both_ways": {"buys": ["online", "in_store"]},
    "tea_buyers": {"bought": ["tea"], "likes": ["tea"], "buys": ["online"]},
}
LOOK = ("browse.recorded", {"category": "filters"})
LIKES = ("customer.updated", {"interests": ["tea", "books"]})


def order(n, category="filters", **more):
    line = {"sku": "s", "category": category, "quantity": 1, "amount": 100}
    return ("order.placed", {"order_id": f"o{n}", "amount": 100, "currency": "USD", "lines": [line], **more})


def fold(files, events):
    for n, (name, data) in enumerate(events, 1):
        files.tell(name, ANNA, f"2025-03-0{n}", id=f"e{n}", **data)
    return files


@pytest.mark.parametrize(
    ("events", "groups"),
    [
        pytest.param([order(1)], ("brewers",), id="one of the categories was bought"),
        pytest.param([order(1, "scents")], (), id="another category was bought"),
        pytest.param([LOOK], ("lookers",), id="a look is no purchase"),
        pytest.param([LIKES], ("tea_lovers",), id="one of the likings"),
        pytest.param([("customer.updated", {"tags": ["tea"]})], ("tea_lovers",), id="a tag is a liking"),
        pytest.param([order(1, "x", online=True)], (), id="one way is not both"),
        pytest.param([order(1, "x", online=True), order(2, "x", online=False)], ("both_ways",), id="both ways"),
        pytest.param([order(1, "x"), order(2, "x", online=False)], (), id="a way that nobody told is none"),
        pytest.param([LIKES, order(1, "tea")], ("tea_lovers",), id="all that a group asks for must hold"),
        pytest.param([LIKES, order(1, "tea", online=True)], ("tea_buyers", "tea_lovers"), id="and then does"),
        pytest.param([LIKES, ("customer.updated", {"interests": ["books"]})], (), id="who likes it no more leaves"),
    ],
)
def test_who_is_in_which_group(make_files, events, groups):
    files = fold(make_files({"groups": GROUPS}), events)
    assert files.state(ANNA).groups == groups
    said = files.facts("customer.updated")
    told = [fact["groups"] for fact in said if "groups" in fact["fields"]]
    assert (tuple(told[-1]) if told else ()) == groups
    entries = [row.groups for row in files.tables[SearchEntry].values()]
    assert (entries or [()])[-1] == groups


def test_the_sequence_does_not_matter(make_files):
    events = [LIKES, order(1, "tea", online=True), order(2, online=False), LOOK]
    days = {n: (name, ANNA, f"2025-03-0{n}", data) for n, (name, data) in enumerate(events, 1)}
    ends = []
    for sequence in permutations(days):
        files = make_files({"groups": GROUPS})
        for n in sequence:
            name, handle, at, data = days[n]
            files.tell(name, handle, at, id=f"e{n}", now="2025-03-10", **data)
        ends.append((files.state(ANNA).signals, files.state(ANNA).groups))
    assert ends == [ends[0]] * len(ends)
    assert ends[0][1] == ("both_ways", "brewers", "lookers", "tea_buyers", "tea_lovers")


def test_no_word_is_said_of_groups_that_are_the_same(make_files):
    files = fold(make_files({"groups": GROUPS}), [LOOK, LOOK, order(1), order(2)])
    told = [fact["groups"] for fact in files.facts("customer.updated") if "groups" in fact["fields"]]
    assert told == [["lookers"], ["brewers", "lookers"]]


def test_a_file_that_takes_another_one_in_has_the_habits_of_both(make_files):
    files = fold(make_files({"groups": GROUPS}), [order(1, "x", online=True)])
    files.tell("order.placed", "phone:+1555", "2025-03-02", **order(2, "x", online=False)[1])
    files.tell("customer.registered", ANNA, "2025-03-03", party="individual", handles=["phone:+1555"])
    assert files.state(ANNA).groups == ("both_ways",)
    assert files.facts("customer.registered", str(files.id_of(ANNA)))[-1]["groups"] == ["both_ways"]


def test_the_latest_categories_are_remembered_whichever_came_first(make_files):
    ends = []
    days = range(REMEMBERED + 5)
    for sequence in (days, reversed(days)):
        files = make_files()
        for n in sequence:
            at = (date(2025, 1, 1) + timedelta(days=n)).isoformat()
            files.tell("browse.recorded", ANNA, at, id=f"e{n}", now="2025-04-01", category=f"c{n}")
        ends.append(files.state(ANNA).signals.browsed)
    assert ends[0] == ends[1]
    assert set(ends[0]) == {f"c{n}" for n in days[5:]}


def test_a_group_of_everybody_is_none(make_files):
    with pytest.raises(PolicyInvalid, match="nobody and everybody"):
        make_files({"groups": {"all": {}}})


async def test_a_campaign_finds_its_group(tell, get):
    for n, online in enumerate((True, False)):
        await tell("order.placed", "shop:1", "2025-03-01", **order(n, online=online)[1])
    await tell("order.placed", "shop:2", "2025-03-01", **order(2, online=True)[1])
    (item,) = (await get("/customers", group="both_ways"))["items"]
    file = await get(f"/customers/{item['customer_id']}")
    assert (file["groups"], file["handles"]) == (["both_ways"], ["shop:1"])
    assert file["signals"]["buys"] == {"online": "2025-03-01", "in_store": "2025-03-01"}
    assert (await get("/customers", group="nobody"))["items"] == []
