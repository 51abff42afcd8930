"""The words between a domain and the engine: what a rule is handed and what it answers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple, TypeVar
from uuid import UUID

from msgspec import Struct

from shared.contracts.data import Data
from shared.contracts.policy import Policy

Row = TypeVar("Row", bound=Struct)
State = Any
"""A frozen Struct of the service; the engine only stores it."""


class StreamKey(NamedTuple):
    """One stream: all that a service knows about one customer (or another kind of thing)."""

    kind: str
    id: UUID


def in_order(keys: Iterable[StreamKey]) -> list[StreamKey]:
    """As they are locked: by (kind, id). Numbers compare ten times as fast as the ids that they are."""
    return sorted(keys, key=lambda key: (key.kind, key.id.int))


class Event(Struct, frozen=True):
    """One input as a rule sees it."""

    key: UUID
    """De-duplicates it for ever: hash(source, id) for upstream events and commands, the fact id for ours."""
    id: str
    source: str
    type: str
    time: datetime
    recordedtime: datetime
    subject: str | None
    data: Data
    causationid: str | None = None
    home: UUID | None = None
    """The file that it came to, where the subject is another one that has taken that file in."""
    traceparent: str | None = None
    """Which trace it is of (`shared.traces.context`); no rule looks at it."""


class TimePassed(Struct, frozen=True):
    """A wake-up: nothing happened but that the stream's own next instant has come."""

    at: datetime


class Cause(Struct, frozen=True):
    """What a row or fact follows from; `time.passed` with a derived id where time alone did it."""

    event_id: str
    type: str
    traceparent: str | None = None


class Rows:
    """The ledger rows that this batch's events name, as they stand at this point of the fold."""

    def __init__(self) -> None:
        self._tables: defaultdict[type[Struct], dict[Any, Any]] = defaultdict(dict)

    def get(self, table: type[Row], key: object) -> Row | None:
        """The row, or None where there is none; a rule may ask only for keys that `names` gave for its event."""
        rows = self._tables[table]
        return rows.get(key) if rows else None  # most tables are empty, and the hash of an id is the dear part

    def put(self, key: object, row: Struct) -> None:
        """Make a row visible to what is folded after it in this batch."""
        self._tables[type(row)][key] = row

    def forget(self, table: type[Struct], customers: Container[UUID]) -> None:
        """Rows of these customers are not to be seen any more."""
        rows = self._tables[table]
        for key in [key for key, row in rows.items() if row.customer_id in customers]:
            del rows[key]

    def same(self, table: type[Struct], other: Rows) -> bool:
        """Whether the same rows of a table are at hand here and there."""
        return self._tables[table] == other._tables[table]

    def of(self, table: type[Row]) -> Iterable[Row]:
        """All rows of a table that are at hand."""
        return self._tables[table].values()


class Context(Struct, frozen=True):
    """The world, handed in."""

    now: datetime
    policy: Policy
    policy_id: str
    stream: StreamKey
    cause: Cause
    rows: Rows
    reference: Mapping[str, Any] = {}
    """Active reference documents by name."""
    again: bool = False
    """The input was accepted before and is folded anew: `rows` may show what it led to then."""
    came_later: Callable[[UUID], bool] = lambda _key: False
    """Of an input that is folded anew: whether the one of this key came after it, whatever `rows` show by now."""


class Fact(Struct, frozen=True):
    """An event that the service announces."""

    data: Data
    time: datetime | None = None
    """None: the decision's `now`. Profile passes the upstream event's time on."""
    about_customer: bool = True
    """False: no subject; the key is the stream's id."""
    subject: UUID | None = None
    """None: the stream's own id. A merge also speaks for the file that was taken in."""
    home: UUID | None = None
    """The file that it goes with when files part. None: the one that the input came to which led to it."""


Moved = Mapping[tuple[UUID, UUID], Sequence[Event]]
"""The file that they came to as it seemed, the one that they came to -> inputs."""


class Regroup(Struct, frozen=True):
    """Whose inputs are whose is different now: a merge, or one taken back.

    The journals of `streams` are dealt out anew by what `rows` say, and every one of them is folded again.
    """

    streams: tuple[StreamKey, ...]
    rows: tuple[Struct, ...] = ()
    facts: tuple[Fact, ...] = ()
    """The word for it; what is different in consequence is found by `announce`."""
    told: Callable[[Moved], tuple[Fact, ...]] | None = None
    """The word where it depends on the inputs that belong to another of the streams now."""
    homes: Mapping[str, UUID] = {}
    """The files to which facts belong, by the id of what caused them, where that says more than the facts do."""


class Accepted(Struct, frozen=True):
    """The new state, what is announced, and the ledger rows that are new or different."""

    state: State
    facts: tuple[Fact, ...] = ()
    rows: tuple[Struct, ...] = ()
    regroup: Regroup | None = None
    """Comes first: the input is decided about again on the state that it leaves, and only that decision counts."""
    tells: tuple[Event, ...] = ()
    """Inputs of other streams that follow from this one: folded right after it, and journaled there."""
    erases: bool = False
    """The person is to be forgotten: the stream ends empty, and with it all that is kept of it but the keys of its
    inputs. What comes for it later is dropped."""


class Refused(Struct, frozen=True):
    """A rule says no: 409 (may work later) or 422 (never as sent) over HTTP, a dead letter otherwise."""

    rule: str
    detail: str
    status: int = 422


class Superseded(Struct, frozen=True):
    """Known already in another or a newer form: journaled, but the state stays."""

    because: str
    forget: bool = False
    """Not even its body is kept: it is about somebody who was erased."""


Decision = Accepted | Refused | Superseded
Decide = Callable[[State, Event | TimePassed, Context], Decision]
NextWake = Callable[[State, Context], datetime | None]


class RowKey(NamedTuple):
    """A ledger row that an event names: `load` fetches it before the fold."""

    table: type[Struct]
    key: Any


class Rules(Struct, frozen=True):
    """All that the engine knows of a service's domain."""

    service: str
    states: Mapping[str, type[Struct]]
    """Kind of stream -> its state's type. A type called without arguments gives the empty state."""
    commands: tuple[type[Data], ...]
    decide: Decide
    next_wake: NextWake
    names: Callable[[Event], Iterable[RowKey]]
    candidates: Callable[[Event, Rows], Iterable[StreamKey]]
    """Every stream the event may touch: they are locked, in id order, before the fold."""
    route: Callable[[Event, Rows], StreamKey]
    """The stream it is folded into, asked in fold order (rows show what the batch did so far)."""
    announce: Callable[[State, State, Context], tuple[Fact, ...]]
    """What is now different after a stream was folded again (a merge, a split). The empty state: there is no file."""
    home: Callable[[Event, Rows], UUID]
    """The file that the event came to, which another one may have taken in since: a split goes by it."""
    references: Mapping[str, type[Struct]] = {}
    """The reference documents that its rules look at, by name."""
    remains: Callable[[State, State, Context], tuple[Struct, ...]] = lambda _before, _after, _context: ()
    """Rows of the stream as it was that stay beside those of the stream as it was folded again."""
    brings: Callable[[Event], Iterable[str]] = lambda _event: ()
    """The things that an input brings, by the names that others go on about them by."""
    about: Callable[[Event], Iterable[str]] = lambda _event: ()
    """What it calls things that another input has brought: it is of the same file as that one."""
    outbound: str = ""
    """The topic its facts go to."""
    wakes: Callable[[StreamKey], Iterable[RowKey]] = lambda _key: ()
    """The rows that a wake-up of the stream looks at: none for most, which know all they need."""
    spelling: Callable[[str], str] = lambda name: name
    """The one spelling of a name by which upstream calls a customer."""
    redecide: Callable[[State, Context], Accepted] | None = None
    """What another policy makes of a state, no ledger rows at hand; None where it moves the next wake-up at most."""
