"""The fold: inputs and the wake-ups due between them, in order, onto streams held in memory. Pure."""

from __future__ import annotations

import traceback
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import count
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from shared.contracts.ids import derived, wake_key
from shared.engine import regroup
from shared.engine.decision import (
    Accepted,
    Cause,
    Context,
    Decision,
    Event,
    Fact,
    Refused,
    Regroup,
    Rows,
    Rules,
    StreamKey,
    Superseded,
    TimePassed,
)
from shared.engine.identity import WORDS, regroup_of
from shared.engine.inputs import Input, Outcome
from shared.engine.ledger import Ledger
from shared.engine.records import DeadLetter, JournalRow, OutboxRow, announcement, dead_letter, told_input
from shared.engine.routing import Alias, Belonging, thing
from shared.engine.streams import Hindsight, NeedJournals, Past, RegroupFailed, Stream, World

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
        self.saved: dict[type[Struct], dict[Any, Struct]] = {}
        self.moved: dict[UUID, StreamKey] = {}
        """Journal rows by event key -> the stream that they belong to now."""
        self.folded_again: set[StreamKey] = set()
        """Their wake-ups are in `journal` again, and their ledgers' rows in `saved`."""
        self.applied: defaultdict[StreamKey, list[Past]] = defaultdict(list)
        self.histories: dict[StreamKey, list[Past]] = {}
        """Of streams that were dealt out anew: their inputs up to then, in place of their journals."""
        self.failures: list[str] = []
        self.silent = False
        """A history that is folded again: what it announced was announced then."""
        self.said_again: list[tuple[datetime, Fact]] = []
        self.erased: list[tuple[StreamKey, UUID]] = []
        """Streams that end here, each with the key of the input that ended it."""
        self._places = count(RECORDED_NOW)

    def beside(self) -> Fold:
        """A fold of its own in the same world, over the same rows."""
        return Fold(self.rules, self.ledgers.values(), self.world, {}, self.rows, self.hindsight)

    def put(self, row: Struct) -> None:
        key = self.ledgers[type(row)].key(row)
        self.rows.put(key, row)
        self.saved.setdefault(type(row), {})[key] = row

    def inputs(self, inputs: Iterable[Input], claimed: set[UUID]) -> list[Outcome]:
        """Fold every input whose event key is not in `claimed` (the journal has those); one outcome each, in order."""
        outcomes = []
        for item in inputs:
            if item.unreadable is not None:
                self.dead.append(dead_letter(self.rules.service, item, item.unreadable.reason, item.unreadable.detail))
                outcomes.append(Outcome("refused", None, item.unreadable.reason, item.unreadable.detail))
            elif item.event is None:
                outcomes.append(Outcome("skipped"))
            elif item.event.key in claimed:
                outcomes.append(Outcome("duplicate"))
            else:
                outcome = self._input(item, item.event)
                if outcome.result in ("applied", "superseded"):
                    claimed.add(item.event.key)
                outcomes.append(outcome)
        return outcomes

    def _input(self, item: Input, event: Event) -> Outcome:
        stream: Stream | None = None
        if (detail := self.hindsight.broken.get(event.key)) is not None:
            return self._failed(None, item, detail)
        try:
            stream = self.streams[self.rules.route(event, self.rows)]
            now = max(event.recordedtime, stream.last_now)
            self.wake(stream, now)
            self.carry(stream, now)
            return self._settle_event(stream, item, event, now)
        except (NeedJournals, RegroupFailed):
            raise
        except Exception:  # noqa: BLE001 - a bug in a rule: the input becomes a dead letter with its traceback, others go on
            return self._failed(stream, item, traceback.format_exc(limit=-8))

    def _failed(self, stream: Stream | None, item: Input, detail: str) -> Outcome:
        self.failures.append(detail)
        about = stream.key.id if stream else None
        self.dead.append(dead_letter(self.rules.service, item, "internal_error", detail, about))
        if stream is not None:
            stream.flagged, stream.changed = "internal_error", True
        return Outcome("failed", stream.key if stream else None, "internal_error", "a rule failed; see the dead letter")

    def _settle_event(self, stream: Stream, item: Input, event: Event, now: datetime) -> Outcome:
        context = self.context(stream, now, Cause(event.id, event.type))
        decision = self._decide(stream, event, context) if stream.erased_at is None else _gone(item)
        match decision:
            case Refused(rule, detail, status):
                if item.door != "http":  # a caller has it; nothing is written
                    self.dead.append(dead_letter(self.rules.service, item, rule, detail, stream.key.id))
                return Outcome("refused", stream.key, rule, detail, status)
            case Superseded(because, forget):
                self._record(stream, replace(item, body=b"") if forget else item, event, now, "superseded")
                return Outcome("superseded", stream.key, because)
            case Accepted():
                if decision.regroup is not None:
                    decision = self._regrouped(stream, decision.regroup, event, context)
                self.accept(stream, decision, context, event.key, self.home_of(stream, event))
                self._record(stream, item, event, now, "applied")
                for told in decision.tells:
                    self._input(told_input(item, told), told)
                if decision.erases:
                    self._erase(stream, event.key)
                return Outcome("applied", stream.key)

    def _decide(self, stream: Stream, event: Event, context: Context) -> Decision:
        """Profile's words on who is whom are the engine's; all else is the domain's."""
        if not isinstance(event.data, WORDS):
            return self.rules.decide(stream.state, event, context)
        found = regroup_of(event, event.data, self.rows)
        return found if isinstance(found, Superseded) else Accepted(stream.state, regroup=found)

    def _regrouped(self, stream: Stream, asked: Regroup, event: Event, context: Context) -> Accepted:
        """What is decided about the event once the files are as it says. Raises RegroupFailed, all being half done."""
        try:
            said = regroup.deal_out(self, stream, asked, context)
            again = self._decide(stream, event, context)
        except NeedJournals:
            raise
        except Exception as error:
            raise RegroupFailed(event.key, traceback.format_exc(limit=-8)) from error
        after = again if isinstance(again, Accepted) else Accepted(stream.state)
        return replace(after, facts=(*said, *after.facts), regroup=None)

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

    def _erase(self, stream: Stream, cause: UUID) -> None:
        """What the batch has put aside for this stream goes with the rest when it is recorded."""
        stream.state = self.rules.states[stream.key.kind]()
        stream.wake_at, stream.flagged, stream.erased_at = None, None, stream.last_now
        self.applied.pop(stream.key, None)
        self.histories.pop(stream.key, None)
        self.erased.append((stream.key, cause))

    def _record(self, stream: Stream, item: Input, event: Event, now: datetime, outcome: str) -> None:
        stream.last_now = now
        stream.version += 1
        stream.changed = True
        policy_id = self.world.policy_id
        past = Past(now, next(self._places), event.key, policy_id, event)
        self.applied[stream.key].append(past)
        self.journal.append(
            JournalRow(stream.key, event.key, item.door, event.type, now, event.time, policy_id, outcome, item.body)
        )

    def accept(self, stream: Stream, decision: Accepted, context: Context, cause_key: UUID, home: UUID) -> None:
        wake_at = self.rules.next_wake(decision.state, context)
        facts = self._announced(decision.facts, context, cause_key, home)
        stream.state = decision.state
        stream.wake_at = wake_at
        stream.flagged = None if stream.flagged == "wake_spins" else stream.flagged
        self.outbox.extend(facts)
        for row in decision.rows:
            self.put(row)
            if home != stream.key.id and (ledger := self.ledgers[type(row)]).things:
                self.put(Belonging(thing(type(row), ledger.key(row)), home))

    def _announced(self, facts: Sequence[Fact], context: Context, cause_key: UUID, home: UUID) -> list[OutboxRow]:
        if self.silent:
            self.said_again += [(context.now, fact) for fact in facts]
            return []
        return [announcement(self.rules, fact, n, context, cause_key, home) for n, fact in enumerate(facts)]

    # -- policy and time

    def carry(self, stream: Stream, now: datetime) -> None:
        """Decide again, once, what was decided by another policy than the active one; before anything else is decided.

        Journaled where it changes something or where time will: a history is folded again in the same steps.
        """
        before, stream.policy_id = stream.policy_id, self.world.policy_id
        if before in ("", self.world.policy_id) or stream.version == 0 or stream.erased_at is not None:
            return
        try:
            self._carry(stream, now)
        except BaseException:
            stream.policy_id = before
            raise

    def _carry(self, stream: Stream, now: datetime) -> None:
        service, kind, world = self.rules.service, stream.key.kind, self.world
        key = derived("policy", service, kind, stream.key.id.bytes, world.policy_id, world.activation)
        type_ = f"holdfast.{service}.policy.activated.v1"
        context = self.context(stream, now, Cause(world.activation, type_))
        decision = self.rules.redecide(stream.state, context) if self.rules.redecide else Accepted(stream.state)
        stood = (stream.state, stream.wake_at)
        self.accept(stream, decision, context, key, stream.key.id)
        stream.changed = True
        if stream.wake_at is None and not decision.facts and stood == (stream.state, None):
            return
        stream.last_now = max(stream.last_now, now)
        stream.version += 1
        body, columns = world.activation.encode(), (key, "policy", type_, now, now, world.policy_id, "applied")
        self.journal.append(JournalRow(stream.key, *columns, body))

    def carry_safely(self, stream: Stream, gate: datetime) -> None:
        """As `carry`, for the job: a rule that fails flags its stream, which stays as it is."""
        try:
            self.carry(stream, max(gate, stream.last_now))
        except Exception:  # noqa: BLE001 - a bug in a rule; its next input says it again
            stream.flagged, stream.changed = "internal_error", True
            self.failures.append(traceback.format_exc(limit=-8))

    def wake(self, stream: Stream, limit: datetime) -> None:
        """Fold every wake-up due strictly before `limit`: what was recorded at an instant goes before its wake-up."""
        while stream.wake_at is not None and stream.wake_at < limit:
            at = stream.wake_at
            self.carry(stream, at)
            if stream.wake_at != at:  # by the new policy another instant is next
                continue
            self.wake_at(stream, at)
            if stream.wake_at is not None and stream.wake_at <= at:  # it would spin: until its next input it sleeps
                stream.wake_at, stream.flagged = None, "wake_spins"

    def wake_at(self, stream: Stream, at: datetime) -> None:
        """Fold one wake-up. Raises TypeError where a rule refuses it."""
        key = self._wake_key(stream, at)
        context = self.context(stream, at, Cause(str(key), "time.passed"))
        decision = self.rules.decide(stream.state, TimePassed(at), context)
        if not isinstance(decision, Accepted):
            raise TypeError(f"a wake-up may not be refused: {decision!r}")
        self.accept(stream, decision, context, key, stream.key.id)
        stream.last_now = max(stream.last_now, at)
        stream.version += 1
        stream.changed = True
        self.journal.append(
            JournalRow(stream.key, key, "wake", "time.passed", at, at, self.world.policy_id, "applied", b"")
        )

    def _wake_key(self, stream: Stream, at: datetime) -> UUID:
        """An input recorded at the very instant of a wake-up may ask for another one then: told apart by the state."""
        key = wake_key(self.rules.service, stream.key.kind, stream.key.id, at)
        return key if at > stream.last_now else derived("again", key.bytes, msgspec.json.encode(stream.state))

    def wake_safely(self, stream: Stream, limit: datetime) -> None:
        """As `wake`, for the wake-up door: a rule that fails flags its stream and lets the others go on."""
        try:
            self.wake(stream, limit)
        except Exception:  # noqa: BLE001 - a bug in a rule; the stream sleeps, flagged, until its next input
            stream.wake_at, stream.flagged, stream.changed = None, "internal_error", True
            self.failures.append(traceback.format_exc(limit=-8))

    def under(self, policy_id: str, activation: str | None = None) -> World:
        """The world under one of the policies by which a history was folded."""
        policy = self.hindsight.policies.get(policy_id)
        if policy is None:
            return self.world
        return replace(self.world, policy=policy, policy_id=policy_id, activation=activation or "start")

    def next_wake(self, stream: Stream, now: datetime) -> datetime | None:
        """When time alone changes this stream next, asked at `now`."""
        return self.rules.next_wake(stream.state, self.context(stream, now, Cause("", "rebuild")))

    def context(self, stream: Stream, now: datetime, cause: Cause, *, again: bool = False) -> Context:
        return Context(
            now=now,
            policy=self.world.policy,
            policy_id=self.world.policy_id,
            stream=stream.key,
            cause=cause,
            rows=self.rows,
            reference=self.world.reference,
            again=again,
        )


def _gone(item: Input) -> Refused | Superseded:
    """What becomes of an input for somebody who was erased: a caller is told, all else is dropped unread."""
    if item.door == "http":
        return Refused("erased", "This person was erased; nothing is kept under this id any more.", 410)
    return Superseded("this person was erased", forget=True)
