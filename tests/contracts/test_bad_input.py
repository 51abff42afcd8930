"""What the decoder makes of input that is wrong: a reason that is a slug and a sentence that a person understands."""

from __future__ import annotations

import pytest

from shared.contracts.types import UPSTREAM
from shared.contracts.undecodable import Undecodable

DEEP = b"[" * 10_000 + b"]" * 10_000
MB = 1_000_000

# name, attributes or data to set, reason, a piece of the sentence
BY_FIELD = [
    ("no-id", {"id": ...}, "invalid_envelope", "id: is missing"),
    ("empty-id", {"id": ""}, "invalid_envelope", "id: "),
    ("id-is-a-number", {"id": 5}, "invalid_envelope", "id: expected str, got int"),
    ("id-too-long", {"id": "x" * 256}, "invalid_envelope", "id: "),
    ("no-source", {"source": ...}, "invalid_envelope", "source: is missing"),
    ("no-type", {"type": ...}, "invalid_envelope", "type: is missing"),
    ("no-specversion", {"specversion": ...}, "invalid_envelope", "specversion: is missing"),
    ("another-specversion", {"specversion": "0.3"}, "invalid_envelope", "specversion: "),
    ("no-time", {"time": ...}, "invalid_envelope", "time: is missing"),
    ("time-in-words", {"time": "yesterday"}, "invalid_envelope", "time: "),
    ("time-without-offset", {"time": "2025-03-01T09:00:00"}, "invalid_envelope", "time: "),
    ("time-as-a-number", {"time": 1740819600}, "invalid_envelope", "time: "),
    ("time-in-year-1", {"time": "0001-01-01T00:00:00+14:00"}, "invalid_envelope", "years 1900 to 2200"),
    ("time-in-year-9999", {"time": "9999-12-31T23:59:59-14:00"}, "invalid_envelope", "years 1900 to 2200"),
    ("recordedtime-in-year-2300", {"recordedtime": "2300-01-01T00:00:00Z"}, "invalid_envelope", "recordedtime: "),
    ("no-subject", {"subject": ...}, "subject_missing", "subject: is missing"),
    ("null-subject", {"subject": None}, "subject_missing", "subject: is missing"),
    ("empty-subject", {"subject": ""}, "subject_missing", "subject: is missing"),
    ("subject-is-no-handle", {"subject": "42"}, "invalid_envelope", "subject: must be a handle such as shop:42"),
    ("subject-holds-NUL", {"subject": "shop:\0"}, "invalid_envelope", "subject: must not hold the character NUL"),
    ("subject-holds-a-lone-surrogate", {"subject": "shop:\ud800"}, "invalid_envelope", "half of a surrogate pair"),
    ("unknown-type", {"type": "holdfast.order.shipped.v1"}, "unknown_type", "did you mean holdfast.order."),
    ("a-fact-on-upstream", {"type": "holdfast.profile.need.changed.v1"}, "unknown_type", "is no upstream type"),
    ("unknown-version", {"type": "holdfast.need.stated.v2"}, "unknown_version", "send holdfast.need.stated.v1"),
    ("no-data", {"data": ...}, "invalid_data", "data: must be an object"),
    ("data-is-a-list", {"data": []}, "invalid_data", "data: must be an object"),
    ("data-is-text", {"data": "demand=target"}, "invalid_data", "data: must be an object"),
]
BY_DATA = [
    ("missing-field", {"demand": ...}, "data.demand: is missing"),
    ("outside-a-closed-set", {"demand": "maybe"}, "data.demand: must be 'target', 'latent' or 'none'"),
    ("text-for-a-number", {"version": "5"}, "data.version: must be a whole number"),
    ("bool-for-a-number", {"version": True}, "data.version: must be a whole number"),
    ("fraction-for-a-number", {"expected_amount": 1.5}, "data.expected_amount: must be a whole number"),
    ("whole-fraction-for-a-number", {"expected_amount": 5.0}, "data.expected_amount: must be a whole number"),
    ("number-for-a-bool", {"deal_possible": 1}, "data.deal_possible: must be true or false"),
    ("text-for-a-bool", {"deal_possible": "yes"}, "data.deal_possible: must be true or false"),
    ("number-for-text", {"tags": [5]}, "data.tags.0: must be text"),
    ("text-for-a-list", {"tags": "a"}, "data.tags: must be a list"),
    ("2^63", {"version": 2**63}, "data.version: must be less than or equal to 9223372036854775807"),
    ("minus-2^63-minus-1", {"version": -(2**63) - 1}, "data.version: must be greater than or equal to"),
    ("money-out-of-range", {"expected_amount": 10**15 + 1}, "data.expected_amount: must be less than"),
    ("currency-in-small-letters", {"currency": "usd"}, "data.currency: must be a currency code"),
    (
        "no-day-of-the-calendar",
        {"expected_close_on": "2025-02-30"},
        "data.expected_close_on: is no day of the calendar",
    ),
    ("date-too-early", {"expected_close_on": "1899-12-31"}, "data.expected_close_on: must be greater than or equal"),
    ("date-too-late", {"expected_close_on": "2201-01-01"}, "data.expected_close_on: must be less than or equal"),
    ("date-as-a-number", {"expected_close_on": 1740787200}, "data.expected_close_on: must be text"),
    ("date-as-a-number-in-text", {"expected_close_on": "1740787200"}, "must be a date as YYYY-MM-DD"),
    ("date-with-a-time", {"expected_close_on": "2025-03-01T00:00:00"}, "must be a date as YYYY-MM-DD"),
    ("NUL-in-text", {"tags": ["a\0b"]}, "data.tags.0: must not hold the character NUL"),
    ("NUL-in-an-unknown-field", {"zz": {"a": ["\0"]}}, "data.zz.a.0: must not hold the character NUL"),
    ("lone-surrogate", {"tags": ["\udc00"]}, "data.tags.0: must not hold half of a surrogate pair"),
    ("lone-surrogate-in-a-name", {"\ud800": 1}, "a field's name"),
    ("too-many-items", {"tags": ["a"] * 201}, "data.tags: must have at most 200 items"),
    ("text-too-long", {"tags": ["a" * 256]}, "data.tags.0: "),
]
BY_BYTES = [
    ("no-value", None, "not_json"),
    ("empty", b"", "not_json"),
    ("no-json", b"hello", "not_json"),
    ("half-of-it", b'{"specversion": "1.0", "id": ', "not_json"),
    ("a-list", b"[]", "invalid_envelope"),
    ("byte-order-mark", b"\xef\xbb\xbf{}", "not_json"),
    ("utf-16", '{"id": "x"}'.encode("utf-16"), "not_json"),
    ("not-utf-8", b'{"id": "\xff"}', "not_json"),
    ("10000-deep", DEEP, "not_json"),
    ("1-MB-and-one-byte", b" " * (MB + 1), "too_large"),
    ("20-MB", b"x" * (20 * MB), "too_large"),
]
BY_REPLACING = [
    ("NaN", b"NaN", "not_json"),
    ("Infinity", b"-Infinity", "not_json"),
    ("beyond-a-double", b"1e999", "invalid_data"),
    ("5000-digits", b"9" * 5000, "not_json"),
    ("10000-deep-in-a-known-field", DEEP, "not_json"),
    ("300-deep-in-a-known-field", b"[" * 300 + b"]" * 300, "invalid_data"),
    ("300-deep-objects", b'{"a":' * 300 + b"1" + b"}" * 300, "invalid_data"),
    ("not-utf-8-in-data", b'"\xff"', "not_json"),
    ("raw-NUL-byte", b'"\x00"', "not_json"),
    ("trailing-comma", b"1,", "not_json"),
]


def named(table):
    return [pytest.param(*row[1:], id=row[0]) for row in table]


def refusal(take, value, registry=None):
    with pytest.raises(Undecodable) as caught:
        take(value, (), registry)
    return caught.value


@pytest.mark.parametrize(("change", "reason", "sentence"), named(BY_FIELD))
def test_envelope_is_refused(take, spoil, change, reason, sentence):
    error = refusal(take, spoil(**change), UPSTREAM)
    assert (error.reason, sentence in error.detail) == (reason, True), error
    assert error.event_id == (None if "id" in change else "e1")


@pytest.mark.parametrize(("change", "sentence"), named(BY_DATA))
def test_data_is_refused(take, spoil, change, sentence):
    error = refusal(take, spoil(change))
    assert (error.reason, sentence in error.detail) == ("invalid_data", True), error
    assert (error.event_id, error.source) == ("e1", "shop")


@pytest.mark.parametrize(("value", "reason"), named(BY_BYTES))
def test_bytes_are_refused(take, value, reason):
    assert refusal(take, value).reason == reason


@pytest.mark.parametrize(("text", "reason"), named(BY_REPLACING))
def test_text_in_place_of_an_amount_is_refused(take, spoil, text, reason):
    error = refusal(take, spoil().replace(b"100", text))
    assert error.reason == reason
    assert error.detail.endswith(".")


def test_nan_is_named(take, spoil):
    assert "NaN is no JSON number" in refusal(take, spoil().replace(b"100", b"NaN")).detail


def test_sentences_are_short_however_much_is_wrong(take, spoil):
    lines = [{"sku": 1, "quantity": -1}] * 20_000
    error = refusal(take, spoil(type="holdfast.order.placed.v1", data={"lines": lines}))
    assert len(error.detail) <= 2000


def test_a_megabyte_is_still_taken(take, spoil):
    value = spoil({"unknown": ""})
    envelope, _ = take(value.replace(b'"unknown": "', b'"unknown": "' + b"x" * (MB - len(value))))
    assert envelope.id == "e1"


def test_written_out_backslash_u0000_is_no_nul(take, spoil):
    _, data = take(spoil({"tags": ["\\u0000"]}))
    assert data.tags == ("\\u0000",)
