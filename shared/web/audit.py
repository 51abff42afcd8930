"""Who was shown or changed personal data: written down before it is done, each row hashing the one before."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any, Literal, NamedTuple
from uuid import UUID

import asyncpg
import msgspec
from fastapi import Request
from msgspec import Struct

from shared.web.deps import engine_of

APPEND = "select audit_append($1::json)"
LISTED = """
select number, at, who, role, did, about, outcome from audit
 where ($1::uuid is null or about = $1) and ($2::text is null or who = $2) and ($3::bigint is null or number < $3)
 order by number desc limit $4
"""
IN_ORDER = """
select number, at, who, role, did, about, outcome, hash from audit where number > $1 order by number limit 5000
"""
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Entry(Struct, frozen=True):
    """`did`: the route, without what was asked in it. `about`: the id that the path names; never a name."""

    who: str
    role: str
    did: str
    about: UUID | None
    outcome: Literal["let in", "refused"]


class _Batch:
    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self.written: asyncio.Task[None] | None = None


class Trail:
    """Appends; those who ask while a statement is on its way share the next one."""

    def __init__(self) -> None:
        self._turn = asyncio.Lock()
        self._open: _Batch | None = None

    async def append(self, request: Request, entry: Entry) -> None:
        """Returns when it is committed."""
        pool = engine_of(request).pool
        batch = self._open
        if batch is None:
            batch = self._open = _Batch()
            batch.written = asyncio.create_task(self._write(pool, batch))
        batch.entries.append(entry)
        assert batch.written is not None  # noqa: S101 - set with the batch
        await asyncio.shield(batch.written)

    async def _write(self, pool: asyncpg.Pool, batch: _Batch) -> None:
        async with self._turn:
            self._open = None
            await pool.execute(APPEND, msgspec.json.encode(batch.entries).decode())


class Head(NamedTuple):
    """The last row as it stood: kept elsewhere, it shows later whether rows were cut off after it."""

    number: int
    hash: bytes

    def __str__(self) -> str:
        return f"{self.number}:{self.hash.hex()}"


def head_of(text: str) -> Head:
    """Raises ValueError for what `verify` did not print."""
    number, _, digits = text.partition(":")
    return Head(int(number), bytes.fromhex(digits))


class Verdict(Struct, frozen=True):
    """`broken`: the first row that does not follow from the one before it, or that is missing where one was known."""

    rows: int
    first: int | None
    head: Head | None
    broken: int | None


async def verify(connection: asyncpg.Connection, known: Head | None = None) -> Verdict:
    """Reads all rows. The oldest may have been removed, up to a row: the first one left is taken as it is."""
    rows, first, head, seen = 0, None, None, known is None
    while found := await connection.fetch(IN_ORDER, head.number if head else 0):
        for row in found:
            if head is not None and (row["number"] != head.number + 1 or row["hash"] != _hash(head.hash, row)):
                return Verdict(rows, first, head, head.number + 1)
            if row["number"] == 1 and row["hash"] != _hash(b"", row):
                return Verdict(rows, first, head, 1)
            head = Head(row["number"], row["hash"])
            first, rows = first or head.number, rows + 1
            seen = seen or head == known
    lost = known is not None and not seen and (first is None or known.number >= first)
    return Verdict(rows, first, head, known.number if lost and known else None)


def _hash(before: bytes, row: Any) -> bytes:
    micros = (row["at"] - EPOCH) // timedelta(microseconds=1)
    about = row["about"] and str(row["about"])
    told = [row["number"], micros, row["who"], row["role"], row["did"], about, row["outcome"]]
    return sha256(before + json.dumps(told, ensure_ascii=False).encode()).digest()
