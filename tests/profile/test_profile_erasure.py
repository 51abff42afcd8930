"""A person is erased, and what happened before does not bring them back."""

from __future__ import annotations

import pytest

from services.profile.domain.erasure import EraseCustomer
from services.profile.domain.handles import customer_id, print_of
from services.profile.domain.ledgers import Handle, Tombstone
from services.profile.domain.state import CustomerState
from shared.contracts.ids import event_key
from shared.engine.decision import Event, StreamKey

ANNA, PHONE, OTHER = "shop:1", "phone:+8613800000000", "crm:9"
SECRET = b"a secret of sixteen bytes"
REGISTERED = {"party": "individual", "name": "Anna", "handles": [PHONE]}


@pytest.fixture
def erase(files, instant):
    """Anna's file is erased at nine on this day, as the database would do it."""

    def erased(day):
        customer = files.id_of(ANNA)
        data = EraseCustomer(reason="asked")
        at = instant(day)
        key = event_key("holdfast/profile/http", f"erase-{day}")
        event = Event(key, f"erase-{day}", "holdfast/profile/http", data.TYPE, at, at, str(customer), data)
        assert files.fold(event).result == "applied"
        for handle, row in list(files.tables[Handle].items()):
            if row.customer_id == customer:
                del files.tables[Handle][handle]
                files.rows._tables[Handle].pop(handle)
                known = files.rows.get(Tombstone, row.print)
                files.rows.put(row.print, Tombstone(row.print, known.generation + 1 if known else 1, at))
        return customer

    return erased


def test_the_file_ends_empty_and_the_others_are_told(files, erase):
    files.tell("customer.registered", ANNA, "2025-03-01", **REGISTERED)
    customer = erase("2025-03-10")
    assert files.streams[StreamKey("customer", customer)].state == CustomerState()
    assert [(f.name, f.subject, f.data) for f in files.said[-2:]] == [
        ("customer.erased", str(customer), {"on": "2025-03-10"}),
        ("erasure.completed", str(customer), {}),
    ]


@pytest.mark.parametrize("subject", [ANNA, "Shop: 1", PHONE], ids=["the same", "spelled otherwise", "the other handle"])
def test_what_happened_before_is_dropped(files, erase, subject):
    files.tell("customer.registered", ANNA, "2025-03-01", **REGISTERED)
    erase("2025-03-10")
    said = len(files.said)
    again = files.tell("order.placed", subject, "2025-03-09", now="2025-03-20", order_id="o1", amount=1, currency="USD")
    assert (again.result, len(files.said)) == ("superseded", said)
    assert not files.tables[Handle]


def test_what_would_be_refused_is_dropped_too_and_leaves_no_dead_letter(files, erase):
    files.tell("customer.registered", ANNA, "2025-03-01", **REGISTERED)
    erase("2025-03-10")
    again = files.tell("customer.updated", ANNA, "2025-03-02", now="2025-03-20", name="Anna", marital_conflict="yes")
    assert again.result == "superseded"


def test_a_registration_from_before_under_a_name_nobody_has_is_the_same_person(files, erase):
    files.tell("customer.registered", ANNA, "2025-03-01", **REGISTERED)
    erase("2025-03-10")
    assert files.tell("customer.registered", OTHER, "2025-03-05", now="2025-03-20", **REGISTERED).result == "superseded"


def test_another_living_customer_who_names_the_handle_stays(files, erase):
    files.tell("customer.registered", OTHER, "2025-03-02", party="individual", name="Bob")
    files.tell("customer.registered", ANNA, "2025-03-01", **REGISTERED)
    erase("2025-03-10")
    told = files.tell("customer.updated", OTHER, "2025-03-05", now="2025-03-20", region="north", handles=[PHONE])
    assert (told.result, files.state(OTHER).file.region) == ("applied", "north")


def test_a_later_event_opens_a_new_file_of_the_next_generation(files, erase):
    files.tell("customer.registered", ANNA, "2025-03-01", **REGISTERED)
    first = erase("2025-03-10")
    files.tell("order.placed", ANNA, "2025-03-11", order_id="o2", amount=1, currency="USD")
    second = files.id_of(ANNA)
    assert (first, second) == (customer_id(SECRET, ANNA), customer_id(SECRET, ANNA, 1))
    assert erase("2025-03-12") == second
    assert files.tell("interaction.recorded", ANNA, "2025-03-11", channel="phone", direction="inbound").result == (
        "superseded"
    )
    files.tell("interaction.recorded", ANNA, "2025-03-13", channel="phone", direction="inbound")
    assert files.id_of(ANNA) == customer_id(SECRET, ANNA, 2)


def test_what_others_still_say_of_the_old_id_is_dropped(files, erase):
    files.tell("customer.registered", ANNA, "2025-03-01", **REGISTERED)
    customer = erase("2025-03-10")
    need = {"demand": "latent", "stated_at": "2025-03-11T00:00:00Z"}
    done = {"task_id": str(customer), "kind": "call", "outcome": "advanced", "channel": "phone", "need": need}
    assert files.told_by("scheduler", "task.completed", customer, "2025-03-11", **done).result == "superseded"


def test_a_tombstone_tells_neither_the_handle_nor_the_id():
    assert print_of(SECRET, ANNA) not in {customer_id(SECRET, ANNA, n) for n in range(3)}
    assert print_of(SECRET, ANNA) != print_of(b"another secret of bytes", ANNA)
