"""The ids of the files that handles open."""

from __future__ import annotations

from datetime import datetime
from typing import Final
from uuid import UUID

from msgspec import Struct

from services.profile.domain.handles import customer_id, print_of
from services.profile.domain.holders import file_at
from services.profile.domain.ledgers import Handle, Tombstone
from shared.engine.decision import Rows

EPOCH: Final = datetime.fromisoformat("1970-01-01T00:00:00+00:00")


class FileIds(Struct, frozen=True):
    """Under the secret of a deployment."""

    secret: bytes

    def of(self, handle: str, released_at: datetime | None, rows: Rows) -> UUID:
        """Of the file that a handle opens itself from a release on; None: that it opens unknown."""
        if released_at is None:
            return customer_id(self.secret, handle, generation_of(handle, rows, self.secret))
        return customer_id(self.secret, handle, generation_from(released_at))

    def home(self, handle: str, at: datetime, rows: Rows) -> UUID:
        """The file that something comes to under this handle at this instant."""
        row = rows.get(Handle, handle)
        return file_at(row, at) if row else self.of(handle, None, rows)


def generation_of(handle: str, rows: Rows, secret: bytes) -> int:
    """How many persons were erased under this handle: the next one gets another id."""
    stone = rows.get(Tombstone, print_of(secret, handle))
    return stone.generation if stone else 0


def generation_from(at: datetime) -> int:
    """Tells the files of a handle apart by the release that they begin with, whatever order releases come in."""
    since = at - EPOCH
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds
