"""The rows that a fold leaves behind: journal, outbox, dead letters."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct

from shared.contracts.dead_letter import DeadLetterRecorded
from shared.contracts.envelope import Envelope, encode
from shared.contracts.ids import derived, fact_id
from shared.contracts.reading import dump_data
from shared.engine.decision import Context, Event, Fact, Rules, StreamKey
from shared.engine.inputs import Input
from shared.traces.context import handed_on


class JournalRow(Struct, frozen=True):
    stream: StreamKey
    event_key: UUID
    door: str
    type: str
    now: datetime
    event_time: datetime | None
    policy_id: str
    outcome: str
    body: bytes

    def columns(self) -> tuple[Any, ...]:
        return (*self.stream, *msgspec.structs.astuple(self)[1:])


class OutboxRow(Struct, frozen=True):
    topic: str
    key: bytes | None
    event_id: UUID
    payload: bytes

    def columns(self) -> tuple[Any, ...]:
        return msgspec.structs.astuple(self)


class DeadLetter(Struct, frozen=True):
    """What a service could not take: the bytes as they came, and why."""

    id: UUID
    event_key: UUID | None
    event_id: str | None
    topic: str | None
    part: int | None
    offset: int | None
    key: bytes | None
    headers: bytes | None
    body: bytes
    reason: str
    detail: str
    stream_id: UUID | None = None
    """Whose it was to be, where that was found out."""
    called: str | None = None
    """Whom its key names, spelt as the rules do."""

    def columns(self) -> tuple[Any, ...]:
        return msgspec.structs.astuple(self)


def announcement(
    rules: Rules, fact: Fact, ordinal: int, context: Context, cause_key: UUID, home: UUID | None = None
) -> OutboxRow:
    """The outbox row of one fact; its id follows from cause and content alone, so that said twice it is one.

    `home`: the file that the cause came to.
    """
    data = dump_data(fact.data)
    id = fact_id(rules.service, cause_key, fact.data.TYPE, ordinal, data, context.now)
    about, told, trace = str(fact.subject or context.stream.id), str(id), context.cause.traceparent
    envelope = Envelope(
        specversion="1.0",
        id=told,
        source=f"holdfast/{rules.service}",
        type=fact.data.TYPE,
        subject=about if fact.about_customer else None,
        time=fact.time or context.now,
        datacontenttype="application/json",
        recordedtime=context.now,
        causationid=context.cause.event_id,
        homeid=_homeid(fact, context, home),
        traceparent=handed_on(trace, told) if trace else None,
        data=msgspec.Raw(data),
    )
    return OutboxRow(rules.outbound, about.encode(), id, encode(envelope))


def told_input(item: Input, event: Event) -> Input:
    """What one stream tells another, as the input of that other: it comes through the same door."""
    envelope = Envelope(
        specversion="1.0",
        id=event.id,
        source=event.source,
        type=event.type,
        subject=event.subject,
        time=event.time,
        recordedtime=event.recordedtime,
        causationid=event.causationid,
        homeid=str(event.home) if event.home else None,
        data=msgspec.Raw(dump_data(event.data)),
    )
    return Input(item.door, item.recordedtime, event, body=encode(envelope))


def _homeid(fact: Fact, context: Context, home: UUID | None) -> str | None:
    if fact.data.OF_WHOLE_FILE or not fact.about_customer:
        return None
    about = fact.subject or context.stream.id
    came = fact.home or (home if about == context.stream.id else None)
    return None if came in (None, about) else str(came)


def dead_letter(rules: Rules, item: Input, reason: str, detail: str, stream_id: UUID | None = None) -> DeadLetter:
    """The dead letter of an input: its id is the event's where one can be read, else that of its bytes."""
    raw, origin = item.raw, item.origin
    body = raw.value if raw else item.body
    event_key, event_id = _named(item)
    return DeadLetter(
        id=derived("dead letter", rules.service, event_key.bytes if event_key else body),
        event_key=event_key,
        event_id=event_id,
        topic=origin.topic if origin else None,
        part=origin.part if origin else None,
        offset=origin.offset if origin else None,
        key=raw.key if raw else None,
        headers=msgspec.json.encode(_headers(raw)) if raw and raw.headers else None,
        body=body,
        reason=reason,
        detail=detail,
        stream_id=stream_id,
        called=_called(rules, raw.key) if raw and raw.key else None,
    )


def _named(item: Input) -> tuple[UUID | None, str | None]:
    """Key and id of the event, as far as they could be read."""
    if item.event:
        return item.event.key, item.event.id
    return (item.unreadable.event_key, item.unreadable.event_id) if item.unreadable else (None, None)


def _called(rules: Rules, key: bytes) -> str | None:
    """None for bytes that are no text, or none that a database keeps."""
    try:
        name = key.decode()
    except UnicodeDecodeError:
        return None
    return rules.spelling(name) if "\x00" not in name else None


def notice(service: str, topic: str, dead: DeadLetter, at: datetime) -> OutboxRow:
    """What operators hear of a dead letter: no body, no key, no traceback."""
    told = DeadLetterRecorded(
        dead_letter_id=dead.id,
        service=service,
        reason=dead.reason,
        detail=dead.detail[:2000] if dead.reason != "internal_error" else "a rule failed; its traceback is in the row",
        origin_topic=dead.topic,
        origin_partition=dead.part,
        origin_offset=dead.offset,
        event_id=dead.event_id,
        failed_at=at,
    )
    id = derived("notice", dead.id.bytes)
    envelope = Envelope(
        specversion="1.0",
        id=str(id),
        source=f"holdfast/{service}",
        type=told.TYPE,
        time=at,
        datacontenttype="application/json",
        recordedtime=at,
        data=msgspec.Raw(dump_data(told)),
    )
    return OutboxRow(topic, None, id, encode(envelope))


def _headers(raw: Any) -> list[tuple[str, bytes | None]]:
    return [(name, value) for name, value in raw.headers]
