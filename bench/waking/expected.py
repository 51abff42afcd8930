"""What a customer's year comes to where nothing goes wrong: the rules alone, folded in memory."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from hashlib import blake2b
from uuid import UUID

import msgspec
from msgspec import Struct

from services.scheduler.domain.rules import RULES
from services.scheduler.domain.state import CustomerState
from shared.contracts.ids import derived, wake_key
from shared.contracts.policy import Policy
from shared.contracts.reading import dump_data
from shared.engine.decision import Accepted, Cause, Context, Event, Rows, StreamKey, TimePassed
from shared.engine.inputs import Input


class Said(Struct):
    """Facts that were announced: how many, and a sum over them that knows no order."""

    count: int = 0
    sum: int = 0

    def add(self, time: datetime, type_: str, data: bytes) -> None:
        told = f"{time.timestamp()} {type_} ".encode() + data
        self.count += 1
        self.sum += int.from_bytes(blake2b(told, digest_size=16).digest())


class Life:
    """One customer: state, the instants at which it woke up, and all that was said."""

    def __init__(self, customer: UUID, policy: Policy, policy_id: str) -> None:
        self.key = StreamKey("customer", customer)
        self.policy, self.policy_id = policy, policy_id
        self.state = CustomerState()
        self.woke: list[datetime] = []
        self.said = Said()
        self._wake_at: datetime | None = None
        self._last_now: datetime | None = None

    def lead(self, inputs: Sequence[Input], until: datetime) -> None:
        """Hear these, and let the time pass between them and after."""
        for item in inputs:
            event = item.event
            assert event is not None
            self._pass_until(event.recordedtime)
            now = max(event.recordedtime, self._last_now or event.recordedtime)
            self._decide(event, now, Cause(event.id, event.type))
        self._pass_until(until)

    def _pass_until(self, limit: datetime) -> None:
        while self._wake_at is not None and self._wake_at < limit:
            at = self._wake_at
            self.woke.append(at)
            self._decide(TimePassed(at), at, Cause(str(self._key(at)), "time.passed"))

    def _key(self, at: datetime) -> UUID:
        key = wake_key(RULES.service, *self.key, at)
        if self._last_now is None or at > self._last_now:
            return key
        return derived("again", key.bytes, msgspec.json.encode(self.state))

    def _decide(self, event: Event | TimePassed, now: datetime, cause: Cause) -> None:
        context = Context(
            now=now, policy=self.policy, policy_id=self.policy_id, stream=self.key, cause=cause, rows=Rows()
        )
        decision = RULES.decide(self.state, event, context)
        self._last_now = now
        if isinstance(decision, Accepted):
            self.state = decision.state
            self._wake_at = RULES.next_wake(self.state, context)
            for fact in decision.facts:
                self.said.add(fact.time or now, fact.data.TYPE, dump_data(fact.data))
