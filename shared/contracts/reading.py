"""From an envelope to the model of its data, and back to JSON text."""

from __future__ import annotations

import re
from collections.abc import Callable
from difflib import get_close_matches
from functools import lru_cache
from typing import Final

from pydantic import ValidationError

from shared.contracts.data import Data
from shared.contracts.envelope import Envelope
from shared.contracts.explain import explain
from shared.contracts.types import CLOCK, Registry
from shared.contracts.undecodable import Undecodable, Unread, loads, unstorable

HANDLE: Final = re.compile(r"[A-Za-z][A-Za-z0-9_.+-]{0,31}:[^\x00-\x20\x7f][^\x00-\x1f\x7f]*")
CUSTOMER_ID: Final = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
PARTITION_OPENED: Final = ".partition.opened.v1"
"""Written once into fresh partitions of the embedded broker; everybody skips it."""


def read(envelope: Envelope, registry: Registry) -> Data:
    """The data of an event that came over a topic.

    Raises Undecodable, with the event's id and source, or Unread.
    """
    try:
        data = parse_data(envelope.type, bytes(envelope.data), registry)
        _check_subject(envelope, data, registry)
    except Undecodable as error:
        raise Undecodable(error.reason, error.detail, envelope.id, envelope.source) from None
    return data


def parse_data(type_: str, data: bytes, registry: Registry) -> Data:
    """The model of this JSON text; raises Undecodable, or Unread for a type of ours that the registry leaves out."""
    model = registry.get(type_)
    if model is None:
        raise _unknown(type_, registry)
    try:
        return model.__pydantic_validator__.validate_json(data)  # type: ignore[no-any-return]
    except ValidationError as error:
        raise _invalid(error, data) from None


def dump_data(data: Data) -> bytes:
    """Compact JSON, fields in the order of the model, absent ones left out: equal data gives equal bytes."""
    return data.__pydantic_serializer__.to_json(data, exclude_none=True, by_alias=True)


def _invalid(error: ValidationError, data: bytes) -> Undecodable:
    if error.errors(include_url=False, include_input=False)[0]["type"] == "json_invalid":
        tree = loads(data)
        return Undecodable("invalid_data", unstorable({"data": tree}) or "data: is nested too deeply to be read.")
    return Undecodable("invalid_data", "; ".join(map(str, explain(error, "data"))) + ".")


def _unknown(type_: str, registry: Registry) -> Undecodable | Unread:
    if not registry.closed or type_.endswith(PARTITION_OPENED):
        return Unread(type_)
    name, _, version = type_.rpartition(".v")
    versions = [known for known in registry if known.rpartition(".v")[0] == name]
    if versions and version.isdecimal():
        return Undecodable("unknown_version", f"type: {type_} is not known; send {', '.join(versions)}.")
    close = get_close_matches(type_, registry, n=1)
    hint = f"; did you mean {close[0]}?" if close else "; /asyncapi.json of profile lists what is taken."
    return Undecodable("unknown_type", f"type: {type_} is no upstream type{hint}")


@lru_cache(maxsize=4_096)
def _is_customer_id(subject: str) -> bool:
    return CUSTOMER_ID.fullmatch(subject) is not None


def _check_subject(envelope: Envelope, data: Data, registry: Registry) -> None:
    """Upstream: a handle. On our own topics: the customer's UUID, and the id is one too, but for the clock's."""
    fits: Callable[[str], object]
    if registry.closed:
        fits, what = HANDLE.fullmatch, "a handle such as shop:42 or phone:+8613800000000"
    else:
        fits, what = _is_customer_id, "a customer id, which is a UUID"
        if envelope.type not in CLOCK and not CUSTOMER_ID.fullmatch(envelope.id):
            raise Undecodable("invalid_envelope", "id: must be a UUID on this topic.")
    if not data.ABOUT_CUSTOMER:
        return
    if envelope.subject is None:
        raise Undecodable("subject_missing", f"subject: is missing; it must be {what}.")
    if not fits(envelope.subject):
        raise Undecodable("invalid_envelope", f"subject: must be {what}.")
