"""The engine's own SQL: streams, journal, outbox, dead letters, and the ledgers' statements beside them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

import asyncpg
import msgspec

from shared.engine import together
from shared.engine.decision import Rows, Rules, StreamKey
from shared.engine.fold import Fold
from shared.engine.ledger import Ledger
from shared.engine.records import DeadLetter, OutboxRow
from shared.engine.streams import Stream
from shared.engine.together import Part

Connection = asyncpg.Connection

ENSURE_STREAMS = """
insert into stream (kind, id) select * from unnest($1::text[], $2::uuid[])
on conflict (kind, id) do nothing
"""
LOCK_STREAMS = """
select kind, id, version, state, last_now, wake_at, flagged, erased_at, policy_id from stream
 where (kind, id) in (select * from unnest($1::text[], $2::uuid[]))
 order by kind, id
   for update
"""
UPDATE_STREAMS = """
update stream s
   set version = u.version, state = coalesce(u.state, s.state), last_now = u.last_now, wake_at = u.wake_at,
       policy_id = u.policy_id, flagged = u.flagged, erased_at = u.erased_at
  from unnest($1::text[], $2::uuid[], $3::bigint[], $4::bytea[], $5::timestamptz[], $6::timestamptz[], $7::text[],
              $8::timestamptz[], $9::text[])
       as u(kind, id, version, state, last_now, wake_at, flagged, erased_at, policy_id)
 where s.kind = u.kind and s.id = u.id
"""
APPEND_JOURNAL = """
insert into journal (kind, id, event_key, door, type, now, event_time, policy_id, outcome, body)
select kind, id, event_key, door, type, now, event_time, policy_id, outcome, body
  from unnest($1::text[], $2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::timestamptz[], $7::timestamptz[],
              $8::text[], $9::text[], $10::bytea[]) with ordinality
       as u(kind, id, event_key, door, type, now, event_time, policy_id, outcome, body, n)
 order by n
"""
JOURNALED = ("kind", "id", "event_key", "door", "type", "now", "event_time", "policy_id", "outcome", "body")
MANY = 100
"""Journal and outbox rows that are copied: a third less CPU for each, and a round trip more for all."""
APPEND_OUTBOX = """
insert into outbox (topic, key, event_id, payload)
select topic, key, event_id, payload
  from unnest($1::text[], $2::bytea[], $3::uuid[], $4::bytea[]) with ordinality
       as u(topic, key, event_id, payload, n)
 order by n
"""
OUTBOX = ("topic", "key", "event_id", "payload")
MOVE_JOURNAL = """
update journal j set kind = m.kind, id = m.id
  from unnest($1::uuid[], $2::text[], $3::uuid[]) as m(event_key, kind, id)
 where j.event_key = m.event_key
"""
FORGET_STEPS = """
delete from journal
 where (kind, id) in (select * from unnest($1::text[], $2::uuid[])) and door in ('wake', 'policy')
"""
SAVE_DEAD_LETTERS = """
insert into dead_letter (id, event_key, event_id, origin_topic, origin_part, origin_offset, key, headers, body,
                         reason, detail, stream_id, called, first_at, last_at)
select id, event_key, event_id, origin_topic, origin_part, origin_offset, key, headers, body, reason, detail, stream_id,
       called, $14, $14
  from unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::int[], $6::bigint[], $7::bytea[], $8::bytea[],
              $9::bytea[], $10::text[], $11::text[], $12::uuid[], $13::text[])
       as u(id, event_key, event_id, origin_topic, origin_part, origin_offset, key, headers, body, reason, detail,
            stream_id, called)
on conflict (id) do update
   set tries = dead_letter.tries + 1, last_at = excluded.last_at, reason = excluded.reason, detail = excluded.detail
returning id, tries
"""
MARK_REPLAYED = "update dead_letter set replayed_at = $2 where event_key = any($1::uuid[]) and replayed_at is null"


@cache
def _decoder(type_: type[msgspec.Struct]) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(type_)


def _columns(rows: Iterable[tuple[Any, ...]]) -> list[list[Any]]:
    """Rows as one array per column, for `unnest`."""
    return [list(column) for column in zip(*rows, strict=True)]


async def ensure_streams(connection: Connection, keys: Sequence[StreamKey]) -> None:
    """A row for each stream, so that there is something to lock; version 0 has no content."""
    if keys:
        await connection.execute(ENSURE_STREAMS, [k.kind for k in keys], [k.id for k in keys])


async def lock_streams(connection: Connection, rules: Rules, keys: Sequence[StreamKey]) -> dict[StreamKey, Stream]:
    """Lock and load, in (kind, id) order; a key without a row is missing from the answer."""
    streams: dict[StreamKey, Stream] = {}
    if not keys:
        return streams
    for row in await connection.fetch(LOCK_STREAMS, [k.kind for k in keys], [k.id for k in keys]):
        stream = stream_of(rules, row)
        streams[stream.key] = stream
    return streams


def stream_of(rules: Rules, row: asyncpg.Record) -> Stream:
    """The stream that a row of table `stream` holds, its columns in the order of `LOCK_STREAMS`."""
    kind, id, version, state, last_now, wake_at, flagged, erased_at, policy_id = row
    state_type = rules.states[kind]
    stream = Stream(StreamKey(kind, id), None)
    if state:
        stream.state = stream.stored = _decoder(state_type).decode(state)
    else:
        stream.state = state_type()
    stream.version, stream.last_now, stream.wake_at = version, last_now, wake_at
    stream.flagged, stream.erased_at, stream.policy_id = flagged, erased_at, policy_id
    return stream


async def save(connection: Connection, ledgers: Sequence[Ledger], fold: Fold) -> None:
    """All that the fold has changed and said: in one statement, but for what reads or changes what that one writes.

    A long journal, and many facts, go ahead of it.
    """
    if fold.folded_again:
        await _make_room(connection, ledgers, fold)
    if len(fold.journal) >= MANY:
        journaled = [row.columns() for row in fold.journal]
        await connection.copy_records_to_table("journal", records=journaled, columns=JOURNALED)
    if len(fold.outbox) >= MANY:
        said = [row.columns() for row in fold.outbox]
        await connection.copy_records_to_table("outbox", records=said, columns=OUTBOX)
    saves = [
        (ledger.apart, Part(ledger.save, (_json(rows),)))
        for ledger in ledgers
        if ledger.save and (rows := fold.saved.get(ledger.row))
    ]
    parts = [*_engine_parts(fold), *(part for apart, part in saves if not apart)]
    await together.execute(connection, parts)
    for part in (part for apart, part in saves if apart):
        await connection.execute(part.text, *part.given)


async def _make_room(connection: Connection, ledgers: Iterable[Ledger], fold: Fold) -> None:
    """Rows of streams dealt out anew go where they belong; wake-ups and what was derived are made anew."""
    again = sorted(fold.folded_again)
    await connection.execute(FORGET_STEPS, [k.kind for k in again], [k.id for k in again])
    if moved := fold.moved:
        streams = moved.values()
        await connection.execute(MOVE_JOURNAL, [*moved], [k.kind for k in streams], [k.id for k in streams])
    for ledger in ledgers:
        if ledger.forget:
            await connection.execute(ledger.forget, sorted({key.id for key in again}))


def _engine_parts(fold: Fold) -> Iterator[Part]:
    if any(stream.changed for stream in fold.streams.values()):
        yield streams_part(fold.streams.values())
    if 0 < len(fold.journal) < MANY:
        yield Part(APPEND_JOURNAL, tuple(_columns(row.columns() for row in fold.journal)))
    if 0 < len(fold.outbox) < MANY:
        yield outbox_part(fold.outbox)


def streams_part(streams: Iterable[Stream]) -> Part:
    """Writes those that have changed; they are locked, so that their order is nobody's business."""
    changed = [stream for stream in streams if stream.changed]
    return Part(
        UPDATE_STREAMS,
        (
            [s.key.kind for s in changed],
            [s.key.id for s in changed],
            [s.version for s in changed],
            [None if s.state is s.stored else msgspec.json.encode(s.state) for s in changed],
            [s.last_now for s in changed],
            [s.wake_at for s in changed],
            [s.flagged for s in changed],
            [s.erased_at for s in changed],
            [s.policy_id for s in changed],
        ),
    )


def outbox_part(rows: Sequence[OutboxRow]) -> Part:
    """The facts; the relay hears of them with the commit."""
    return Part(APPEND_OUTBOX, tuple(_columns(row.columns() for row in rows)))


def _json(rows: Mapping[Any, msgspec.Struct]) -> str:
    return msgspec.json.encode(list(rows.values())).decode()


async def load_rows(
    connection: Connection, ledgers: Iterable[Ledger], wanted: Mapping[type, set[Any]], rows: Rows
) -> None:
    """Put the ledger rows of these keys into `rows`, in one statement."""
    asked = [(ledger, ledger.load, keys) for ledger in ledgers if ledger.load and (keys := wanted.get(ledger.row))]
    parts = [Part(load, (list(keys),)) for _, load, keys in asked]
    for n, text in await together.fetch(connection, parts):
        ledger = asked[n][0]
        row = _decoder(ledger.row).decode(text)
        rows.put(ledger.key(row), row)


async def save_dead_letters(connection: Connection, dead: Sequence[DeadLetter], at: datetime) -> set[UUID]:
    """Write or count them; the ids of those that are new."""
    by_id = {d.id: d for d in dead}
    if not by_id:
        return set()
    rows = sorted(by_id.values(), key=lambda d: d.id)
    saved = await connection.fetch(SAVE_DEAD_LETTERS, *_columns(d.columns() for d in rows), at)
    return {row["id"] for row in saved if row["tries"] == 1}


async def mark_replayed(connection: Connection, keys: Sequence[UUID], at: datetime) -> None:
    """A dead letter whose event was applied after all."""
    await connection.execute(MARK_REPLAYED, keys, at)
