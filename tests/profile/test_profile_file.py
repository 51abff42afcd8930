"""The file: what is told about a customer, what travels, what is refused."""

from __future__ import annotations

import pytest

ANNA = "shop:1"
BIRTHDAY = {"kind": "birthday", "month": 3, "day": 15, "year": 1990, "volunteered": True}


def registered(files, at="2025-03-01", **data):
    return files.tell("customer.registered", ANNA, at, **{"party": "individual"} | data)


def test_nothing_that_names_a_person_travels(files):
    registered(files, name="Anna Berg", address="Elm 1", lead_source="fair", handles=["phone:+1555"])
    files.tell("customer.updated", ANNA, "2025-03-02", name="Anna Lund", address="Oak 2", credit_rating="AA")
    said = str([fact.data for fact in files.said])
    assert not [word for word in ("Anna", "Elm", "Oak", "fair", "1555", "AA") if word in said]
    assert files.facts("customer.updated") == [{"fields": ["name", "address", "credit_rating"]}]


@pytest.mark.parametrize("kind", ["distributor", "dealer", "retailer", "department", "agent"])
def test_t116_every_type_of_customer_is_registered_alike(files, kind):
    registered(files, party="organisation", kind=kind)
    assert files.facts("customer.registered")[0]["kind"] == kind


def test_what_may_travel_does(files):
    registered(
        files,
        owner="ann",
        time_zone="Asia/Shanghai",
        region="cn",
        preferred_channel="wechat",
        interests=["tea"],
        dates=[BIRTHDAY],
    )
    (fact,) = files.facts("customer.registered")
    assert (fact["owner"], fact["time_zone"], fact["region"]) == ("ann", "Asia/Shanghai", "cn")
    assert (fact["preferred_channel"], fact["interests"]) == ("wechat", ["tea"])
    assert (fact["dates"][0]["kind"], fact["dates"][0]["day"]) == ("birthday", 15)


def test_the_day_of_registration_is_the_customers(files):
    registered(files, "2025-03-01T20:00:00+00:00", time_zone="Asia/Shanghai")
    assert files.facts("customer.registered")[0]["registered_on"] == "2025-03-02"


@pytest.mark.parametrize("late", ["region", "owner"])
def test_a_field_goes_by_when_it_was_told_not_by_when_it_was_heard(files, late):
    registered(files)
    files.tell("customer.updated", ANNA, "2025-03-05", **{late: "new"})
    files.tell("customer.updated", ANNA, "2025-03-04", now="2025-03-06", **{late: "old"})
    assert getattr(files.state(ANNA).file, late) == "new"
    assert len(files.facts("customer.updated")) == 1


def test_what_is_left_out_or_null_stays_as_it_is(files):
    registered(files, region="north", owner="ann")
    files.tell("customer.updated", ANNA, "2025-03-02", region=None, owner="ben")
    file = files.state(ANNA).file
    assert (file.region, file.owner) == ("north", "ben")


def test_t17_a_new_phone_number_says_nothing_that_others_could_act_on(files):
    registered(files)
    files.tell("customer.updated", ANNA, "2025-03-02", handles=["phone:+1555"])
    assert files.facts("customer.updated") == [{"fields": ["handles"]}]


@pytest.mark.parametrize(
    ("name", "data", "slug"),
    [
        pytest.param("updated", {"bank_balance": 5}, "field_not_allowed", id="T108 bank balance"),
        pytest.param("updated", {"marital_conflict": "yes"}, "field_not_allowed", id="T109 marital conflict"),
        pytest.param("updated", {"religion": None}, "field_not_allowed", id="even when it is null"),
        pytest.param("registered", {"credit_rating": "AA"}, "field_not_allowed", id="a field of the other event"),
        pytest.param(
            "registered", {"dates": [BIRTHDAY | {"volunteered": False}]}, "not_volunteered", id="T132 scraped"
        ),
        pytest.param("updated", {"preferred_channel": "line"}, "channel_unknown", id="T123 no such channel"),
        pytest.param("registered", {"handles": ["shop:\u00ad"]}, "invalid_data", id="no handle"),
    ],
)
def test_refused(files, name, data, slug):
    party = {"party": "individual"} if name == "registered" else {}
    outcome = files.tell(f"customer.{name}", ANNA, "2025-03-01", **party, **data)
    assert (outcome.result, outcome.reason, files.said, files.tables) == ("refused", slug, [], {})


@pytest.mark.parametrize(
    "data",
    [
        pytest.param({"credit_rating": "AA"}, id="T108 credit rating"),
        pytest.param(
            {"dates": [{"kind": "wedding", "month": 5, "day": 1, "volunteered": True}]}, id="T109 wedding day"
        ),
        pytest.param({"dates": [BIRTHDAY]}, id="T132 birthday given"),
        pytest.param({"preferred_channel": "wechat"}, id="T123 registered channel"),
    ],
)
def test_accepted(files, data):
    assert files.tell("customer.updated", ANNA, "2025-03-01", **data).result == "applied"


def test_t123_a_channel_that_the_policy_adds_is_accepted(make_files):
    line = {"capability": "write", "consent_purpose": "service", "cost": 0}
    files = make_files({"channels": {"line": line}})
    assert registered(files, preferred_channel="line").result == "applied"


def test_the_list_of_allowed_fields_is_the_policys(make_files):
    files = make_files({"privacy.allowed_fields": ["party", "name"]})
    assert registered(files, address="Elm 1").reason == "field_not_allowed"


@pytest.mark.parametrize(
    ("at", "result"),
    [
        pytest.param("2025-03-02T00:04:59", "applied", id="within the leeway after today"),
        pytest.param("2025-03-02T00:05:01", "refused", id="tomorrow"),
        pytest.param("1997-01-01T00:00:00", "applied", id="long ago"),
    ],
)
def test_a_time_in_the_future_is_refused(files, at, result):
    outcome = files.tell("need.stated", ANNA, at, now="2025-03-01T10:00", demand="latent")
    assert (outcome.result, outcome.reason) == (result, "time_in_future" if result == "refused" else None)


def test_today_is_the_deployments(make_files):
    files = make_files({"calendar.time_zone": "Asia/Shanghai"})
    late = {"now": "2025-03-01T10:00:00+00:00", "demand": "latent"}
    assert files.tell("need.stated", ANNA, "2025-03-01T18:00:00+00:00", **late).reason == "time_in_future"


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("order.placed", {"order_id": "o1", "amount": 5}),
        ("need.stated", {"demand": "target", "expected_amount": 5}),
    ],
)
def test_an_unknown_currency_is_refused(files, name, data):
    outcome = files.tell(name, ANNA, "2025-03-01", currency="CHF", **data)
    assert (outcome.reason, files.said) == ("currency_unknown", [])


def test_a_subject_that_is_no_handle_is_refused(files):
    assert files.tell("need.stated", "anna", "2025-03-01", demand="latent").reason == "invalid_data"
