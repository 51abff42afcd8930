"""A small service to turn the engine with: it counts, keeps promises, refuses, breaks and joins on demand."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace

from shared.contracts.data import Data
from shared.contracts.profile import CustomerAbsorbed, CustomerMerged, CustomerSplit
from shared.engine.decision import (
    Accepted,
    Context,
    Decision,
    Event,
    Fact,
    Refused,
    RowKey,
    Rules,
    TimePassed,
)
from shared.engine.ledger import Ledger
from shared.engine.routing import alias_keys, by_customer, home_of, only_its_customer

MIGRATION = "create table note (id text primary key, customer_id uuid not null, n int not null check (n < 1000))"


class Counted(Data):
    TYPE: ClassVar[str] = "holdfast.profile.toy.counted.v1"
    n: int = 1


class Promised(Data):
    TYPE: ClassVar[str] = "holdfast.profile.toy.promised.v1"
    until: datetime


class Kept(Data):
    TYPE: ClassVar[str] = "holdfast.profile.toy.kept.v1"


class Exploded(Data):
    TYPE: ClassVar[str] = "holdfast.profile.toy.exploded.v1"


class Amended(Data):
    """About a note, whoever's it is."""

    TYPE: ClassVar[str] = "holdfast.profile.toy.amended.v1"
    note: str
    n: int


class Forgotten(Data):
    TYPE: ClassVar[str] = "holdfast.profile.toy.forgotten.v1"


class Total(Data):
    TYPE: ClassVar[str] = "holdfast.grading.toy.total.v1"
    OF_WHOLE_FILE: ClassVar[bool] = True
    total: int


class Amendment(Data):
    TYPE: ClassVar[str] = "holdfast.grading.toy.amendment.v1"
    n: int


class Broken(Data):
    TYPE: ClassVar[str] = "holdfast.grading.toy.broken.v1"


class Note(Struct, frozen=True):
    id: str
    customer_id: UUID
    n: int


NOTES = Ledger(
    row=Note,
    key=lambda row: row.id,
    save="""
insert into note (id, customer_id, n) select id, customer_id, n from json_populate_recordset(null::note, $1::json)
on conflict (id) do update set customer_id = excluded.customer_id, n = excluded.n
""",
    load="select row_to_json(kept)::text as row from note kept where kept.id = any($1::text[])",
    erase="delete from note where customer_id = any($1::uuid[])",
    things=True,
)


class State(Struct, frozen=True):
    total: int = 0
    promise: datetime | None = None
    broken: int = 0
    spins: bool = False


def decide(state: State, event: Event | TimePassed, context: Context) -> Decision:  # noqa: C901, PLR0911 - a table
    if isinstance(event, TimePassed):
        if state.spins:
            return Accepted(state)
        return Accepted(replace(state, promise=None, broken=state.broken + 1), (Fact(Broken()),))
    data: Any = event.data
    match data:
        case Counted(n=n) if n < 0:
            return Refused("negative", "send a number from 0 on")
        case Counted(n=n):
            note = Note(event.id, context.stream.id, n)
            return Accepted(replace(state, total=state.total + n), (Fact(Total(total=state.total + n)),), (note,))
        case Promised(until=until):
            return Accepted(replace(state, promise=until))
        case Kept():
            return Accepted(replace(state, promise=None))
        case Forgotten():
            return Accepted(state, (Fact(Total(total=0)),), erases=True)
        case Amended(note=note_id, n=n):
            known = context.rows.get(Note, note_id)
            rows = (Note(note_id, context.stream.id, known.n),) if known else ()
            return Accepted(replace(state, total=state.total + n), (Fact(Amendment(n=n)),), rows)
        case _:
            raise ArithmeticError("exploded")


def names(event: Event) -> Sequence[RowKey]:
    match event.data:
        case Amended(note=note):
            return [*alias_keys(event), RowKey(Note, note)]
        case Counted():
            return [*alias_keys(event), RowKey(Note, event.id)]
        case _:
            return alias_keys(event)


def announce(before: State, after: State, _context: Context) -> tuple[Fact, ...]:
    return (Fact(Total(total=after.total)),) if after.total not in (0, before.total) else ()


RULES = Rules(
    service="grading",
    states={"customer": State},
    commands=(),
    decide=decide,
    next_wake=lambda state, _context: state.promise,
    names=names,
    candidates=only_its_customer,
    route=by_customer,
    announce=announce,
    home=home_of,
    outbound="holdfast.grading.v1",
)
SUBSCRIPTIONS = {
    "profile": (Counted, Promised, Kept, Exploded, Amended, Forgotten, CustomerMerged, CustomerAbsorbed, CustomerSplit)
}
