"""The fold: inputs and the wake-ups due between them, in order, onto streams held in memory. Pure."""

from __future__ import annotations

import traceback
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from shared.contracts.ids import derived, wake_key
from shared.contracts.policy import Policy
from shared.engine.decision import (
    Accepted,
    Cause,
    Context,
    Event,
    Fact,
    Refused,
    Rows,
    Rules,
    StreamKey,
    Superseded,
    TimePassed,
)
from shared.engine.inputs import Input, Outcome
from shared.engine.records import DeadLetter, JournalRow, OutboxRow, announcement, dead_letter, told_input
from shared.engine.routing import Alias

NEVER = datetime.fromisoformat("1900-01-01T00:00:00+00:00")


class Stream:
    """One stream as the fold holds it; `version` 0 has nothing in it yet."""

    __slots__ = ("changed", "erased_at", "flagged", "key", "last_now", "policy_id", "state", "version", "wake_at")

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


class NeedJournals(Exception):
    """A decision joins streams: their journals are to be loaded, then the fold is made again."""

    def __init__(self, keys: Iterable[StreamKey]) -> None:
        super().__init__("journals of joining streams")
        self.keys = frozenset(keys)


class World(Struct, frozen=True):
    """What holds for a whole batch."""

    policy: Policy
    policy_id: str
    clock: datetime
    reference: Mapping[str, Any] = {}
    activation: str = "start"
    """The fact that made this policy the active one."""


class Past(NamedTuple):
    """One input of a stream's history, and the policy by which it was folded; without an event: that policy's start."""

    now: datetime
    event: Event | None
    policy_id: str
    activation: str = "start"

    @classmethod
    def of(cls, items: Iterable[Input]) -> list[Past]:
        """As the journal gave them."""
        return [cls(i.recordedtime, i.event, i.policy_id, "" if i.event else i.body.decode()) for i in items]


class Fold:
    """One batch's work in memory: what it was given, and what is to be recorded."""

    def __init__(
        self,
        rules: Rules,
        world: World,
        streams: dict[StreamKey, Stream],
        rows: Rows,
        journals: Mapping[StreamKey, list[Input]] | None = None,
    ) -> None:
        self.rules = rules
        self.world = world
        self.streams = streams
        self.rows = rows
        self.journals = journals or {}
        self.journal: list[JournalRow] = []
        self.outbox: list[OutboxRow] = []
        self.dead: list[DeadLetter] = []
        self.saved: dict[type[Struct], dict[Any, Struct]] = {}
        self.moved: list[tuple[StreamKey, StreamKey]] = []
        self.applied: dict[StreamKey, list[Past]] = {}
        self.failures: list[str] = []
        self.again_only = False
        """A history that is folded again: what it announced was announced then."""
        self.said_again: list[tuple[datetime, Fact]] = []
        self.erased: list[tuple[StreamKey, UUID]] = []
        """Streams that end here, each with the key of the input that ended it."""

    def put(self, key: Any, row: Struct) -> None:
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
        try:
            stream = self.streams[self.rules.route(event, self.rows)]
            now = max(event.recordedtime, stream.last_now)
            self.wake(stream, now)
            self.carry(stream, now)
            return self._settle_event(stream, item, event, now)
        except NeedJournals:
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
        context = self._context(stream, now, Cause(event.id, event.type))
        decision = self.rules.decide(stream.state, event, context) if stream.erased_at is None else _gone(item)
        match decision:
            case Refused(rule, detail, status):
                if item.door != "http":  # a caller has it; nothing is written
                    self.dead.append(dead_letter(self.rules.service, item, rule, detail, stream.key.id))
                return Outcome("refused", stream.key, rule, detail, status)
            case Superseded(because, forget):
                self._record(stream, replace(item, body=b"") if forget else item, event, now, "superseded")
                return Outcome("superseded", stream.key, because)
            case Accepted():
                if decision.absorbs:
                    decision = self._absorb(stream, decision, event, context)
                self._accept(stream, decision, context, event.key)
                self._record(stream, item, event, now, "applied")
                for told in decision.tells:
                    self._input(told_input(item, told), told)
                if decision.erases:
                    self._erase(stream, event.key)
                return Outcome("applied", stream.key)

    def _erase(self, stream: Stream, cause: UUID) -> None:
        """What the batch has put aside for this stream goes with the rest when it is recorded."""
        stream.state = self.rules.states[stream.key.kind]()
        stream.wake_at, stream.flagged, stream.erased_at = None, None, stream.last_now
        self.applied.pop(stream.key, None)
        self.erased.append((stream.key, cause))

    def _record(self, stream: Stream, item: Input, event: Event, now: datetime, outcome: str) -> None:
        stream.last_now = now
        stream.version += 1
        stream.changed = True
        self.applied.setdefault(stream.key, []).append(Past(now, event, self.world.policy_id))
        self.journal.append(
            JournalRow(
                stream.key, event.key, item.door, event.type, now, event.time, self.world.policy_id, outcome, item.body
            )
        )

    def _accept(self, stream: Stream, decision: Accepted, context: Context, cause_key: UUID) -> None:
        wake_at = self.rules.next_wake(decision.state, context)
        facts = self._announced(decision.facts, context, cause_key)
        stream.state = decision.state
        stream.wake_at = wake_at
        stream.flagged = None if stream.flagged == "wake_spins" else stream.flagged
        self.outbox.extend(facts)
        for row in decision.rows:
            self.put(self._key(row), row)

    def _announced(self, facts: Sequence[Fact], context: Context, cause_key: UUID) -> list[OutboxRow]:
        if self.again_only:
            self.said_again += [(context.now, fact) for fact in facts]
            return []
        return [announcement(self.rules, fact, n, context, cause_key) for n, fact in enumerate(facts)]

    def _key(self, row: Struct) -> Any:
        return self.keys[type(row)](row)

    keys: Mapping[type[Struct], Any] = {}
    """How each ledger's row is keyed; set by the engine."""

    policies: Mapping[str, Policy] = {}
    """The policies that a history was folded by; set where one is read."""

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
        context = self._context(stream, now, Cause(world.activation, type_))
        decision = self.rules.redecide(stream.state, context) if self.rules.redecide else Accepted(stream.state)
        stood = (stream.state, stream.wake_at)
        self._accept(stream, decision, context, key)
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
            key = self._wake_key(stream, at)
            context = self._context(stream, at, Cause(str(key), "time.passed"))
            decision = self.rules.decide(stream.state, TimePassed(at), context)
            if not isinstance(decision, Accepted):
                raise TypeError(f"a wake-up may not be refused: {decision!r}")
            self._accept(stream, decision, context, key)
            stream.last_now = max(stream.last_now, at)
            stream.version += 1
            stream.changed = True
            self.journal.append(
                JournalRow(stream.key, key, "wake", "time.passed", at, at, self.world.policy_id, "applied", b"")
            )
            if stream.wake_at is not None and stream.wake_at <= at:  # it would spin: until its next input it sleeps
                stream.wake_at, stream.flagged = None, "wake_spins"

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

    def _context(self, stream: Stream, now: datetime, cause: Cause) -> Context:
        return Context(
            now=now,
            policy=self.world.policy,
            policy_id=self.world.policy_id,
            stream=stream.key,
            cause=cause,
            rows=self.rows,
            reference=self.world.reference,
        )

    # -- joining streams

    def _absorb(self, stream: Stream, decision: Accepted, event: Event, context: Context) -> Accepted:
        """Join the journals of `decision.absorbs` to this stream's and fold it again from nothing.

        The facts are the decision's own and what `announce` finds different; the past says nothing twice.
        """
        if {stream.key, *decision.absorbs} - self.journals.keys():
            raise NeedJournals({stream.key, *decision.absorbs, *self.journals})
        before = stream.state
        keys = (stream.key, *decision.absorbs)
        past = Past.of(item for key in keys for item in self.journals[key])
        past += [folded for key in keys for folded in self.applied.get(key, [])]
        for key in decision.absorbs:
            self._empty(self.streams[key], stream)
        past.sort(key=_now)
        past.append(Past(context.now, None, self.world.policy_id, self.world.activation))
        state = self.again(stream.key, past, None)
        joined = self.rules.decide(state, event, context)
        after = joined.state if isinstance(joined, Accepted) else state
        rows = joined.rows if isinstance(joined, Accepted) else ()
        facts = (*decision.facts, *self.rules.announce(before, after, context))
        return Accepted(after, facts, rows)

    def _empty(self, loser: Stream, winner: Stream) -> None:
        loser.state = self.rules.states[loser.key.kind]()
        loser.wake_at, loser.version, loser.changed = None, loser.version + 1, True
        self.moved.append((loser.key, winner.key))
        self.journal = [replace(row, stream=winner.key) if row.stream == loser.key else row for row in self.journal]
        self.applied.pop(loser.key, None)
        self.put(loser.key.id, Alias(loser.key.id, winner.key.id))

    def again(self, key: StreamKey, past: Iterable[Past], until: datetime | None) -> Any:
        """The state that these inputs give from nothing, each by its policy; its ledger rows are put.

        With the wake-ups before each of them, and before `until`.
        """
        inner = Fold(self.rules, self.world, {}, self.rows)
        inner.keys, inner.again_only = self.keys, True
        ghost = Stream(key, self.rules.states[key.kind]())
        for now, event, policy_id, activation in past:
            inner.wake(ghost, now)
            inner.world = self.world_of(policy_id, activation)
            inner.carry(ghost, now)
            if event is None:
                continue
            context = replace(inner._context(ghost, now, Cause(event.id, event.type)), again=True)
            decision = inner.rules.decide(ghost.state, event, context)
            if isinstance(decision, Accepted):
                inner._accept(ghost, decision, context, event.key)
            ghost.last_now = now
            ghost.version += 1
        if until is not None:
            inner.wake(ghost, until)
        self.said_again = inner.said_again
        for kept in inner.saved.values():
            for row_key, row in kept.items():
                self.put(row_key, row)
        return ghost.state

    def world_of(self, policy_id: str, activation: str) -> World:
        """The world under one of `policies`."""
        policy = self.policies.get(policy_id)
        return replace(self.world, policy=policy, policy_id=policy_id, activation=activation) if policy else self.world

    def wake_of(self, stream: Stream, state: Any) -> datetime | None:
        """When time alone changes this state next, asked at the stream's last `now` under its policy."""
        inner = Fold(self.rules, self.world_of(stream.policy_id, "start"), {}, self.rows)
        return self.rules.next_wake(state, inner._context(stream, stream.last_now, Cause("", "rebuild")))


def _gone(item: Input) -> Refused | Superseded:
    """What becomes of an input for somebody who was erased: a caller is told, all else is dropped unread."""
    if item.door == "http":
        return Refused("erased", "This person was erased; nothing is kept under this id any more.", 410)
    return Superseded("this person was erased", forget=True)


def _now(past: Past) -> datetime:
    """Histories are merged by `now` alone: within one instant each keeps the order of its journal."""
    return past.now
