"""Derived ids: the same thing has the same id, whoever works it out and how often."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Final
from uuid import UUID

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
MILLISECOND: Final = timedelta(milliseconds=1)
MASK_48: Final = (1 << 48) - 1


def event_key(source: str, id_: str) -> UUID:
    """The key of an upstream event or a command: 128 bits of SHA-256(source ‖ 0x00 ‖ id), nothing else."""
    return UUID(bytes=sha256(f"{source}\0{id_}".encode()).digest()[:16])


def derived(*parts: str | bytes) -> UUID:
    """128 bits of SHA-256 over parts that cannot run into each other (each is preceded by its length)."""
    return UUID(bytes=_digest(parts)[:16])


def wake_key(service: str, kind: str, stream: UUID, at: datetime) -> UUID:
    """The cause of what time alone did: one per stream and instant (`at` is aware)."""
    return derived("wake", service, kind, stream.bytes, at.astimezone(UTC).isoformat())


def fact_id(service: str, cause: UUID, type_: str, ordinal: int, data: bytes, recordedtime: datetime) -> UUID:
    """A UUIDv8 whose first 48 bits are the milliseconds of `recordedtime` and the rest a hash of cause and content.

    `ordinal` tells facts of one type and cause apart. Same fact, same id; other content, other id.
    """
    tail = int.from_bytes(_digest((service, cause.bytes, type_, str(ordinal), data))[:10])
    head = ((recordedtime - EPOCH) // MILLISECOND) & MASK_48
    value = head << 80 | tail
    value = value & ~(0xF << 76) | 8 << 76
    return UUID(int=value & ~(0x3 << 62) | 0x2 << 62)


def _digest(parts: tuple[str | bytes, ...]) -> bytes:
    raw = [part.encode() if isinstance(part, str) else part for part in parts]
    return sha256(b"".join([piece for part in raw for piece in (len(part).to_bytes(8), part)])).digest()
