"""Derived ids: the same thing has the same id, whoever works it out and how often."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from hashlib import sha256
from typing import Final
from uuid import UUID

from msgspec import ValidationError, convert, to_builtins

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
MILLISECOND: Final = timedelta(milliseconds=1)
MASK_48: Final = (1 << 48) - 1


def event_key(source: str, id_: str) -> UUID:
    """The key of an upstream event or a command: 128 bits of SHA-256(source ‖ 0x00 ‖ id), nothing else."""
    return of_bytes(sha256(f"{source}\0{id_}".encode()).digest()[:16])


def of_bytes(raw: bytes) -> UUID:
    """The id of these 16 bytes, as `UUID` makes it in twice the time."""
    return convert(raw, UUID)


def of_text(text: str) -> UUID:
    """The id that a text is, as `UUID` reads it in three times the time; raises ValueError where it is none."""
    try:
        return convert(text, UUID)
    except ValidationError:
        return UUID(text)


def text_of(id_: UUID) -> str:
    """As `str` writes it in four times the time."""
    text: str = to_builtins(id_)
    return text


def derived(*parts: str | bytes) -> UUID:
    """128 bits of SHA-256 over parts that cannot run into each other (each is preceded by its length)."""
    raw = [part.encode() if isinstance(part, str) else part for part in parts]
    return of_bytes(sha256(b"".join([_framed(part) for part in raw])).digest()[:16])


def wake_key(service: str, kind: str, stream: UUID, at: datetime) -> UUID:
    """The cause of what time alone did: one per stream and instant (`at` is aware)."""
    return derived("wake", service, kind, stream.bytes, at.astimezone(UTC).isoformat())


def fact_id(service: str, cause: UUID, type_: str, ordinal: int, data: bytes, recordedtime: datetime) -> UUID:
    """A UUIDv8 whose first 48 bits are the milliseconds of `recordedtime` and the rest a hash of cause and content.

    `ordinal` tells facts of one type and cause apart. Same fact, same id; other content, other id.
    """
    parts = (_named(service), _framed(cause.bytes), _named(type_), _named(str(ordinal)), _framed(data))
    tail = int.from_bytes(sha256(b"".join(parts)).digest()[:10])
    head = ((recordedtime - EPOCH) // MILLISECOND) & MASK_48
    value = head << 80 | tail
    value = value & ~(0xF << 76) | 8 << 76
    return of_bytes((value & ~(0x3 << 62) | 0x2 << 62).to_bytes(16))


def _framed(part: bytes) -> bytes:
    return len(part).to_bytes(8) + part


@lru_cache(maxsize=1000)
def _named(name: str) -> bytes:
    """Of the services, types and small numbers, which are few."""
    return _framed(name.encode())
