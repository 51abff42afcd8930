"""`POST /v1/events`: the same judgement as over Kafka, said to the caller instead of kept as a dead letter."""

from __future__ import annotations

import json

import pytest

from tests.bad_input.records import CALL, REFUSED
from tests.driving.events import as_bytes, at_time, event

STRUCTURED = {"content-type": "application/cloudevents+json"}
BATCH = {"content-type": "application/cloudevents-batch+json"}
BY_STATUS = {"not_json": 400, "too_large": 413}
HTTP_ROWS = [row for row in REFUSED if row.name not in {"no-value", "1-MB", "20-MB"}]


@pytest.fixture
def on(http):
    return http("GET", "profile", "/v1/idle").json()["now"][:10]


@pytest.fixture
def send(http):
    return lambda body, headers: http("POST", "profile", "/v1/events", content=body, headers=headers)


def letters(http):
    return [letter["dead_letter_id"] for letter in http("GET", "profile", "/v1/dead-letters?limit=200").json()["items"]]


def sound(on, subject="route:1"):
    return event("interaction.recorded", CALL, at_time(on), subject=subject)


@pytest.mark.parametrize("row", [pytest.param(row, id=row.name) for row in HTTP_ROWS])
def test_what_kafka_would_keep_as_a_dead_letter_is_a_problem_here(send, http, on, row):
    before = letters(http)
    answer = send(row.make(on).value, STRUCTURED)
    assert answer.status_code == BY_STATUS.get(row.reason, 422), answer.text
    body = answer.json()
    assert body["type"] == f"urn:holdfast:{row.reason}"
    assert row.says in body["detail"]
    assert letters(http) == before


def test_one_event_is_taken_once(send, on):
    made = as_bytes(sound(on))
    first, again = send(made, STRUCTURED), send(made, STRUCTURED)
    assert (first.status_code, first.json()["result"]) == (202, "accepted")
    assert first.json()["customer_id"]
    assert (again.status_code, again.json()["result"]) == (200, "duplicate")


def test_binary_mode_is_taken_too(send, on):
    made = sound(on)
    del made["data"]
    headers = {f"ce-{name}": value for name, value in made.items()} | {"content-type": "application/json"}
    answer = send(json.dumps(CALL).encode(), headers)
    assert (answer.status_code, answer.json()["result"], answer.json()["id"]) == (202, "accepted", made["id"])


def test_a_batch_is_judged_one_by_one(send, on):
    once = sound(on)
    bad = sound(on) | {"type": "holdfast.nothing.v1"}
    answer = send(json.dumps([once, bad, once, 5]).encode(), BATCH)
    assert answer.status_code == 200, answer.text
    results = answer.json()["results"]
    assert [result["result"] for result in results] == ["accepted", "refused", "duplicate", "refused"]
    assert [result["id"] for result in results] == [once["id"], bad["id"], once["id"], None]
    assert [result["problem"]["type"] for result in results if "problem" in result] == [
        "urn:holdfast:unknown_type",
        "urn:holdfast:invalid_envelope",
    ]


@pytest.mark.parametrize(
    ("body", "status", "slug"),
    [
        pytest.param(b"{}", 400, "not_json", id="no-list"),
        pytest.param(b"[", 400, "not_json", id="half-of-a-list"),
        pytest.param(json.dumps([{}] * 1001).encode(), 422, "invalid_body", id="1001-events"),
    ],
)
def test_what_is_no_batch_is_refused_as_a_whole(send, body, status, slug):
    answer = send(body, BATCH)
    assert (answer.status_code, answer.json()["type"]) == (status, f"urn:holdfast:{slug}")


def test_an_empty_batch_is_nothing(send):
    assert send(b"[]", BATCH).json() == {"results": []}


@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param({}, id="that-cannot-be-read"),
        pytest.param(CALL | {"channel": "pigeon"}, id="that-a-rule-refuses"),
    ],
)
def test_an_event_does_not_spend_its_id(send, on, wrong):
    made = sound(on, subject="route:2")
    assert send(as_bytes(made | {"data": wrong}), STRUCTURED).status_code == 422
    assert send(as_bytes(made), STRUCTURED).json()["result"] == "accepted"
