"""Cursor paging: an opaque cursor holds the sort key of the last item seen."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable
from typing import Any, TypeVar

from shared.web.problems import Problem

MOST = 200

Key = TypeVar("Key")


def page(items: list[dict[str, Any]], limit: int, key: Callable[[dict[str, Any]], list[Any]]) -> dict[str, Any]:
    """{"items", "next_cursor"} of at most `limit` items; pass one more than that to say that there are more."""
    more = len(items) > limit
    shown = items[:limit]
    return {"items": shown, "next_cursor": encode(key(shown[-1])) if more and shown else None}


def encode(values: list[Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(values, default=str).encode()).decode().rstrip("=")


def decode(cursor: str) -> list[Any]:
    """Raises Problem invalid_query where this is no cursor of ours."""
    try:
        values = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, RecursionError, binascii.Error) as error:
        raise _bad() from error
    if not isinstance(values, list) or any("\0" in str(value) for value in values):
        raise _bad()
    return values


def seek(after: list[Any] | None, read: Callable[..., Key]) -> Key | None:
    """The sort key that a cursor holds; raises Problem invalid_query for another list's cursor."""
    if after is None:
        return None
    try:
        return read(*after)
    except (TypeError, ValueError, AttributeError, OverflowError) as error:
        raise _bad() from error


def _bad() -> Problem:
    return Problem(422, "invalid_query", "cursor: not one of this list; take next_cursor from its last answer")
