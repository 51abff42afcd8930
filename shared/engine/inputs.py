"""What comes through a door: an input on its way to the fold, and what became of it."""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace

from shared.contracts.data import Command, Data
from shared.engine.decision import Event, StreamKey
from shared.engine.streams import NEVER

Door = Literal["kafka", "http", "wake", "replay", "job", "policy"]


class Origin(Struct, frozen=True):
    """Where a record lay; `start` is where the reader stood before it (they differ where the log has a gap)."""

    topic: str
    part: int
    offset: int
    start: int
    timestamp: int
    """Of the log, in milliseconds."""

    @property
    def next_offset(self) -> int:
        return self.offset + 1


class Raw(Struct, frozen=True):
    """The bytes as they came, for the dead letters."""

    value: bytes
    key: bytes | None = None
    headers: tuple[tuple[str, bytes | None], ...] = ()


class Unreadable(Struct, frozen=True):
    """Why a record is no event: a slug and a sentence; and which event it would be, where that can be read."""

    reason: str
    detail: str
    event_id: str | None = None
    event_key: UUID | None = None


class Move(Struct, frozen=True):
    """What a simulated clock was told, and when the broker took that in, where it says so."""

    now: datetime
    logged_at: datetime | None = None


class Input(Struct, frozen=True):
    """One thing to fold: an event, or bytes that are none. With neither it is a record to step over."""

    door: Door
    recordedtime: datetime
    event: Event | None = None
    unreadable: Unreadable | None = None
    raw: Raw | None = None
    origin: Origin | None = None
    body: bytes = b""
    """Canonical JSON of the event, for the journal."""
    clock: Move | None = None
    policy_id: str = ""
    """Of a journal row: by which it was folded."""

    @property
    def is_nothing(self) -> bool:
        """No rule reads it: a record to step over, or a move of the clock."""
        return self.event is None and self.unreadable is None


class Outcome(Struct, frozen=True):
    """What became of one input."""

    result: Literal["applied", "superseded", "refused", "failed", "duplicate", "skipped"]
    stream: StreamKey | None = None
    reason: str | None = None
    detail: str | None = None
    status: int = 422


class Failure(Struct, frozen=True):
    """A bug in a rule: the traceback, and the event that met it, if it was one."""

    detail: str
    event: Event | None = None


def has_no_time(time: datetime, data: Data) -> bool:
    """Of a command that is made when it is written; what happened as 1900 began did happen then."""
    return time == NEVER and isinstance(data, Command)


def at_clock(item: Input, clock: datetime) -> Input:
    """A command's `recordedtime` is the clock when its row is written; so is its time, where it names none."""
    event = item.event
    if event is None or item.door not in {"http", "replay", "job"}:
        return item
    time = clock if has_no_time(event.time, event.data) else event.time
    return replace(item, recordedtime=clock, event=replace(event, recordedtime=clock, time=time))
