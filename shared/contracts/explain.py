"""What pydantic found wrong, as sentences for a person."""

from __future__ import annotations

from typing import NamedTuple

from pydantic import ValidationError
from pydantic_core import ErrorDetails

MAX_SHOWN = 20

SENTENCES = {
    "missing": "is missing",
    "extra_forbidden": "is not a field here; take it out",
    "string_type": "must be text",
    "int_type": "must be a whole number",
    "bool_type": "must be true or false",
    "tuple_type": "must be a list",
    "dict_type": "must be an object",
    "model_type": "must be an object",
    "model_attributes_type": "must be an object",
    "string_unicode": "holds a character that is no valid Unicode",
    "timezone_aware": "needs an offset such as Z or +01:00",
    "date_parsing": "is no day of the calendar",
    "date_from_datetime_parsing": "is no day of the calendar",
    "datetime_parsing": "is no instant such as 2025-03-01T09:00:00Z",
    "datetime_from_date_parsing": "is no instant such as 2025-03-01T09:00:00Z",
    "uuid_parsing": "must be a UUID",
    "none_required": "must be null",
}
PATTERNS = {
    r"^[^\x00]*$": "must not hold the character NUL",
    r"^[A-Z]{3}$": "must be a currency code of three capital letters, such as EUR",
    r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$": "must be a date as YYYY-MM-DD",
}


class Finding(NamedTuple):
    """One thing that is wrong: the dotted field, "" for the whole, and what is the matter with it."""

    field: str
    detail: str

    def __str__(self) -> str:
        return f"{self.field}: {self.detail}" if self.field else self.detail


def _sentence(error: ErrorDetails) -> str:
    kind, context = error["type"], error.get("ctx", {})
    if kind == "value_error":
        return str(context["error"])
    if kind == "string_pattern_mismatch":
        return PATTERNS.get(context["pattern"], f"does not look as it must ({context['pattern']})")
    if kind in {"enum", "literal_error"}:
        return f"must be {context['expected']}"
    if kind in {"too_long", "too_short"}:
        return f"must have at {_LIMITS[kind]} {context[_BOUNDS[kind]]} items"
    return SENTENCES.get(kind) or error["msg"].replace("Input should be", "must be").replace("Input should", "must")


def _field(error: ErrorDetails, prefix: str) -> str:
    """The path without the names of union branches, which only a validator knows."""
    steps = [str(step) for step in error["loc"] if not (isinstance(step, str) and ("[" in step or step in _BRANCHES))]
    return ".".join([prefix, *steps] if prefix else steps)


_LIMITS = {"too_long": "most", "too_short": "least"}
_BOUNDS = {"too_long": "max_length", "too_short": "min_length"}
_BRANCHES = {"date", "datetime", "literal['off']", "literal['infinite']"}


def explain(error: ValidationError, prefix: str = "") -> list[Finding]:
    """At most 20 findings, none twice, what is missing last; values are not repeated (they may be personal)."""
    errors = sorted(error.errors(include_url=False, include_input=False), key=lambda e: e["type"] == "missing")
    return list(dict.fromkeys(Finding(_field(e, prefix), _sentence(e)) for e in errors))[:MAX_SHOWN]
