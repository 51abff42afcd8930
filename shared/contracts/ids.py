"""Derived ids: the same thing has the same id, whoever works it out and how often."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from hashlib import sha1, sha256
from typing import Final
from uuid import UUID

from asyncpg.pgproto import pgproto

Quick: Final[type[UUID]] = pgproto.UUID
"""An id as the database's client makes it: a `UUID` that is made, hashed and written in a third of the time."""
EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
MILLISECOND: Final = timedelta(milliseconds=1)
MASK_48: Final = (1 << 48) - 1
OPEN_BITS: Final = ~(0xF << 76 | 0x3 << 62)
"""Of an id as a number: all but its version and its variant."""
VERSION_5: Final = 5 << 76 | 2 << 62
VERSION_8: Final = 8 << 76 | 2 << 62


def event_key(source: str, id_: str) -> UUID:
    """The key of an upstream event or a command: 128 bits of SHA-256(source ‖ 0x00 ‖ id), nothing else."""
    return of_bytes(sha256(f"{source}\0{id_}".encode()).digest()[:16])


def of_bytes(raw: bytes) -> UUID:
    """The id of these 16 bytes."""
    return Quick(raw)  # type: ignore[arg-type]


def of_text(text: str) -> UUID:
    """The id that a text is; raises ValueError where it is none."""
    try:
        return Quick(text)
    except ValueError:
        return UUID(text)  # in braces, or as a URN


def derived(*parts: str | bytes) -> UUID:
    """128 bits of SHA-256 over parts that cannot run into each other (each is preceded by its length)."""
    raw = [part.encode() if isinstance(part, str) else part for part in parts]
    return of_bytes(sha256(b"".join([_framed(part) for part in raw])).digest()[:16])


def named(space: UUID, name: str) -> UUID:
    """The id of what has this name in a space, as `uuid5` makes it in twice the time."""
    value = int.from_bytes(sha1(space.bytes + name.encode(), usedforsecurity=False).digest()[:16])
    return of_bytes((value & OPEN_BITS | VERSION_5).to_bytes(16))


def wake_key(service: str, kind: str, stream: UUID, at: datetime) -> UUID:
    """The cause of what time alone did: one per stream and instant (`at` is aware)."""
    parts = (_word("wake"), _word(service), _word(kind), _framed(stream.bytes), _instant(at))
    return of_bytes(sha256(b"".join(parts)).digest()[:16])


def fact_id(service: str, cause: UUID, type_: str, ordinal: int, data: bytes, recordedtime: datetime) -> UUID:
    """A UUIDv8 whose first 48 bits are the milliseconds of `recordedtime` and the rest a hash of cause and content.

    `ordinal` tells facts of one type and cause apart. Same fact, same id; other content, other id.
    """
    parts = (_word(service), _framed(cause.bytes), _word(type_), _word(str(ordinal)), _framed(data))
    value = int.from_bytes(_milliseconds(recordedtime) + sha256(b"".join(parts)).digest()[:10])
    return of_bytes((value & OPEN_BITS | VERSION_8).to_bytes(16))


def _framed(part: bytes) -> bytes:
    return len(part).to_bytes(8) + part


@lru_cache(maxsize=1000)
def _word(name: str) -> bytes:
    """Framed, of the services, types and small numbers, which are few."""
    return _framed(name.encode())


@lru_cache(maxsize=1000)
def _instant(at: datetime) -> bytes:
    """Framed; many streams wake up as a day begins."""
    return _framed(at.astimezone(UTC).isoformat().encode())


@lru_cache(maxsize=1000)
def _milliseconds(at: datetime) -> bytes:
    """48 bits of them."""
    return ((at - EPOCH) // MILLISECOND & MASK_48).to_bytes(6)
