"""State = fold(journal): work every stream out again from its inputs, compare, and put right what differs."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import msgspec
from msgspec import Struct

from shared.engine import tables
from shared.engine.apply import Engine
from shared.engine.decision import StreamKey
from shared.engine.fold import Fold, Past, Stream
from shared.engine.journal import past_of
from shared.engine.policies import deciding
from shared.postgres.pool import borrow

KEYS = """
select kind, id from stream
 where version > 0 and erased_at is null and (kind, id) > ($1, $2) order by kind, id limit $3
"""
LAST_WAKE = """
select kind, id, max(now) as at from journal
 where (kind, id) in (select * from unnest($1::text[], $2::uuid[])) and door = 'wake' group by kind, id
"""
CHUNK = 200
INSTANT = timedelta(microseconds=1)


class Progress(Struct, frozen=True):
    """How many streams have been folded again so far, and which of them came out different."""

    streams: int
    different: tuple[StreamKey, ...]


async def rebuild(engine: Engine, repair: bool) -> AsyncIterator[Progress]:
    """Fold every stream from its journal, in id order, a chunk to a transaction; with `repair` the result is stored.

    Facts are not said again. A stream's ledger rows are written again where it differs.
    """
    after, folded = StreamKey("", UUID(int=0)), 0
    different: tuple[StreamKey, ...] = ()
    while True:
        async with borrow(engine.pool) as connection, deciding(connection):
            keys = [StreamKey(r["kind"], r["id"]) for r in await connection.fetch(KEYS, *after, CHUNK)]
            if not keys:
                return
            different += tuple(await _chunk(engine, connection, keys, repair))
        after, folded = keys[-1], folded + len(keys)
        yield Progress(folded, different)


async def _chunk(
    engine: Engine, connection: asyncpg.Connection, keys: list[StreamKey], repair: bool
) -> list[StreamKey]:
    world = await engine.world(connection)
    streams = await tables.lock_streams(connection, engine.rules, keys)
    past = await past_of(connection, engine.types, keys)
    rows = await tables.load_rows(connection, engine.ledgers, engine.wanted([i for p in past.values() for i in p]))
    policies = await engine.policies_of(connection, [i for p in past.values() for i in p])
    found = await connection.fetch(LAST_WAKE, [k.kind for k in keys], [k.id for k in keys])
    woken = {StreamKey(r["kind"], r["id"]): r["at"] for r in found}
    different = []
    for key, stream in streams.items():
        fold = engine.new_fold(world, {}, rows)
        fold.policies = policies
        state = fold.again(stream.key, Past.of(past[key]), _end(woken.get(key)))
        if _differs(stream, state):
            different.append(key)
            if repair:
                await _store(engine, connection, fold, stream, state)
    return different


def _end(last_wake: datetime | None) -> datetime | None:
    return last_wake + INSTANT if last_wake else None


def _differs(stream: Stream, state: Any) -> bool:
    return msgspec.json.encode(stream.state) != msgspec.json.encode(state)


async def _store(engine: Engine, connection: asyncpg.Connection, fold: Fold, stream: Stream, state: Any) -> None:
    stream.wake_at = fold.wake_of(stream, state)
    stream.state, stream.flagged, stream.changed = state, None, True
    stream.version += 1
    await tables.save_streams(connection, [stream])
    await tables.save_ledgers(connection, engine.ledgers, fold)
