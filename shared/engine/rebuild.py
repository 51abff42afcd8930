"""State = fold(journal): work every stream out again from its inputs, compare, and put right what differs."""

from __future__ import annotations

from collections.abc import AsyncIterator
from uuid import UUID

import asyncpg
import msgspec
from msgspec import Struct

from shared.engine import tables
from shared.engine.apply import Engine
from shared.engine.decision import StreamKey
from shared.engine.fold import Fold
from shared.engine.policies import deciding
from shared.engine.refold import as_recorded
from shared.engine.streams import Stream
from shared.postgres.pool import borrow

KEYS = """
select kind, id from stream
 where version > 0 and erased_at is null and (kind, id) > ($1, $2) order by kind, id limit $3
"""
CHUNK = 200


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
    hindsight = await engine.with_past(connection, keys)
    events = [row.event for rows in hindsight.journals.values() for row in rows if row.event]
    rows = await engine.needed.for_deciding(connection, engine.needed.asked(events))
    different = []
    for key, stream in streams.items():
        fold = engine.new_fold(world, {}, rows, hindsight)
        ghost = as_recorded(fold, key, hindsight.journals[key])
        differs = _differs(stream, ghost)
        if differs:
            different.append(key)
        if repair and (differs or stream.flagged):  # a rule that failed may be mended: it may wake again
            await _store(engine, connection, fold, stream, ghost)
    return different


def _differs(stream: Stream, ghost: Stream) -> bool:
    return msgspec.json.encode(stream.state) != msgspec.json.encode(ghost.state)


async def _store(engine: Engine, connection: asyncpg.Connection, fold: Fold, stream: Stream, ghost: Stream) -> None:
    stream.state, stream.flagged, stream.changed = ghost.state, None, True
    fold.world = fold.under(stream.policy_id)
    stream.wake_at = fold.next_wake(stream, stream.last_now)
    stream.version += 1
    kept = fold.beside()
    kept.streams, kept.saved = {stream.key: stream}, fold.saved
    await tables.save(connection, engine.ledgers, kept)
