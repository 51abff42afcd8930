"""Reading the journal back: the rows of a stream, in the order in which they were folded."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import asyncpg

from shared.contracts.types import Registry
from shared.engine.decision import StreamKey
from shared.engine.intake import journaled
from shared.engine.streams import Past

PAST = """
select kind, id, seq, event_key, door, now, policy_id, body from journal
 where (kind, id) in (select * from unnest($1::text[], $2::uuid[])) and (body <> '' or door = 'wake')
   and ($3::text[] is null or type = any($3))
 order by kind, id, now, seq
"""


async def past_of(
    connection: asyncpg.Connection, types: Registry, keys: Iterable[StreamKey], only: Sequence[str] | None = None
) -> dict[StreamKey, list[Past]]:
    """Every row of these streams but what was forgotten; `recordedtime` is the `now` of its fold.

    `only`: the rows of these types alone.
    """
    keys = sorted(keys)
    past: dict[StreamKey, list[Past]] = {key: [] for key in keys}
    for row in await connection.fetch(PAST, [k.kind for k in keys], [k.id for k in keys], only):
        past[StreamKey(row["kind"], row["id"])].append(_row(types, row))
    return past


def _row(types: Registry, row: asyncpg.Record) -> Past:
    key, now = row["event_key"], row["now"]
    match row["door"]:
        case "wake":
            return Past(now, row["seq"], key, row["policy_id"])
        case "policy":
            return Past(now, row["seq"], key, row["policy_id"], activation=row["body"].decode())
        case door:
            event = journaled(types, door, now, key, row["body"]).event
            return Past(now, row["seq"], key, row["policy_id"], event)
