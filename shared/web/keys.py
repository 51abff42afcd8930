"""Keys of persons and systems: a file of lines, each with the print of a key, never the key."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from hashlib import sha256
from hmac import compare_digest
from pathlib import Path
from secrets import token_urlsafe

import msgspec
import structlog
from msgspec import Struct

from shared.web.roles import FOR_KEYS, Principal, Role

log = structlog.get_logger(__name__)

PREFIX = "hf"
ID = re.compile(r"[A-Za-z0-9.@-]{1,64}")
LOOK_SECONDS = 1.0
"""How long a change of the file may go unseen."""


class BadKeys(ValueError):
    """A line that is no key; says which."""


class Key(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """One line. A key is long and random: a fast hash is enough, there is nothing to guess (ADR 17)."""

    id: str
    sha256: str
    role: Role
    expires_at: datetime
    agents: tuple[str, ...] = ()
    """Whose customers an agent sees."""
    services: tuple[str, ...] = ()
    """Where it opens; empty: everywhere."""

    def __post_init__(self) -> None:
        if not ID.fullmatch(self.id):
            raise ValueError("an id has up to 64 letters, digits, dots, hyphens or @")
        if self.role not in FOR_KEYS:
            raise ValueError(f"a key has one of the roles {', '.join(FOR_KEYS)}")
        if (self.role is Role.AGENT) != bool(self.agents):
            raise ValueError("agents belong to the role agent, which sees their customers alone")
        if self.expires_at.tzinfo is None:
            raise ValueError("expires_at needs its offset, for example 2027-01-01T00:00:00Z")

    def is_over(self) -> bool:
        """By the clock on the wall, also where the service's is simulated."""
        return self.expires_at <= datetime.fromtimestamp(time.time(), UTC)


def new_key(id: str) -> tuple[str, str]:
    """A key, to be shown once, and its print."""
    text = f"{PREFIX}_{id}_{token_urlsafe(32)}"
    return text, print_of(text)


def print_of(text: str) -> str:
    """What is kept of a key."""
    return sha256(text.encode()).hexdigest()


def read_keys(content: bytes) -> Iterator[Key | BadKeys]:
    """By line: a mistake in one takes no other key away, and opens nothing."""
    seen: set[str] = set()
    for number, line in enumerate(content.splitlines(), 1):
        if not line.strip():
            continue
        try:
            key = msgspec.json.decode(line, type=Key)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            yield BadKeys(f"line {number}: {error}")
            continue
        if key.id in seen:
            yield BadKeys(f"line {number}: {key.id} is there twice: the first one counts")
            continue
        seen.add(key.id)
        yield key


def write_keys(file: Path, keys: Iterable[Key]) -> None:
    """Atomically; only this user may read it, unless somebody has let others."""
    unfinished = file.with_name(f"{file.name}.new")
    unfinished.touch(mode=0o600)
    if file.exists():
        unfinished.chmod(file.stat().st_mode & 0o777)
    unfinished.write_bytes(b"".join(msgspec.json.encode(key) + b"\n" for key in keys))
    unfinished.replace(file)


class KeysFile:
    """The keys of one service, read again when the file has changed."""

    def __init__(self, file: Path, service: str) -> None:
        """Raises OSError where there is no such file, BadKeys for a line that is no key."""
        self._file, self._service = file, service
        self._looked_at = time.monotonic()
        self._mark: tuple[int, int, int] | None = _mark(file)
        self._keys, wrong = self._read()
        if wrong:
            raise wrong[0]

    async def principal_of(self, given: str) -> Principal | None:
        """Who has this key here."""
        prefix, _, rest = given.partition("_")
        if prefix != PREFIX:
            return None
        self._look()
        key = self._keys.get(rest.partition("_")[0])
        if key is None or not compare_digest(print_of(given), key.sha256) or key.is_over():
            return None
        return Principal(f"key:{key.id}", key.role, frozenset(key.agents))

    def _look(self) -> None:
        """A file that is gone opens nothing."""
        now = time.monotonic()
        if now - self._looked_at < LOOK_SECONDS:
            return
        self._looked_at = now
        try:
            mark = _mark(self._file)
            if mark == self._mark:
                return
            self._keys, wrong = self._read()
        except OSError as error:
            self._keys, self._mark = {}, None
            log.warning("keys_gone", error=str(error))
            return
        self._mark = mark
        log.info("keys_read", keys=len(self._keys))
        for mistake in wrong:
            log.warning("key_unreadable", error=str(mistake))

    def _read(self) -> tuple[dict[str, Key], list[BadKeys]]:
        found = list(read_keys(self._file.read_bytes()))
        keys = [key for key in found if isinstance(key, Key)]
        here = {key.id: key for key in keys if not key.services or self._service in key.services}
        return here, [each for each in found if isinstance(each, BadKeys)]


def _mark(file: Path) -> tuple[int, int, int]:
    told = os.stat(file)
    return told.st_mtime_ns, told.st_ino, told.st_size
