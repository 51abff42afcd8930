"""Several statements in one round trip, which is what they cost where the database is on another machine."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import asyncpg
from msgspec import Struct


class Part(Struct, frozen=True):
    """A statement and what it takes."""

    text: str
    given: tuple[Any, ...]


async def fetch(connection: asyncpg.Connection, parts: Sequence[Part]) -> list[tuple[int, str]]:
    """The rows of statements whose one text column is called `row`: (which statement, its text)."""
    if not parts:
        return []
    text = reading(tuple(part.text for part in parts))
    return [(n, row) for n, row in await connection.fetch(text, *_given(parts))]


async def execute(connection: asyncpg.Connection, parts: Sequence[Part]) -> None:
    """Statements that each write a table which no other of them reads or writes: they do not see each other.

    They run in no promised order, and may begin with `with` only where that changes nothing by itself.
    """
    if parts:
        await connection.execute(writing(tuple(part.text for part in parts)), *_given(parts))


@lru_cache(maxsize=1000)
def reading(texts: tuple[str, ...]) -> str:
    """One statement for all."""
    each = (f"select {n}, q.row from ({text}) as q" for n, text in enumerate(_numbered(texts)))  # noqa: S608 - our own
    return "\nunion all ".join(each)


@lru_cache(maxsize=1000)
def writing(texts: tuple[str, ...]) -> str:
    """One statement for all; the one text where there is one."""
    if len(texts) == 1:
        return texts[0]
    return f"with {', '.join(f'part_{n} as ({text})' for n, text in enumerate(_numbered(texts)))} select"


def _numbered(texts: Sequence[str]) -> list[str]:
    """With the numbers of their parameters one after the other."""
    numbered, before = [], 0
    for text in texts:
        numbered.append(re.sub(r"\$(\d+)", lambda found, by=before: f"${int(found[1]) + by}", text))  # type: ignore[misc]
        before += max((int(number) for number in re.findall(r"\$(\d+)", text)), default=0)
    return numbered


def _given(parts: Sequence[Part]) -> list[Any]:
    return [value for part in parts for value in part.given]
