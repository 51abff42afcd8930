"""CloudEvents 1.0 around an event's data: structured and binary mode are read, structured mode is written."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated, Any, Final, Literal

import msgspec
from msgspec import Meta, Raw, Struct

from shared.contracts.dates import FIRST_INSTANT, LAST_INSTANT
from shared.contracts.undecodable import TOO_DEEP, Undecodable, fault_of, loads, readable, unstorable
from shared.traces import context

MAX_BYTES: Final = 1_000_000
NUL: Final = b"\\u0000"
CONTENT_TYPE: Final = (("content-type", b"application/cloudevents+json"),)
"""The headers of what `encode` writes."""

Headers = Sequence[tuple[str, bytes | None]]
Short = Annotated[str, Meta(min_length=1, max_length=255)]
Aware = Annotated[datetime, Meta(tz=True)]


class Envelope(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One event. `data` is JSON text that `shared.contracts.reading` turns into its model; `time` is UTC.

    `subject`: a handle on upstream events, the customer id on facts, None where the event is about no single customer.
    `homeid`: the file that brought it, where the subject has taken that file in: a merge that is taken back goes by it.
    """

    specversion: Literal["1.0"] = msgspec.field()
    id: Short
    source: Short
    type: Short
    subject: Annotated[str, Meta(max_length=512)] | None = None
    time: Aware
    datacontenttype: str | None = None
    recordedtime: Aware | None = None
    causationid: Short | None = None
    homeid: Short | None = None
    traceparent: Any = None
    """A text, or None: what is no W3C trace context is left out when it is read, and refuses nothing."""
    data: Raw = Raw(b"null")


_DECODER: Final = msgspec.json.Decoder(Envelope)
_ENCODER: Final = msgspec.json.Encoder()
MISSING: Final = "Object missing required field "


def decode(value: bytes | None, headers: Headers = (), *, max_bytes: int = MAX_BYTES) -> Envelope:
    """The envelope of one Kafka record or HTTP body; raises Undecodable and nothing else.

    Headers that are None or no UTF-8 are ignored. The size is judged before anything is decoded.
    """
    if value is None:
        raise Undecodable("not_json", "The record has no value.")
    if len(value) > max_bytes:
        raise Undecodable("too_large", f"The event has {len(value)} bytes; at most {max_bytes} are taken.")
    attributes = _binary_attributes(headers) if headers else None
    return _sound(_structured(value) if attributes is None else _binary(attributes, value))


def encode(envelope: Envelope) -> bytes:
    """Structured mode: keys in the order of the contract, instants in UTC, absent attributes left out."""
    return _ENCODER.encode(envelope)


def _structured(value: bytes) -> Envelope:
    try:
        envelope = _DECODER.decode(value)
    except msgspec.ValidationError as error:
        raise _unfit(error, value) from None
    except RecursionError:
        raise Undecodable("not_json", TOO_DEEP) from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        tree = loads(value)  # says better what is wrong; reads lone surrogates
        raise _unstorable(tree) or Undecodable("not_json", f"The text is no JSON: {error}.") from None
    if NUL in value and (refusal := _unstorable(loads(value))):
        raise refusal
    return envelope


def _binary_attributes(headers: Headers) -> dict[str, str] | None:
    """The `ce_` headers by attribute, or None for structured mode."""
    found: dict[str, str] = {}
    for name, raw in headers:
        key = name.lower()
        if raw is None or not (key.startswith("ce_") or key == "content-type"):
            continue
        try:
            found[key.removeprefix("ce_")] = raw.decode()
        except UnicodeDecodeError:
            continue
    content_type = found.pop("content-type", "")
    return found if found and not content_type.lower().startswith("application/cloudevents") else None


def _binary(attributes: dict[str, str], value: bytes) -> Envelope:
    id_, source = readable(attributes.get("id")), readable(attributes.get("source"))
    for name, text in attributes.items():
        if fault := fault_of(text):
            raise Undecodable("invalid_envelope", f"ce_{name}: {fault}.", id_, source)
    attributes.pop("data", None)
    if NUL in value and (detail := unstorable({"data": loads(value)})):
        raise Undecodable("invalid_data", detail, id_, source)
    try:
        return msgspec.structs.replace(msgspec.convert(attributes, Envelope), data=Raw(value))
    except msgspec.ValidationError as error:
        raise Undecodable("invalid_envelope", _sentence(error), id_, source) from None


def _sound(envelope: Envelope) -> Envelope:
    """What the types alone do not say: the years, and one way to write an instant, a trace and no subject."""
    for name in ("time", "recordedtime"):
        at = getattr(envelope, name)
        if at is not None and not FIRST_INSTANT <= at <= LAST_INSTANT:
            detail = f"{name}: must lie in the years 1900 to 2200."
            raise Undecodable("invalid_envelope", detail, envelope.id, envelope.source)
    recordedtime = envelope.recordedtime
    traceparent = None if envelope.traceparent is None else context.normal(envelope.traceparent)
    is_utc = recordedtime is None or recordedtime.tzinfo is UTC
    if is_utc and envelope.time.tzinfo is UTC and envelope.subject != "" and traceparent == envelope.traceparent:
        return envelope
    return msgspec.structs.replace(
        envelope,
        time=envelope.time.astimezone(UTC),
        recordedtime=recordedtime and recordedtime.astimezone(UTC),
        subject=envelope.subject or None,
        traceparent=traceparent,
    )


def _unfit(error: msgspec.ValidationError, value: bytes) -> Undecodable:
    tree = loads(value)
    attributes = tree if isinstance(tree, dict) else {}
    id_, source = readable(attributes.get("id")), readable(attributes.get("source"))
    return Undecodable("invalid_envelope", _sentence(error), id_, source)


def _unstorable(tree: object) -> Undecodable | None:
    """The refusal for a text in a structured event that cannot be stored, None where there is no such text."""
    attributes: dict[str, Any] = dict(tree) if isinstance(tree, dict) else {}
    id_, source = readable(attributes.get("id")), readable(attributes.get("source"))
    data = {"data": attributes.pop("data", None)}
    if detail := unstorable(attributes):
        return Undecodable("invalid_envelope", detail, id_, source)
    if detail := unstorable(data):
        return Undecodable("invalid_data", detail, id_, source)
    return None


def _sentence(error: msgspec.ValidationError) -> str:
    """msgspec's message with the attribute in front: "time: expected datetime, got int."."""
    what, _, path = str(error).partition(" - at `$")
    if what.startswith(MISSING):
        return f"{what.removeprefix(MISSING).strip('`')}: is missing."
    what, field = what.replace("`", ""), path.strip(".`")
    return f"{field}: {what[:1].lower()}{what[1:]}." if field else f"The event: {what[:1].lower()}{what[1:]}."
