"""Orders: one order, all its facts joined, whatever came first."""

from __future__ import annotations

from itertools import permutations

import pytest

from services.profile.domain.ledgers import Order

ANNA, BOB = "shop:1", "shop:2"
LINES = [
    {"sku": "f1", "category": "filters", "quantity": 2, "amount": 600},
    {"sku": "f2", "category": "filters", "quantity": 1, "amount": 300},
    {"sku": "p1", "category": "pumps", "quantity": 1, "amount": 100},
]


def placed(files, at="2025-03-05", order_id="o1", subject=ANNA, **data):
    return files.tell("order.placed", subject, at, order_id=order_id, **{"amount": 1000, "currency": "USD"} | data)


def said(files):
    return [(fact["kind"], fact["amount"]) for fact in files.facts("purchase.recorded")]


def test_a_purchase_says_what_was_bought_and_what_it_cost(files):
    placed(files, lines=LINES, goods_cost=400, discount=50)
    (fact,) = files.facts("purchase.recorded")
    assert fact == {
        "order_id": "o1",
        "kind": "placed",
        "ordered_on": "2025-03-05",
        "amount": 1000,
        "currency": "USD",
        "goods_cost": 400,
        "discount": 50,
        "categories": ["filters", "pumps"],
    }


def test_facts_keep_the_time_of_the_event(files):
    placed(files, "2025-03-05T08:00:00+02:00")
    fact = next(fact for fact in files.said if fact.name == "purchase.recorded")
    assert fact.time.startswith("2025-03-05T08:00:00+02:00") or fact.time.startswith("2025-03-05T06:00:00")


def test_the_day_of_an_order_is_the_customers(files):
    files.tell("customer.registered", ANNA, "2025-03-01", party="individual", time_zone="Asia/Shanghai")
    placed(files, "2025-03-05T20:00:00+00:00")
    assert files.facts("purchase.recorded")[0]["ordered_on"] == "2025-03-06"


def test_t138_a_delivery_before_its_order_is_joined_and_the_file_is_the_same(make_files):
    def told(first):
        files = make_files()
        files.tell("need.stated", ANNA, "2025-03-01", demand="latent")
        tell = {
            "placed": lambda: placed(files, now="2025-03-06"),
            "delivered": lambda: files.tell(
                "order.delivered",
                ANNA,
                "2025-03-05T15:00",
                id="delivery",
                now="2025-03-06",
                order_id="o1",
                guarantee_until_on="2027-03-05",
            ),
        }
        tell[first]()
        tell["delivered" if first == "placed" else "placed"]()
        return files

    one, other = told("placed"), told("delivered")
    same = ("amount", "ordered_on", "delivered_on", "guarantee_until_on")
    rows = [files.tables[Order]["o1"] for files in (one, other)]
    assert [getattr(rows[0], name) for name in same] == [getattr(rows[1], name) for name in same]
    assert said(one) == said(other) == [("placed", 1000), ("delivered", 1000)]
    assert [(n.version, n.source, n.stated_at, n.cause_type) for n in one.needs(ANNA)] == [
        (n.version, n.source, n.stated_at, n.cause_type) for n in other.needs(ANNA)
    ]
    assert [e.type for e in one.timeline(ANNA)] == [e.type for e in other.timeline(ANNA)]


def test_nothing_is_said_about_an_order_that_is_not_known_yet(files):
    files.tell("order.delivered", ANNA, "2025-03-05", order_id="o1")
    files.tell("order.refunded", ANNA, "2025-03-06", order_id="o1", amount=100)
    assert said(files) == []


def test_t140_the_same_order_under_another_event_is_superseded(files):
    placed(files)
    outcome = placed(files, "2025-03-06", amount=9_999)
    assert (outcome.result, said(files), len(files.timeline(ANNA))) == ("superseded", [("placed", 1000)], 1)


@pytest.mark.parametrize("kind", ["delivered", "cancelled"])
def test_the_same_thing_told_again_about_an_order_is_superseded(files, kind):
    placed(files)
    files.tell(f"order.{kind}", ANNA, "2025-03-06", order_id="o1")
    outcome = files.tell(f"order.{kind}", ANNA, "2025-03-07", order_id="o1")
    assert (outcome.result, len(said(files))) == ("superseded", 2)


def test_refunds_add_up(files):
    placed(files)
    for day, amount in (("06", 300), ("07", 700)):
        files.tell("order.refunded", ANNA, f"2025-03-{day}", order_id="o1", amount=amount)
    sums = [fact.get("refunded_amount") for fact in files.facts("purchase.recorded")]
    assert sums == [None, 300, 1000]


def test_nothing_less_than_nothing_is_paid_back(files):
    placed(files)
    told = files.tell("order.refunded", ANNA, "2025-03-06", order_id="o1", amount=-1)
    assert (told.result, told.reason) == ("refused", "invalid_data")
    assert files.tell("order.refunded", ANNA, "2025-03-06", order_id="o1", amount=0).result == "applied"


def test_another_currency_is_told_in_the_reporting_one_refunds_too(make_files):
    files = make_files({"currency.rates": {"JPY": 0.01}})
    files.tell("order.refunded", ANNA, "2025-03-06", order_id="o1", amount=500)
    placed(files, amount=10_000, currency="JPY", now="2025-03-06T10:00")
    last = files.facts("purchase.recorded")[-1]
    assert (last["amount"], last["currency"], last["refunded_amount"]) == (10_000, "USD", 500)


@pytest.mark.parametrize("rate", [0.005, 0.02, None])
def test_refunds_keep_the_rate_of_their_order(make_files, rate):
    files = make_files({"currency.rates": {"JPY": 0.01}})
    placed(files, amount=10_000, currency="JPY")
    files.tell("order.refunded", ANNA, "2025-03-06", order_id="o1", amount=5_000)
    files.policy = make_files({"currency.rates": {"JPY": rate} if rate else {}}).policy
    files.tell("order.refunded", ANNA, "2025-03-07", order_id="o1", amount=5_000)
    assert [fact.get("refunded_amount") for fact in files.facts("purchase.recorded")] == [None, 5_000, 10_000]


def test_an_order_told_under_the_handle_of_somebody_else_stays_its_customers(files):
    placed(files)
    files.tell("order.delivered", "shop:2", "2025-03-06", order_id="o1")
    assert files.tables[Order]["o1"].customer_id == files.id_of(ANNA)
    assert len(files.facts("purchase.recorded", str(files.id_of(ANNA)))) == 2


@pytest.mark.parametrize(
    "needs", [(), (("need.stated", BOB, "2025-03-04", {"demand": "target"}),)], ids=["none", "one"]
)
def test_a_delivery_under_the_handle_of_somebody_else_spends_no_need_of_his(make_files, needs):
    told = [
        ("customer.registered", ANNA, "2025-03-01", {"party": "individual"}),
        ("customer.registered", BOB, "2025-03-01", {"party": "individual"}),
        *needs,
        ("order.placed", ANNA, "2025-03-03", {"order_id": "o1", "amount": 100, "currency": "USD"}),
        ("order.delivered", BOB, "2025-03-05", {"order_id": "o1"}),
    ]
    for order in permutations(range(len(told))):
        files = make_files()
        for place in order:
            name, who, at, data = told[place]
            files.tell(name, who, at, id=f"e{place}", now="2025-03-10", **data)
        ends = [state.need for state in (files.state(ANNA), files.state(BOB), files.folded_again(BOB))]
        his = "target" if needs else None
        assert [need and need.snapshot.demand.value for need in ends] == ["latent", his, his], order


@pytest.mark.parametrize("sequence", list(permutations(range(4))), ids=str)
def test_the_order_is_the_same_whatever_came_first(make_files, sequence):
    files = make_files()
    events = (
        lambda: placed(files, id="p", now="2025-03-09"),
        lambda: files.tell(
            "order.delayed", ANNA, "2025-03-06", id="y", now="2025-03-09", order_id="o1", expected_on="2025-03-08"
        ),
        lambda: files.tell("order.delivered", ANNA, "2025-03-08", id="d", now="2025-03-09", order_id="o1"),
        lambda: files.tell("order.refunded", ANNA, "2025-03-09", id="r", now="2025-03-09", order_id="o1", amount=10),
    )
    for n in sequence:
        events[n]()
    row = files.tables[Order]["o1"]
    assert (row.amount, row.delivered_on.day, row.expected_on.day, row.refunded_amount) == (1000, 8, 8, 10)
    assert sorted(kind for kind, _ in said(files)) == ["delayed", "delivered", "placed", "refunded"]
    assert files.state(ANNA).unplaced == {}
