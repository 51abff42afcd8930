"""How far the import of a file is, beside the file: a second run goes on from there, or finds nothing to do."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path
from typing import IO

import msgspec
from msgspec import Struct

BLOCK = 1 << 20
ORDER = "by customer"
"""In which the events of a file are sent: what was sent in another one is no beginning of it."""


class Place(Struct, frozen=True):
    """`digest` says of which file, told how; `sent` of its events are on the broker for good.

    `skipped` says which of its lines were bad.
    """

    digest: str
    sent: int = 0
    done: bool = False
    skipped: str = ""

    def without(self, skipped: str) -> Place:
        """Where it stands when these lines are bad now: at the beginning, where others were (another policy, a day
        later), for what comes in between was never sent."""
        return self if self.skipped == skipped else Place(self.digest, skipped=skipped)


def digest_of(file: IO[bytes], told: str) -> str:
    """Of the content and of how it is to be read."""
    file.seek(0)
    found = sha256(f"{told} {ORDER}".encode())
    while block := file.read(BLOCK):
        found.update(block)
    file.seek(0)
    return found.hexdigest()


def place_beside(file: Path) -> Path:
    return file.with_name(f"{file.name}.import.json")


def load_place(path: Path, digest: str) -> Place:
    """Where it stands; at the beginning for another file than this one."""
    try:
        found = msgspec.json.decode(path.read_bytes(), type=Place)
    except (FileNotFoundError, msgspec.DecodeError):
        return Place(digest)
    return found if found.digest == digest else Place(digest)


def save_place(path: Path, place: Place) -> None:
    """Whole or not at all."""
    unfinished = path.with_name(f"{path.name}.new")
    unfinished.write_bytes(msgspec.json.encode(place))
    unfinished.replace(path)
