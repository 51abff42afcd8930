"""Binary mode, and headers that nobody can read."""

from __future__ import annotations

import json

import pytest

from shared.contracts.undecodable import Undecodable

DATA = b'{"demand": "latent"}'
BINARY = [
    ("ce_specversion", b"1.0"),
    ("ce_id", b"e1"),
    ("ce_source", b"shop"),
    ("ce_type", b"holdfast.need.stated.v1"),
    ("ce_time", b"2025-03-01T09:00:00Z"),
    ("ce_subject", "name:Zoë".encode()),
    ("content-type", b"application/json"),
]
UNREADABLE = [("x", None), ("y", b"\xff"), ("ce_traceparent", b"\xff"), ("content-type", None), ("", b"")]


def test_binary_mode_is_read(take):
    envelope, data = take(DATA, BINARY)
    assert (envelope.subject, data.demand) == ("name:Zoë", "latent")


def test_binary_and_structured_mode_say_the_same(take, spoil, need_event):
    binary, data = take(json.dumps(need_event["data"]).encode(), [*BINARY[:5], ("ce_subject", b"shop:42"), BINARY[6]])
    structured, same = take(spoil(datacontenttype="application/json"))
    assert data == same
    for name in ("id", "source", "type", "subject", "time", "recordedtime"):
        assert getattr(binary, name) == getattr(structured, name)


@pytest.mark.parametrize("headers", [[h] for h in UNREADABLE] + [UNREADABLE], ids=str)
def test_headers_that_cannot_be_read_are_ignored(take, spoil, headers):
    assert take(spoil(), headers)[0].id == "e1"
    assert take(DATA, [*BINARY, *headers])[0].id == "e1"


def test_structured_content_type_wins_over_stray_headers(take, spoil):
    headers = [("ce_id", b"other"), ("content-type", b"application/cloudevents+json; charset=utf-8")]
    assert take(spoil(), headers)[0].id == "e1"


@pytest.mark.parametrize(
    ("value", "headers", "reason"),
    [
        (b"nope", BINARY, "not_json"),
        (DATA, [h for h in BINARY if h[0] != "ce_time"], "invalid_envelope"),
        (DATA, [*BINARY, ("ce_subject", b"shop:\0")], "invalid_envelope"),
        (DATA, [*BINARY, ("ce_specversion", b"0.3")], "invalid_envelope"),
        (b'{"demand": "\\u0000"}', BINARY, "invalid_data"),
        (b'{"demand": "\\ud800"}', BINARY, "invalid_data"),
        (None, BINARY, "not_json"),
    ],
    ids=[
        "no-json",
        "no-time",
        "NUL-in-a-header",
        "another-specversion",
        "NUL-in-data",
        "surrogate-in-data",
        "no-value",
    ],
)
def test_binary_event_is_refused(take, value, headers, reason):
    with pytest.raises(Undecodable) as caught:
        take(value, headers)
    assert caught.value.reason == reason


def test_an_attribute_called_data_does_not_replace_the_body(take):
    assert take(DATA, [*BINARY, ("ce_data", b'{"demand": "none"}')])[1].demand == "latent"
