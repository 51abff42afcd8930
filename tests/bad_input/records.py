"""The table: what other systems may put on the upstream topic by mistake, and what must become of it."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, NamedTuple

from tests.driving.events import STRUCTURED, as_bytes, at_time, event

DEEP = b"[" * 10_000 + b"]" * 10_000
MB = 1_000_000
CALL = {"channel": "phone", "direction": "inbound"}


class Record(NamedTuple):
    value: bytes | None
    key: bytes | None = b"bad:input"
    headers: Any = STRUCTURED


Make = Callable[[str], Record]
"""Takes the clock's day, YYYY-MM-DD."""


class Refusal(NamedTuple):
    """`says`: a piece of the sentence that a person reads."""

    name: str
    make: Make
    reason: str
    says: str


def bytes_(value: bytes | None) -> Make:
    return lambda _: Record(value)


def attributes(**changed: Any) -> Make:
    """A need with these attributes of the envelope changed, taken out where ..."""
    return lambda on: Record(as_bytes(need(on) | changed if ... not in changed.values() else without(on, changed)))


def need(on: str, **changed: Any) -> dict[str, Any]:
    data = {"demand": "target", "expected_amount": 100, "currency": "USD"} | changed
    return event("need.stated", data, at_time(on), subject="bad:input")


def without(on: str, taken_out: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in need(on).items() if name not in taken_out}


def data(**changed: Any) -> Make:
    """A need with these fields of its data changed."""
    return lambda on: Record(as_bytes(need(on, **changed)))


def of_type(type_: str, **told: Any) -> Make:
    return lambda on: Record(as_bytes(event(type_, told, at_time(on), subject="bad:input")))


def in_place_of_the_amount(text: bytes) -> Make:
    """JSON text that no library writes by itself."""
    return lambda on: Record(as_bytes(need(on)).replace(b"100", text))


def padded(size: int) -> Make:
    """A sound event with so many bytes of a field that nobody knows."""
    return lambda on: Record(as_bytes(need(on, unknown="x" * size)))


def next_year(on: str) -> Record:
    return Record(as_bytes(need(on) | {"time": at_time(f"{int(on[:4]) + 1}{on[4:]}")}))


REFUSED = (
    Refusal("no-JSON", bytes_(b"hello"), "not_json", "no JSON"),
    Refusal("half-of-an-event", bytes_(b'{"specversion": "1.0", "id": '), "not_json", "no JSON"),
    Refusal("no-value", bytes_(None), "not_json", ""),
    Refusal("not-UTF-8", bytes_(b'{"id": "\xff"}'), "not_json", "not UTF-8"),
    Refusal("10000-deep", bytes_(DEEP), "not_json", "nested too deeply"),
    Refusal("10000-deep-in-a-field", in_place_of_the_amount(DEEP), "not_json", "nested too deeply"),
    Refusal("NaN", in_place_of_the_amount(b"NaN"), "not_json", "NaN is no JSON number"),
    Refusal("a-list", bytes_(b"[]"), "invalid_envelope", "expected object"),
    Refusal("no-id", attributes(id=...), "invalid_envelope", "id: is missing"),
    Refusal("time-without-offset", attributes(time="2023-01-31T09:00:00"), "invalid_envelope", "time: "),
    Refusal("year-9999", attributes(time="9999-12-31T23:59:59Z"), "invalid_envelope", "years 1900 to 2200"),
    Refusal("a-future-time", next_year, "time_in_future", "check the sender's clock"),
    Refusal("no-subject", attributes(subject=...), "subject_missing", "such as shop:42"),
    Refusal("subject-is-no-handle", attributes(subject="42"), "invalid_envelope", "such as shop:42"),
    Refusal("unknown-type", attributes(type="holdfast.order.shipped.v1"), "unknown_type", "did you mean"),
    Refusal("unknown-version", attributes(type="holdfast.need.stated.v2"), "unknown_version", "need.stated.v1"),
    Refusal("data-is-text", attributes(data="demand=target"), "invalid_data", "data: must be an object"),
    Refusal("missing-field", attributes(data={}), "invalid_data", "data.demand: is missing"),
    Refusal("text-for-a-number", data(expected_amount="5"), "invalid_data", "must be a whole number"),
    Refusal("number-for-a-flag", data(deal_possible=1), "invalid_data", "must be true or false"),
    Refusal("outside-a-closed-set", data(demand="maybe"), "invalid_data", "'target', 'latent' or 'none'"),
    Refusal("2^63", data(version=2**63), "invalid_data", "data.version: must be less than or equal"),
    Refusal("date-not-in-the-calendar", data(expected_close_on="2025-02-30"), "invalid_data", "no day of the calendar"),
    Refusal("date-out-of-range", data(expected_close_on="2201-01-01"), "invalid_data", "data.expected_close_on: "),
    Refusal("NUL", data(tags=["a\0b"]), "invalid_data", "must not hold the character NUL"),
    Refusal("lone-surrogate", data(tags=["\ud800"]), "invalid_data", "half of a surrogate pair"),
    Refusal("unknown-currency", data(currency="XTS"), "currency_unknown", "add it to currency.rates"),
    Refusal(
        "unknown-channel",
        of_type("interaction.recorded", channel="pigeon", direction="inbound"),
        "channel_unknown",
        "registry",
    ),
    Refusal("field-outside-the-list", of_type("customer.updated", bank_balance=5), "field_not_allowed", "bank_balance"),
    Refusal("1-MB", padded(MB), "too_large", "at most 1000000"),
    Refusal("20-MB", padded(20 * MB), "too_large", "at most 1000000"),
)


def call(on: str, **changed: Any) -> dict[str, Any]:
    """An event that nothing is wrong with."""
    return event("interaction.recorded", CALL, at_time(on), subject="good:around") | changed


def binary(on: str) -> Record:
    made = {name: value for name, value in call(on, subject="good:binary").items() if name != "data"}
    headers = [("content-type", b"application/json")]
    return Record(json.dumps(CALL).encode(), b"k", headers + [(f"ce_{n}", v.encode()) for n, v in made.items()])


def odd_headers(name: str, *headers: tuple[str, bytes | None]) -> Make:
    return lambda on: Record(as_bytes(call(on, subject=f"good:{name}")), headers=[*STRUCTURED, *headers])


ACCEPTED: dict[str, Make] = {
    "no-key": lambda on: Record(as_bytes(call(on, subject="good:no-key")), key=None),
    "a-key-that-is-no-UTF-8": lambda on: Record(
        as_bytes(call(on, subject="good:a-key-that-is-no-UTF-8")), key=b"\xff\x00"
    ),
    "no-headers": lambda on: Record(as_bytes(call(on, subject="good:no-headers")), headers=()),
    "header-not-UTF-8": odd_headers("header-not-UTF-8", ("trace", b"\xff\xfe")),
    "header-None": odd_headers("header-None", ("trace", None)),
    "attribute-not-UTF-8": odd_headers("attribute-not-UTF-8", ("ce_traceparent", b"\xff\xfe")),
    "attribute-None": odd_headers("attribute-None", ("ce_id", None)),
    "binary": binary,
}
"""By the name of its customer, `good:<name>`."""
