"""The purchase log and the script that is made of it."""

from __future__ import annotations

from collections import Counter
from datetime import date

import msgspec
import pytest

from holdfast.demo.chance import Chance
from holdfast.demo.mistakes import WRONG, expected_until
from holdfast.demo.orders import FIRST_DAY, LAST_DAY, load_orders
from holdfast.demo.people import MOST_OWNED, people_of
from holdfast.demo.play import steps
from holdfast.demo.script import Script, script_of
from shared.contracts.envelope import decode
from shared.contracts.reading import read
from shared.contracts.types import UPSTREAM
from shared.contracts.undecodable import Undecodable

UNREADABLE = {"not_json", "invalid_envelope", "unknown_type", "subject_missing", "invalid_data"}


@pytest.fixture(scope="module")
def script() -> Script:
    chance = Chance()
    return script_of(people_of(load_orders("300"), chance), chance)


def test_the_sample_has_the_published_numbers():
    orders = load_orders()
    assert (len(orders), len({order.customer for order in orders})) == (6_919, 2_357)
    assert {FIRST_DAY, LAST_DAY} <= {order.on for order in orders}
    assert orders[0].cents == 2_933


def test_the_whole_log_has_the_published_numbers():
    orders = load_orders("all")
    assert (len(orders), len({order.customer for order in orders})) == (69_659, 23_570)


def test_so_many_customers_come_with_all_their_orders():
    few, every = load_orders("20"), load_orders()
    assert len({order.customer for order in few}) == 20
    assert few == [order for order in every if order.customer in {known.customer for known in few}]


@pytest.mark.parametrize("customers", ["0", "-1", "some"])
def test_a_wrong_number_of_customers_is_refused(customers: str):
    with pytest.raises(ValueError, match="none of sample, all"):
        load_orders(customers)


def test_everything_that_is_sent_reads_but_what_is_wrong_on_purpose(script: Script):
    refused: Counter[str] = Counter()
    for record in (record for records in script.values() for record in records):
        try:
            read(decode(record.value, record.headers), UPSTREAM)
        except Undecodable as error:
            refused[error.reason] += 1
    assert refused == Counter(UNREADABLE)


def test_every_order_is_told_on_its_day(script: Script):
    told = Counter(
        (day, event["data"]["order_id"])
        for day, records in script.items()
        for event in map(_event, records)
        if event.get("type") == "holdfast.order.placed.v1" and event["data"]["order_id"].startswith("cdnow")
    )
    assert told - Counter((order.on, order.order_id) for order in load_orders("300")) == Counter(
        {key: 2 for key in told if told[key] == 2}
    )
    assert {order.order_id for order in load_orders("300")} == {order_id for _, order_id in told}


def test_the_same_seed_tells_the_same_and_another_one_does_not():
    people = people_of(load_orders("20"), Chance(1))
    assert script_of(people, Chance(1)) == script_of(people, Chance(1))
    assert script_of(people, Chance(1)) != script_of(people, Chance(2))


def test_nothing_is_told_after_the_last_day():
    chance = Chance()
    until = date(1997, 1, 20)
    assert max(script_of(people_of(load_orders("20"), chance), chance, until)) <= until


@pytest.mark.parametrize("last", [date(1997, 2, 13), date(1997, 2, 15)], ids=["thursday", "saturday"])
def test_steps_are_working_days_and_the_last_and_leave_nothing_behind(script: Script, last: date):
    taken = list(steps(script, FIRST_DAY, last))
    assert {day.weekday() for day, _ in taken if day != last} == {0, 3}
    assert taken[-1][0] == last
    told = [record for day in sorted(script) if day <= last for record in script[day]]
    assert [record for _, records in taken for record in records] == told


def test_a_few_frequent_buyers_have_an_agent():
    owned = [person for person in people_of(load_orders(), Chance()) if person.owner]
    assert len(owned) == MOST_OWNED
    assert min(len(person.orders) for person in owned) >= 3
    assert {"on_time", "late", "never"} == {person.habit for person in owned}


def test_each_mistake_is_expected_from_its_day_on():
    assert expected_until(FIRST_DAY) == Counter()
    assert expected_until(LAST_DAY) == Counter(["not_json", *(reason for reason, _ in WRONG)])


def _event(record: object) -> dict:
    try:
        return msgspec.json.decode(record.value)
    except msgspec.DecodeError:
        return {}
