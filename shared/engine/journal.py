"""Reading the journal back: the inputs of a stream, in the order in which they were folded."""

from __future__ import annotations

from collections.abc import Iterable

import asyncpg
from msgspec.structs import replace

from shared.contracts.types import Registry
from shared.engine.decision import StreamKey
from shared.engine.inputs import Input
from shared.engine.intake import journaled

PAST = """
select kind, id, event_key, door, now, policy_id, body from journal
 where (kind, id) in (select * from unnest($1::text[], $2::uuid[])) and door <> 'wake' and body <> ''
 order by kind, id, seq
"""


async def past_of(
    connection: asyncpg.Connection, types: Registry, keys: Iterable[StreamKey]
) -> dict[StreamKey, list[Input]]:
    """Every applied input of these streams but wake-ups and what was forgotten. Without event: where a policy began.

    `recordedtime` is the `now` at which it was folded.
    """
    keys = sorted(keys)
    past: dict[StreamKey, list[Input]] = {key: [] for key in keys}
    for row in await connection.fetch(PAST, [k.kind for k in keys], [k.id for k in keys]):
        past[StreamKey(row["kind"], row["id"])].append(_input(types, row))
    return past


def _input(types: Registry, row: asyncpg.Record) -> Input:
    if row["door"] == "policy":
        return Input("policy", row["now"], body=row["body"], policy_id=row["policy_id"])
    item = journaled(types, row["door"], row["now"], row["event_key"], row["body"])
    return replace(item, policy_id=row["policy_id"])
