"""A fold: what a batch works on, held in memory, and what it leaves to be recorded. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import count
from typing import Any
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace

from shared.engine.decision import Accepted, Cause, Context, Event, Fact, Rows, Rules, StreamKey
from shared.engine.inputs import Failure, Input
from shared.engine.ledger import Ledger
from shared.engine.records import DeadLetter, JournalRow, OutboxRow, announcement
from shared.engine.routing import Alias, Belonging, thing
from shared.engine.streams import Hindsight, Past, Stream, World
from shared.traces.spans import Decided

RECORDED_NOW = 1 << 62
"""Rows of this batch come after all that the journal holds."""


class Fold:
    """One batch's work in memory: what it was given, and what is to be recorded."""

    def __init__(
        self,
        rules: Rules,
        ledgers: Iterable[Ledger],
        world: World,
        streams: dict[StreamKey, Stream],
        rows: Rows,
        hindsight: Hindsight | None = None,
    ) -> None:
        self.rules = rules
        self.ledgers = {ledger.row: ledger for ledger in ledgers}
        self.world = world
        self.streams = streams
        self.rows = rows
        self.hindsight = hindsight or Hindsight()
        self.journal: list[JournalRow] = []
        self.outbox: list[OutboxRow] = []
        self.dead: list[DeadLetter] = []
        self.saved: defaultdict[type[Struct], dict[Any, Struct]] = defaultdict(dict)
        self.moved: dict[UUID, StreamKey] = {}
        """Journal rows by event key -> the stream that they belong to now."""
        self.folded_again: set[StreamKey] = set()
        """Their wake-ups are in `journal` again, and their ledgers' rows in `saved`."""
        self.applied: defaultdict[StreamKey, list[Past]] = defaultdict(list)
        self.histories: dict[StreamKey, list[Past]] = {}
        """Of streams that were dealt out anew: their inputs up to then, in place of their journals."""
        self.failures: list[Failure] = []
        self.silent = False
        """A history that is folded again: what it announced was announced then."""
        self.said_again: list[tuple[datetime, Fact]] = []
        self.traced: list[Decided] = []
        """What was decided about inputs whose spans somebody wants."""
        self.erased: list[tuple[StreamKey, UUID]] = []
        """Streams that end here, each with the key of the input that ended it."""
        self._places = count(RECORDED_NOW)

    def beside(self) -> Fold:
        """A fold of its own in the same world, over the same rows."""
        return Fold(self.rules, self.ledgers.values(), self.world, {}, self.rows, self.hindsight)

    def under(self, policy_id: str, activation: str | None = None) -> World:
        """The world under one of the policies by which a history was folded."""
        policy = self.hindsight.policies.get(policy_id)
        if policy is None:
            return self.world
        return replace(self.world, policy=policy, policy_id=policy_id, activation=activation or "start")

    def context(self, stream: Stream, now: datetime, cause: Cause) -> Context:
        return Context(
            now=now,
            policy=self.world.policy,
            policy_id=self.world.policy_id,
            stream=stream.key,
            cause=cause,
            rows=self.rows,
            reference=self.world.reference,
        )

    def next_wake(self, stream: Stream, now: datetime) -> datetime | None:
        """When time alone changes this stream next, asked at `now`."""
        return self.rules.next_wake(stream.state, self.context(stream, now, Cause("", "rebuild")))

    def home_of(self, stream: Stream, event: Event) -> UUID:
        """The file that the event came to; what names a thing of a file that was taken in goes with the thing."""
        if stream.key.kind != "customer":
            return stream.key.id
        home = self.rules.home(event, self.rows)
        if home != stream.key.id or self.rows.get(Alias, home) is None:
            return home
        for table, key in self.rules.names(event):
            found = self.rows.get(Belonging, thing(table, key))
            if found is not None:
                return found.home
        return home

    def accept(self, stream: Stream, decision: Accepted, context: Context, cause_key: UUID, home: UUID) -> None:
        wake_at = self.rules.next_wake(decision.state, context)
        facts = self._announced(decision.facts, context, cause_key, home) if decision.facts else []
        stream.state = decision.state
        stream.wake_at = wake_at
        stream.flagged = None if stream.flagged == "wake_spins" else stream.flagged
        self.outbox.extend(facts)
        is_family = self.rows.get(Alias, stream.key.id) is not None
        for row in decision.rows:
            self.put(row)
            if is_family and (ledger := self.ledgers[type(row)]).things:
                self._belongs(thing(type(row), ledger.key(row)), home)

    def _belongs(self, name: str, home: UUID) -> None:
        """The thing is of the file that has brought it, whoever changes it later."""
        known = self.saved[Belonging].get(name) if self.silent else self.rows.get(Belonging, name)
        if known is None:
            self.put(Belonging(name, home, is_dealt=self.silent))

    def _announced(self, facts: Sequence[Fact], context: Context, cause_key: UUID, home: UUID) -> list[OutboxRow]:
        if self.silent:
            self.said_again += [(context.now, fact) for fact in facts]
            return []
        return [announcement(self.rules, fact, n, context, cause_key, home) for n, fact in enumerate(facts)]

    def put(self, row: Struct) -> None:
        key = self.ledgers[type(row)].key(row)
        self.rows.put(key, row)
        self.saved[type(row)][key] = row

    def record(self, stream: Stream, item: Input, event: Event, now: datetime, outcome: str) -> None:
        """Put the input itself aside: its journal row, and its place in what the stream has lived through."""
        stream.last_now = now
        stream.version += 1
        stream.changed = True
        policy_id = self.world.policy_id
        past = Past(now, next(self._places), event.key, policy_id, event)
        self.applied[stream.key].append(past)
        self.journal.append(
            JournalRow(stream.key, event.key, item.door, event.type, now, event.time, policy_id, outcome, item.body)
        )
