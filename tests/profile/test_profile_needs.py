"""Needs: every version kept, the newest statement in force until an order spends it."""

from __future__ import annotations

from datetime import datetime

import pytest

ANNA = "shop:1"
TARGET = {"demand": "target", "expected_close_on": "2025-03-25"}


def in_force(files, handle=ANNA):
    need = files.state(handle).need
    return need and (need.source.value, need.snapshot.demand.value)


def stated_at(files):
    """The places of all needs as they were said."""
    return [datetime.fromisoformat(fact["stated_at"]) for fact in files.facts("need.changed")]


def test_no_need_is_known_before_one_is_stated_or_something_bought(files):
    files.tell("customer.registered", ANNA, "2025-03-01", party="individual")
    assert (in_force(files), files.facts("need.changed")) == (None, [])


def test_t113_a_need_changed_twice_leaves_three_versions_and_the_latest_wins(files):
    for day, close in (("01", "2025-04-01"), ("02", "2025-05-01"), ("03", "2025-06-01")):
        files.tell("need.stated", ANNA, f"2025-03-{day}", demand="target", expected_close_on=close)
    assert [(row.version, row.need.expected_close_on.month) for row in files.needs(ANNA)] == [(1, 4), (2, 5), (3, 6)]
    assert files.state(ANNA).need.snapshot.expected_close_on.month == 6


def test_a_need_stated_earlier_but_heard_later_is_kept_and_not_in_force(files):
    files.tell("need.stated", ANNA, "2025-03-05", **TARGET)
    files.tell("need.stated", ANNA, "2025-03-02", now="2025-03-06", demand="none")
    assert in_force(files) == ("stated", "target")
    assert [row.version for row in files.needs(ANNA)] == [1, 2]


@pytest.mark.parametrize("times", [("10:00", "11:00"), ("11:00", "10:00")], ids=["told later", "told earlier"])
def test_t26_a_lower_version_of_the_same_source_is_superseded(files, times):
    files.tell("need.stated", ANNA, f"2025-03-01T{times[0]}", version=3, **TARGET)
    outcome = files.tell(
        "need.stated", ANNA, f"2025-03-01T{times[1]}", now="2025-03-01T12:00", version=2, demand="none"
    )
    assert (outcome.result, in_force(files), len(files.needs(ANNA))) == ("superseded", ("stated", "target"), 1)


def test_a_higher_version_holds_even_where_its_time_lies_before_the_lower_ones(files):
    files.tell("need.stated", ANNA, "2025-03-01T11:00", version=2, demand="none")
    files.tell("need.stated", ANNA, "2025-03-01T10:00", now="2025-03-01T12:00", version=3, **TARGET)
    assert in_force(files) == ("stated", "target")
    assert stated_at(files) == sorted(stated_at(files))


def test_versions_of_two_sources_are_not_compared(files):
    files.tell("need.stated", ANNA, "2025-03-01", sender="shop", version=7, **TARGET)
    files.tell("need.stated", ANNA, "2025-03-02", sender="crm", version=1, demand="none")
    assert (in_force(files), [row.upstream_version for row in files.needs(ANNA)]) == (("stated", "none"), [7, 1])


def test_t136_an_order_spends_the_need_and_one_stated_later_the_same_day_stands(files):
    files.tell("need.stated", ANNA, "2025-03-01", demand="target", expected_close_on="2025-03-21")
    files.tell("order.placed", ANNA, "2025-03-05T08:00", order_id="o1", amount=100, currency="USD")
    changed = files.facts("need.changed")[-1]
    assert (changed["version"], changed["demand"], changed["source"]) == (2, "latent", "inferred")
    files.tell("need.stated", ANNA, "2025-03-05T12:00", **TARGET)
    assert in_force(files) == ("stated", "target")


def test_a_need_stated_at_the_very_instant_of_the_order_stands(files):
    files.tell("order.placed", ANNA, "2025-03-05", order_id="o1", amount=100, currency="USD")
    files.tell("need.stated", ANNA, "2025-03-05", **TARGET)
    assert in_force(files) == ("stated", "target")


def test_t28_a_delivery_without_a_next_need_makes_demand_latent(files):
    files.tell("need.stated", ANNA, "2025-03-01", **TARGET)
    files.tell("order.placed", ANNA, "2025-03-05T08:00", order_id="o1", amount=100, currency="USD")
    files.tell("order.delivered", ANNA, "2025-03-05T12:00", order_id="o1")
    assert (in_force(files), len(files.needs(ANNA))) == (("inferred", "latent"), 2)


def test_a_delivery_whose_order_is_unknown_spends_the_need_in_its_place(files):
    files.tell("need.stated", ANNA, "2025-03-01", **TARGET)
    files.tell("order.delivered", ANNA, "2025-03-05", order_id="o1")
    assert in_force(files) == ("inferred", "latent")


def test_a_need_stated_between_order_and_delivery_holds_again_once_the_order_is_known(files):
    files.tell("order.delivered", ANNA, "2025-03-05", order_id="o1")
    files.tell("need.stated", ANNA, "2025-03-03", now="2025-03-05T10:00", **TARGET)
    assert in_force(files) == ("inferred", "latent")
    files.tell("order.placed", ANNA, "2025-03-02", now="2025-03-06", order_id="o1", amount=1, currency="USD")
    last = files.facts("need.changed")[-1]
    assert (in_force(files), last["demand"]) == (("stated", "target"), "target")
    assert stated_at(files)[-1] == max(stated_at(files))


def test_folded_again_a_delivery_that_came_first_spends_as_it_did(files):
    files.tell("order.delivered", ANNA, "2025-03-05T12:00", order_id="o1")
    files.tell("order.placed", ANNA, "2025-03-05T08:00", now="2025-03-06", order_id="o1", amount=1, currency="USD")
    assert files.folded_again(ANNA) == files.state(ANNA)


def test_a_second_order_after_the_same_need_infers_nothing_new(files):
    for n in (1, 2):
        files.tell("order.placed", ANNA, f"2025-03-0{n}", order_id=f"o{n}", amount=100, currency="USD")
    assert [(row.version, row.source.value) for row in files.needs(ANNA)] == [(1, "inferred")]


def test_amounts_become_those_of_the_reporting_currency(make_files):
    files = make_files({"currency.rates": {"EUR": 1.1}})
    files.tell("need.stated", ANNA, "2025-03-01", expected_amount=10_000, currency="EUR", **TARGET)
    (changed,) = files.facts("need.changed")
    assert (changed["expected_amount"], changed["currency"]) == (11_000, "USD")


LATE = {"now": "2025-03-02"}
RESTORED = (
    ("need.stated", "01", {"demand": "target"}),
    ("order.delivered", "10", {"order_id": "o1"}),
    ("order.placed", "07", {"order_id": "o1", "amount": 1, "currency": "USD"}),
    ("need.stated", "08", {"demand": "none"}),
)
"""A delivery spends, its order turns out to be older than the need that came between: that one is said again."""


@pytest.mark.parametrize(
    ("more", "demand"),
    [
        pytest.param(
            [("order.placed", "09", {"order_id": "o2", "amount": 1, "currency": "USD"})], "latent", id="spent"
        ),
        pytest.param([("order.delivered", "05", {"order_id": "o2"})], "none", id="stands"),
        pytest.param(
            [
                ("order.delivered", "05", {"order_id": "o2"}),
                ("order.placed", "09", {"order_id": "o2", "amount": 1, "currency": "USD"}),
            ],
            "latent",
            id="spent after it stood",
        ),
        pytest.param([("need.stated", "09", {"demand": "target"})], "target", id="followed by another"),
    ],
)
def test_readers_hear_last_what_is_in_force_after_a_need_was_restored(files, instant, more, demand):
    for name, minute, data in (*RESTORED, *more):
        files.tell(name, "shop:1", f"2025-03-01T09:{minute}", **LATE, **data)
    heard = max(files.facts("need.changed"), key=lambda fact: instant(fact["stated_at"]))
    assert heard["demand"] == files.state("shop:1").need.snapshot.demand == demand
