"""Why a record cannot be read: the only error of the decoder, and how the cold path finds its reason."""

from __future__ import annotations

import json
from typing import Any, Literal, NoReturn

Reason = Literal[
    "not_json", "invalid_envelope", "too_large", "unknown_type", "unknown_version", "invalid_data", "subject_missing"
]
MAX_DETAIL = 2000
MAX_ID = 255
MAX_DIGITS = 4000
TOO_DEEP = "The JSON is nested too deeply to be read."


class Undecodable(Exception):
    """`reason` is a slug of the contract, `detail` a sentence for a person; id and source where they could be read."""

    def __init__(self, reason: Reason, detail: str, event_id: str | None = None, source: str | None = None) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason: Reason = reason
        self.detail = detail[:MAX_DETAIL]
        self.event_id = event_id
        self.source = source


class Unread(Exception):
    """A type of our own topics that this reader does not read: it is skipped without a row."""


def loads(text: bytes) -> Any:
    """Parse permissively (lone surrogates pass) but never NaN or Infinity; raises Undecodable(not_json)."""
    try:
        return json.loads(text.decode(), parse_constant=_no_constant, parse_int=_whole)
    except UnicodeDecodeError as error:
        raise Undecodable("not_json", f"The text is not UTF-8 (byte {error.start}).") from None
    except ValueError as error:
        raise Undecodable("not_json", f"The text is no JSON: {error}.") from None
    except RecursionError:
        raise Undecodable("not_json", TOO_DEEP) from None


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON number")


def _whole(digits: str) -> int:
    if len(digits) > MAX_DIGITS:
        raise ValueError(f"a number has {len(digits)} digits")
    return int(digits)


def unstorable(tree: object) -> str | None:
    """Path and fault of a text in the tree that no database takes (NUL, half a surrogate pair); None without one."""
    waiting: list[tuple[str, object]] = [("", tree)]
    while waiting:
        path, value = waiting.pop()
        if isinstance(value, str) and (fault := fault_of(value)):
            return f"{path[1:]}: {fault}." if path else f"{fault}."
        if isinstance(value, list):
            waiting.extend((f"{path}.{i}", item) for i, item in enumerate(value))
        elif isinstance(value, dict):
            if any(fault_of(key) for key in value):
                return f"{path[1:]}: a field's name holds a character that cannot be stored."
            waiting.extend((f"{path}.{key}"[:200], item) for key, item in value.items())
    return None


def fault_of(text: str) -> str | None:
    """What makes this text impossible to store, None where nothing does."""
    if "\0" in text:
        return "must not hold the character NUL"
    if text.isascii():
        return None
    return "must not hold half of a surrogate pair" if any("\ud800" <= c <= "\udfff" for c in text) else None


def readable(value: object) -> str | None:
    """An id or source that can be shown and stored, else None."""
    return value if isinstance(value, str) and 0 < len(value) <= MAX_ID and fault_of(value) is None else None
