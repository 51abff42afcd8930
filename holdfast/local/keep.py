"""What a stack keeps in its data folder from one start to the next: secrets, and the right to use the folder."""

from __future__ import annotations

import fcntl
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

KEYS = "keys.jsonl"


class FolderInUse(Exception):
    """Another stack is up there."""


def kept_secret(folder: Path, name: str) -> str:
    """`HOLDFAST_<NAME>`, else the one of the folder, made at its first use; only this user may read it."""
    if given := os.environ.get(f"HOLDFAST_{name.upper()}"):
        return given
    file = folder / name
    if not file.exists():
        file.touch(mode=0o600)
        file.write_text(secrets.token_urlsafe(32))
    return file.read_text().strip()


def kept_keys(folder: Path) -> Path:
    """The file that `holdfast keys` writes: `HOLDFAST_KEYS_FILE`, else the one of the folder, empty at first."""
    if given := os.environ.get("HOLDFAST_KEYS_FILE"):
        return Path(given).absolute()
    file = folder / KEYS
    file.touch(mode=0o600)
    return file


@contextmanager
def sole_user(folder: Path) -> Iterator[None]:
    """Make the folder and hold it; the system lets go of it however this process ends. Raises FolderInUse."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (folder / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise FolderInUse(f"a stack is up in {folder} already: give another folder with --data") from None
        yield
