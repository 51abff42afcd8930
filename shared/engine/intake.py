"""From bytes to inputs: records, dead letters sent again, journal rows read back."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from shared.contracts.clock import ClockMoved
from shared.contracts.envelope import CONTENT_TYPE, Envelope, decode, encode
from shared.contracts.ids import derived, event_key, of_text
from shared.contracts.reading import parse_data, read
from shared.contracts.topics import WRITERS
from shared.contracts.types import CLOCK, Registry, registry
from shared.contracts.undecodable import Undecodable, Unread
from shared.engine.clocks import logged
from shared.engine.decision import Event
from shared.engine.inputs import Input, Move, Origin, Raw, Unreadable, has_no_time
from shared.engine.streams import NEVER
from shared.engine.subscriptions import Reads
from shared.traces.context import begun

NOTHING = registry((), closed=True)
AS_WRITTEN = ((), CONTENT_TYPE)
"""The headers of facts, whose bytes are what `encode` gives: they are not encoded again."""


def print_of(timestamp: int, key: bytes | None, value: bytes | None) -> UUID:
    """What a record looks like, so that another one at its offset is recognised."""
    return derived("print", str(timestamp), key or b"", value or b"")


class Intake:
    """Reads what one service subscribes to."""

    def __init__(self, reads: Reads, simulated: bool, log_append_time: bool) -> None:
        self.reads, self.commands = reads.by_topic, reads.commands
        self.topics = topics = reads.topics
        self.clock_topic = topics.clock
        self.log_append_time = log_append_time and not simulated
        self.share: float | None = None
        """Of the traces that begin with what comes from outside, those that are followed."""
        self._ranks = {topics.of(writer): n for n, writer in enumerate(WRITERS, 1)}

    def rank(self, topic: str) -> int:
        """The place of a topic among inputs of one instant; upstream comes first."""
        return self._ranks.get(topic, 0)

    def read(self, record: Any, start: int, clock: datetime | None) -> Input:
        """One record. Never raises: what cannot be read is an input that says why."""
        raw = Raw(record.value or b"", record.key, tuple(record.headers))
        origin = Origin(record.topic, record.partition, record.offset, start, record.timestamp)
        at = (logged(record) if self.log_append_time else None) or clock or NEVER
        if record.topic == self.clock_topic:
            return self._clock(raw, origin, at, logged(record))
        return self.event(raw, record.topic, origin, at)

    def _clock(self, raw: Raw, origin: Origin | None, at: datetime, logged_at: datetime | None = None) -> Input:
        skipped = partial(Input, "kafka", at, raw=raw, origin=origin)
        try:
            data = parse_data((envelope := decode(raw.value, raw.headers)).type, bytes(envelope.data), CLOCK)
        except Undecodable as error:
            return skipped(unreadable=Unreadable(error.reason, error.detail, error.event_id))
        except Unread:
            return skipped()
        return skipped(clock=Move(data.now, logged_at)) if isinstance(data, ClockMoved) else skipped()

    def event(self, raw: Raw, topic: str, origin: Origin | None, at: datetime, door: Any = "kafka") -> Input:
        """An event of this topic; our own facts carry their `recordedtime`, all others get `at`.

        What nobody here reads keeps its time too: everything behind it would wait for a later one. A trace begins with
        what comes from outside without one; a fact without one is of none.
        """
        is_fact = topic != self.topics.upstream
        try:
            envelope = decode(raw.value, raw.headers)
            at = envelope.recordedtime or at if is_fact else at
            data = read(envelope, self.reads.get(topic, NOTHING))
        except Undecodable as error:
            unreadable = Unreadable(error.reason, error.detail, error.event_id, None if is_fact else _key(error))
            return Input(door, at, unreadable=unreadable, raw=raw, origin=origin)
        except Unread:
            return Input(door, at, raw=raw, origin=origin)
        key = of_text(envelope.id) if is_fact else event_key(envelope.source, envelope.id)
        event = Event(
            key=key,
            id=envelope.id,
            source=envelope.source,
            type=envelope.type,
            time=envelope.time,
            recordedtime=at,
            subject=envelope.subject,
            data=data,
            causationid=envelope.causationid,
            home=_home(envelope) if is_fact else None,
            traceparent=envelope.traceparent or (None if is_fact or not self.share else begun(key, self.share)),
        )
        as_written = is_fact and raw.headers in AS_WRITTEN
        return Input(door, at, event, raw=raw, origin=origin, body=raw.value if as_written else encode(envelope))

    def again(self, raw: Raw, topic: str | None) -> Input:
        """A dead letter's bytes, judged again at the present clock; one of no topic came through our own door."""
        if topic == self.clock_topic:
            return self._clock(raw, None, NEVER)
        if topic is None and (command := self._command(raw)) is not None:
            return command
        return self.event(raw, topic or self.topics.upstream, None, NEVER, "replay")

    def _command(self, raw: Raw) -> Input | None:
        """A command whose rule failed; None for an event that came over HTTP."""
        try:
            envelope = decode(raw.value, raw.headers)
        except Undecodable:
            return None
        if envelope.type not in self.commands:
            return None
        return journaled(self.commands, "replay", NEVER, event_key(envelope.source, envelope.id), raw.value)


def journaled(types: Registry, door: Any, now: datetime, key: UUID, body: bytes) -> Input:
    """A journal row as the input it was, at the `now` at which it was folded; `types` holds commands too."""
    envelope: Envelope = decode(body, max_bytes=len(body))
    data = parse_data(envelope.type, bytes(envelope.data), types)
    event = Event(
        key=key,
        id=envelope.id,
        source=envelope.source,
        type=envelope.type,
        time=now if has_no_time(envelope.time, data) else envelope.time,
        recordedtime=now,
        subject=envelope.subject,
        data=data,
        causationid=envelope.causationid,
        home=_home(envelope),
        traceparent=envelope.traceparent,
    )
    return Input(door, now, event, body=body)


def _key(error: Undecodable) -> UUID | None:
    """Of an upstream event whose envelope could be read."""
    return None if error.source is None or error.event_id is None else event_key(error.source, error.event_id)


def _home(envelope: Envelope) -> UUID | None:
    """Raises nothing: on a text that is no id the subject stands."""
    try:
        return of_text(envelope.homeid) if envelope.homeid else None
    except ValueError:
        return None
