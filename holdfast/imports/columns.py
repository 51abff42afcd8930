"""What a column may be called, and which type its text stands for: the fields of the upstream types."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Any, Final, Literal

import msgspec

from shared.contracts import upstream
from shared.contracts.data import Data

What = Literal["customers", "orders"]
Kind = Literal["text", "integer", "boolean", "list", "tree"]

TYPES: Final[Mapping[What, Mapping[str, type[Data]]]] = {
    "customers": {"registered": upstream.CustomerRegistered, "updated": upstream.CustomerUpdated},
    "orders": {
        "placed": upstream.OrderPlaced,
        "delivered": upstream.OrderDelivered,
        "delayed": upstream.OrderDelayed,
        "refunded": upstream.OrderRefunded,
        "cancelled": upstream.OrderCancelled,
    },
}
"""What is imported -> word of the column `type`, the first where there is none -> the event's type."""

OF_THE_EVENT: Final = ("subject", "time", "type", "id")
WHOLE = re.compile(r"-?[0-9]{1,18}")
BETWEEN = "|"
"""Separates the items of a list in a cell."""


@cache
def fields_of(model: type[Data]) -> dict[str, Kind]:
    """Field -> what its text stands for."""
    schema = model.model_json_schema()
    return {name: _kind(told, schema.get("$defs", {})) for name, told in schema["properties"].items()}


def known_columns(what: What) -> set[str]:
    """Every column that a file may have."""
    return {*OF_THE_EVENT, *(name for model in TYPES[what].values() for name in fields_of(model))}


def typed(text: str, kind: Kind) -> Any:
    """The value that a cell stands for; text that stands for none goes on as it is, for the model to say so."""
    if kind == "integer" and WHOLE.fullmatch(text):
        return int(text)
    if kind == "boolean" and text.lower() in ("true", "false"):
        return text.lower() == "true"
    if kind in ("list", "tree") and text.startswith(("[", "{")):
        return _tree(text)
    return [item.strip() for item in text.split(BETWEEN)] if kind == "list" else text


def _tree(text: str) -> Any:
    try:
        return msgspec.json.decode(text)
    except (msgspec.DecodeError, UnicodeEncodeError):
        return text


def _kind(told: Mapping[str, Any], named: Mapping[str, Any]) -> Kind:
    """By the JSON schema: the first that is not null of several, through the definitions it names."""
    for option in told.get("anyOf", (told,)):
        found = named.get(option["$ref"].rpartition("/")[2], {}) if "$ref" in option else option
        match found.get("type"):
            case "integer" | "boolean" as simple:
                return "integer" if simple == "integer" else "boolean"
            case "array":
                return "list" if found.get("items", {}).get("type") == "string" else "tree"
            case "object":
                return "tree"
            case "string":
                return "text"
    return "text"
