"""What else a file holds, and the taboos: nobody's business is kept, and the refusal names the rule."""

from __future__ import annotations

import pytest

ANNA = "shop:1"
CALL = {"channel": "phone", "direction": "inbound"}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        pytest.param("spending_capacity", "high", id="PR-03 as a class"),
        pytest.param("lead_source", "door_to_door", id="PR-08"),
        pytest.param("approach", "gift", id="PR-08 how the first talk was won"),
        pytest.param("attraction", "convenience", id="PR-09"),
        pytest.param("greeting_style", "formal", id="PR-14"),
        pytest.param("pain_points", ("waiting",), id="PR-17"),
        pytest.param("tags", ("vip",), id="tags"),
        pytest.param("credit_rating", "AA", id="T108 PR-19"),
    ],
)
def test_a_field_is_kept_and_its_value_stays_here(files, field, value):
    files.tell("customer.registered", ANNA, "2025-03-01", party="individual")
    files.tell("customer.updated", ANNA, "2025-03-02", **{field: value})
    assert getattr(files.state(ANNA).file, field) == value
    assert files.facts("customer.updated") == [{"fields": [field]}]


@pytest.mark.parametrize(
    "field",
    ["bank_balance", "salary", "debts", "marital_conflict", "health", "children", "religion", "party_membership"],
)
def test_t108_t109_a_field_outside_the_allow_list_is_refused_by_name_and_rule(files, field):
    outcome = files.tell("customer.updated", ANNA, "2025-03-02", **{field: 5})
    assert (outcome.reason, files.said) == ("field_not_allowed", [])
    assert field in outcome.detail
    assert "privacy.allowed_fields" in outcome.detail


def test_a_firm_may_keep_less_than_the_default(make_files):
    files = make_files({"privacy.allowed_fields": ["party", "handles"]})
    assert files.tell("customer.updated", ANNA, "2025-03-02", credit_rating="AA").reason == "field_not_allowed"
    assert files.tell("customer.registered", ANNA, "2025-03-02", party="individual").result == "applied"


@pytest.mark.parametrize(
    ("category", "refused"),
    [("internal_politics", True), ("gossip", True), ("general", False), ("price", False), (None, False)],
)
def test_t110_a_note_is_kept_only_under_a_category_of_the_policy(files, category, refused):
    told = {"note": "x"} | ({"note_category": category} if category else {})
    outcome = files.tell("interaction.recorded", ANNA, "2025-03-02", **CALL, **told)
    assert (outcome.reason == "note_category_refused") is refused
    assert not refused or "privacy.note_categories" in outcome.detail


@pytest.mark.parametrize(("values", "reason"), [({}, "channel_unknown"), ({"channels": None}, None)], ids=str)
def test_t123_a_preferred_channel_is_of_the_registry(make_files, values, reason):
    line = {"line": {"capability": "write", "consent_purpose": "service", "cost": 0}}
    files = make_files({"channels": line} if values else {})
    assert files.tell("customer.updated", ANNA, "2025-03-02", preferred_channel="line").reason == reason


@pytest.mark.parametrize(
    ("day", "reason"),
    [
        pytest.param({"month": 3, "day": 15, "volunteered": True}, None, id="T132 given, of unknown year"),
        pytest.param({"month": 8, "day": 30, "lunar": True, "volunteered": True}, None, id="lunar"),
        pytest.param({"month": 3, "day": 15, "volunteered": False}, "not_volunteered", id="T132 scraped"),
    ],
)
def test_a_date_is_kept_where_the_customer_gave_it(files, day, reason):
    assert files.tell("customer.updated", ANNA, "2025-03-02", dates=[{"kind": "birthday", **day}]).reason == reason


def test_an_interaction_keeps_its_place_in_the_journey_and_what_met_an_objection(files):
    told = {"step": "compare", "action": "asked", "barrier": "delivery", "emotion": "impatient", "question": True}
    objection = {"objection": "price", "differentiator": "quality"}
    files.tell("interaction.recorded", ANNA, "2025-03-02", **CALL, **told, **objection)
    (entry,) = files.timeline(ANNA)
    assert entry.details == {"human": True, **told, **objection}
    assert not [word for word in ("delivery", "impatient", "price", "quality") if word in str(files.said[-1].data)]


def test_pr_32_an_order_is_marked_online_or_in_store(files):
    for n, online in enumerate((True, False)):
        order = {"order_id": f"o{n}", "amount": 1, "currency": "USD", "online": online, "goods_cost": 1}
        files.tell("order.placed", ANNA, f"2025-03-0{n + 1}", **order)
    assert [entry.details["online"] for entry in files.timeline(ANNA)] == [True, False]
    assert not any("goods_cost" in entry.details for entry in files.timeline(ANNA))
