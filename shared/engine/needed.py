"""Which ledger rows and streams inputs need, as their rules say."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

import asyncpg
from msgspec import Struct

from shared.engine import tables
from shared.engine.alias import ALIASES, BELONGINGS
from shared.engine.claims import CLAIMS, Claim
from shared.engine.decision import Event, RowKey, Rows, Rules, StreamKey
from shared.engine.inputs import Input
from shared.engine.ledger import Ledger
from shared.engine.routing import Alias, Belonging, canonical_of, thing

Wanted = Mapping[type, set[Any]]


class Asked(Struct, frozen=True):
    """Events, and the rows that they name: the rules are asked once, outside all locks."""

    events: Sequence[Event]
    wanted: Wanted


class Look(Struct, frozen=True):
    """What was seen before the locks: the rows that say whose the events are, and so which streams they may touch."""

    asked: Asked
    rows: Rows
    keys: Sequence[StreamKey]


class Needed:
    """What a service's rules ask for, and how it is loaded: one statement for all."""

    def __init__(self, rules: Rules, ledgers: Sequence[Ledger]) -> None:
        self.rules = rules
        self.ledgers = tuple(ledgers)
        self.routing = tuple(ledger for ledger in self.ledgers if ledger.routes)
        self.routes: tuple[type[Struct], ...] = (Alias, *(ledger.row for ledger in self.routing))
        self.owners = {ledger.row: ledger.owners for ledger in self.ledgers if ledger.owners}
        self.things = frozenset(ledger.row for ledger in self.ledgers if ledger.things)

    def candidates(self, inputs: Iterable[Input], rows: Rows) -> set[StreamKey]:
        """Every stream that the inputs may touch."""
        return {key for item in inputs if item.event for key in self.rules.candidates(item.event, rows)}

    def asked(self, events: Sequence[Event]) -> Asked:
        """What the rules say that these events name."""
        wanted: defaultdict[type, set[Any]] = defaultdict(set)
        for event in events:
            for table, key in self.rules.names(event):
                wanted[table].add(key)
        return Asked(events, wanted)

    async def for_routing(self, connection: asyncpg.Connection, asked: Asked) -> Rows:
        """What says whose the events are."""
        return await self._load(connection, self.routing, asked.wanted)

    async def for_deciding(self, connection: asyncpg.Connection, asked: Asked, keys: Iterable[UUID] = ()) -> Rows:
        """All rows that the events name, and which of the keys are claimed; of merged files also whose things are."""
        rows = await self._load(connection, (*self.ledgers, CLAIMS), {**asked.wanted, Claim: set(keys)})
        if any(rows.of(Alias)) and (names := {name for event in asked.events for name in self._things(event, rows)}):
            await tables.load_rows(connection, [BELONGINGS], {Belonging: names}, rows)
        return rows

    def is_covered(self, inputs: Sequence[Input], look: Look, rows: Rows) -> bool:
        """Whether the streams of the look are all that the inputs may touch, by the rows as they are under the locks.

        Where what says so is the same the rules would say the same.
        """
        if all(look.rows.same(table, rows) for table in self.routes):
            return True
        return self.candidates(inputs, rows) <= set(look.keys)

    async def _load(self, connection: asyncpg.Connection, ledgers: Sequence[Ledger], wanted: Wanted) -> Rows:
        """In one statement, and in a second one what the files are called now that the rows lead to."""
        rows = Rows()
        await tables.load_rows(connection, (*ledgers, ALIASES), wanted, rows)
        found = {owner for table, owners in self.owners.items() for row in rows.of(table) for owner in owners(row)}
        if led_to := found - wanted.get(Alias, set()):
            await tables.load_rows(connection, [ALIASES], {Alias: led_to}, rows)
        return rows

    def _things(self, event: Event, rows: Rows) -> list[str]:
        """None where the customer that the event names has taken nobody in."""
        if not self.things or event.subject is None or not self._is_family(event, rows):
            return []
        named: Iterable[RowKey] = self.rules.names(event)
        return [thing(table, key) for table, key in named if table in self.things]

    def _is_family(self, event: Event, rows: Rows) -> bool:
        try:
            return rows.get(Alias, canonical_of(UUID(event.subject or ""), rows)) is not None
        except ValueError:
            return False
