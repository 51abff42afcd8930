"""W3C trace context: handed from an event to the facts that follow from it, by rules alone. Pure.

A trace context is the text of a `traceparent`: version, trace, the span that is the parent of what comes, flags. One
that begins here has no such span yet, and zeros for it: that never leaves the process.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from hashlib import sha256
from typing import Final
from uuid import UUID

FORM: Final = re.compile(
    r"(?!ff)([0-9a-f]{2})-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})(-.*)?", re.DOTALL
)
KNOWN_FLAGS: Final = 0b11
"""Sampled, and random trace id."""
NO_PARENT: Final = "0" * 16
LOW: Final = (1 << 64) - 1


def normal(given: object) -> str | None:
    """A traceparent as version 00 writes it, whatever later version it came in; None for what is none."""
    found = FORM.fullmatch(given) if isinstance(given, str) else None
    if found is None:
        return None
    version, trace, parent, flags, more = found.groups()
    if version == "00" and more is not None:
        return None
    return f"00-{trace}-{parent}-{int(flags, 16) & KNOWN_FLAGS:02x}"


def begun(key: UUID, share: float | None) -> str | None:
    """The trace that begins with what has this key, if it is among the `share` (0 to 1) of all that are followed.

    Its id is the key: that of an event, or of an instant that has come. None of a share: nobody looks.
    """
    if not share or key.int & LOW >= share * (LOW + 1):
        return None
    return f"00-{key.hex}-{NO_PARENT}-01"


def handed_on(context: str, id: str) -> str:
    """What a fact of this id (a UUID's text) is told of the trace that it follows in.

    The span is the fact's publication, and has the last 64 bits of its id: said again, a fact is the same bytes.
    """
    return f"00-{context[3:35]}-{publication(id)}-{context[53:]}"


def publication(id: str) -> str:
    """The span of a fact's publication, from the text of its id."""
    return id[19:23] + id[24:]


def decision(service: str, context: str, cause: str) -> str:
    """The span of what a service decides about an event, or about an instant that has come, of this id."""
    return sha256(f"{service}\0{trace_of(context)}\0{cause}".encode()).hexdigest()[:16]


def within(context: str, span: str) -> str:
    """The context of what follows from this span of the same trace."""
    return f"{context[:36]}{span}{context[52:]}"


def trace_of(context: str) -> str:
    """32 digits."""
    return context[3:35]


def parent_of(context: str) -> str | None:
    """16 digits; None where the trace begins."""
    parent = context[36:52]
    return None if parent == NO_PARENT else parent


def is_sampled(context: str | None) -> bool:
    """Whether somebody wants its spans."""
    return context is not None and int(context[53:], 16) & 1 == 1


def words(service: str, asked: Iterable[tuple[str | None, str]]) -> dict[str, str]:
    """For a line of the log about inputs, (context, id) each: their trace where it is one; of a single one its span.

    Asks no further than it must: of many inputs without a trace for the first alone.
    """
    others = iter(asked)
    context, id = next(others, (None, ""))
    if context is None:
        return {}
    told = {"trace_id": trace_of(context), "span_id": decision(service, context, id)}
    for other, _ in others:
        if other is None or trace_of(other) != told["trace_id"]:
            return {}
        told.pop("span_id", None)
    return told
