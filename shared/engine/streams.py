"""What a fold works on: streams, their past, and the world of a batch."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec import Struct

from shared.contracts.policy import Policy
from shared.engine.decision import Event, StreamKey

NEVER = datetime.fromisoformat("1900-01-01T00:00:00+00:00")


class Stream:
    """One stream as the fold holds it; `version` 0 has nothing in it yet."""

    __slots__ = (
        "changed", "erased_at", "flagged", "key", "last_now", "policy_id", "state", "stored", "version", "wake_at",
    )  # fmt: skip

    def __init__(self, key: StreamKey, state: Any) -> None:
        self.key = key
        self.state = state
        self.version = 0
        self.last_now = NEVER
        self.wake_at: datetime | None = None
        self.flagged: str | None = None
        self.erased_at: datetime | None = None
        self.policy_id = ""
        """By which it was decided last; none yet."""
        self.changed = False
        self.stored: Any = None
        """The state as its row holds it: while it is the same one, it is not written."""


class World(Struct, frozen=True):
    """What holds for a whole batch."""

    policy: Policy
    policy_id: str
    clock: datetime
    reference: Mapping[str, Any] = {}
    activation: str = "start"
    """The fact that made this policy the active one."""
    share: float | None = None
    """Of the traces that begin with an instant, those that are followed (0 to 1). None: nobody looks at any."""


class Past(Struct, frozen=True):
    """One journal row of a stream: an input that was applied, else a wake-up, or the start of another policy."""

    now: datetime
    seq: int
    key: UUID
    policy_id: str
    event: Event | None = None
    activation: str | None = None
    """Of the start of a policy."""

    @property
    def place(self) -> tuple[datetime, int]:
        """Histories that become one lie in this order: within one instant as they were recorded."""
        return (self.now, self.seq)


Journals = Mapping[StreamKey, list[Past]]


class Hindsight(Struct, frozen=True):
    """What an earlier attempt at a batch has found to be needed."""

    journals: Journals = {}
    policies: Mapping[str, Policy] = {}
    """Those under which the journals' rows were decided, by id."""
    broken: Mapping[UUID, str] = {}
    """Inputs whose regrouping failed: event key -> traceback."""


class NeedJournals(Exception):
    """A decision deals streams out anew: their journals are to be loaded, then the fold is made again."""

    def __init__(self, keys: Iterable[StreamKey]) -> None:
        super().__init__("journals of streams that are dealt out anew")
        self.keys = frozenset(keys)


class RegroupFailed(Exception):
    """A rule failed while streams were dealt out anew: the fold is to be made again without this input."""

    def __init__(self, event_key: UUID, detail: str) -> None:
        super().__init__(detail)
        self.event_key = event_key
        self.detail = detail
