"""Identity: which file an event belongs to, and when two files are one."""

from __future__ import annotations

import pytest

from services.profile.domain.handles import customer_id, normal_handle
from services.profile.domain.ledgers import Handle, Order, TimelineEntry

ANNA, PHONE = "shop:1", "phone:+8613800000000"


@pytest.mark.parametrize(
    ("text", "handle"),
    [
        ("shop:42", "shop:42"),
        (" Shop : 42 ", "shop:42"),
        ("EMAIL:Anna@B.Example", "email:anna@b.example"),
        ("shop:AbC", "shop:AbC"),
        ("loyalty-card:a:b", "loyalty-card:a:b"),
        ("42", None),
        (":42", None),
        ("shop:", None),
        ("sh op:42", None),
        ("shop:4\n2", None),
        ("shop:" + "4" * 600, None),
    ],
)
def test_handles_are_normal_or_none(text, handle):
    assert normal_handle(text) == handle


def test_an_id_depends_on_the_secret_the_handle_and_the_generation():
    ids = {customer_id(secret, handle, n) for secret in (b"a", b"b") for handle in ("s:1", "s:11") for n in (0, 1)}
    assert len(ids) == 8
    assert customer_id(b"a", "s:1") == customer_id(b"a", "s:1", 0)


def test_an_event_about_an_unknown_handle_opens_a_file(files):
    files.tell("interaction.recorded", PHONE, "2025-03-01", channel="phone", direction="inbound")
    (fact,) = files.facts("customer.registered")
    assert (fact["party"], fact["kind"], fact["registered_on"]) == ("individual", "consumer", "2025-03-01")


def test_two_spellings_of_a_handle_are_one_customer(files):
    files.tell("interaction.recorded", "email:A@B.example", "2025-03-01", channel="email", direction="inbound")
    files.tell("interaction.recorded", "Email:a@b.EXAMPLE", "2025-03-02", channel="email", direction="inbound")
    assert len(files.facts("customer.registered")) == 1


def test_an_earlier_event_that_comes_late_moves_the_day_and_says_so(files):
    files.tell("need.stated", ANNA, "2025-03-05", demand="latent")
    files.tell("need.stated", ANNA, "2025-03-02", now="2025-03-06", demand="latent")
    assert [fact["registered_on"] for fact in files.facts("customer.registered")] == ["2025-03-05", "2025-03-02"]


def test_an_explicit_registration_sets_the_day_and_is_no_second_file(files):
    files.tell("need.stated", ANNA, "2025-03-05", demand="latent")
    files.tell("customer.registered", ANNA, "2025-03-08", party="organisation", owner="ann")
    assert [fact["registered_on"] for fact in files.facts("customer.registered")] == ["2025-03-05", "2025-03-08"]
    (updated,) = files.facts("customer.updated")
    assert (updated["fields"], updated["party"], updated["kind"]) == (
        ["party", "kind", "owner"],
        "organisation",
        "organisation",
    )


def test_a_registration_takes_in_the_file_that_its_handle_had_opened(files):
    files.tell("need.stated", PHONE, "2025-03-01", demand="target", expected_close_on="2025-03-20")
    files.tell("order.placed", PHONE, "2025-03-02", order_id="o1", amount=100, currency="USD")
    loser = files.id_of(PHONE)
    files.tell("customer.registered", ANNA, "2025-03-03", party="individual", handles=[PHONE])
    winner = files.id_of(ANNA)
    assert (files.id_of(PHONE), loser != winner) == (winner, True)
    assert files.facts("customer.merged", str(loser)) == [{"into": str(winner), "turn": 1}]
    assert files.facts("customer.absorbed", str(winner)) == [{"from": str(loser), "turn": 1}]
    assert files.tables[Order]["o1"].customer_id == winner
    assert {row.customer_id for row in files.tables[TimelineEntry].values()} == {winner}
    assert [(row.version, row.source.value) for row in files.needs(ANNA)] == [(1, "stated"), (2, "inferred")]
    assert files.facts("need.changed", str(winner))[-1]["demand"] == "latent"


def test_what_happens_after_a_merge_lands_in_the_surviving_file(files):
    files.tell("interaction.recorded", PHONE, "2025-03-01", channel="phone", direction="inbound")
    loser = files.id_of(PHONE)
    files.tell("customer.registered", ANNA, "2025-03-03", party="individual", handles=[PHONE])
    files.tell("need.stated", PHONE, "2025-03-04", demand="latent")
    files.told_by(
        "scheduler",
        "task.completed",
        loser,
        "2025-03-05",
        task_id=str(loser),
        kind="call",
        outcome="advanced",
        channel="phone",
    )
    assert len(files.needs(ANNA)) == 1
    assert [entry.type for entry in files.timeline(ANNA)] == ["interaction.recorded", "task.completed"]


def test_an_order_delivered_to_the_one_and_placed_by_the_other_is_whole_after_they_join(files):
    files.tell("order.delivered", PHONE, "2025-03-02", order_id="o1")
    files.tell("customer.registered", ANNA, "2025-03-03", party="individual", handles=[PHONE])
    assert files.tables[Order]["o1"].customer_id == files.id_of(ANNA)
    files.tell("order.placed", ANNA, "2025-03-01", now="2025-03-04", order_id="o1", amount=100, currency="USD")
    assert [fact["kind"] for fact in files.facts("purchase.recorded", str(files.id_of(ANNA)))] == [
        "placed",
        "delivered",
    ]


def test_refunds_are_not_counted_twice_when_a_file_is_folded_again(files):
    files.tell("order.placed", PHONE, "2025-03-01", order_id="o1", amount=100, currency="USD")
    files.tell("order.refunded", PHONE, "2025-03-02", order_id="o1", amount=40)
    files.tell("customer.registered", ANNA, "2025-03-03", party="individual", handles=[PHONE])
    assert files.tables[Order]["o1"].refunded_amount == 40


def test_an_update_that_claims_a_handle_takes_its_file_in_and_its_earlier_day(files):
    files.tell("interaction.recorded", PHONE, "2025-03-01", channel="phone", direction="inbound")
    files.tell("interaction.recorded", ANNA, "2025-03-04", channel="shop", direction="inbound")
    files.tell("customer.updated", ANNA, "2025-03-05", handles=[PHONE])
    assert files.facts("customer.registered", str(files.id_of(ANNA)))[-1]["registered_on"] == "2025-03-01"


def test_a_handle_of_another_identified_file_stays_there(files):
    files.tell("customer.registered", PHONE, "2025-03-01", party="individual")
    files.tell("customer.registered", ANNA, "2025-03-03", party="individual", handles=[PHONE])
    assert files.id_of(PHONE) != files.id_of(ANNA)
    assert files.facts("customer.merged") == []


def test_a_claimed_handle_that_nobody_used_leads_to_the_file(files):
    files.tell("customer.registered", ANNA, "2025-03-01", party="individual", handles=[PHONE, "Email:A@b.example"])
    files.tell("interaction.recorded", PHONE, "2025-03-02", channel="phone", direction="inbound")
    assert {row.customer_id for row in files.tables[Handle].values()} == {files.id_of(ANNA)}
    assert len(files.facts("customer.registered")) == 1


def test_an_event_of_ours_about_nobody_we_know_changes_nothing(files):
    outcome = files.told_by(
        "scheduler",
        "task.completed",
        customer_id(b"x", "s:1"),
        "2025-03-01",
        task_id=str(customer_id(b"x", "t:1")),
        kind="call",
        outcome="advanced",
    )
    assert (outcome.result, files.said) == ("superseded", [])
