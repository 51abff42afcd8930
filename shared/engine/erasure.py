"""Forgetting a person: of an erased stream nothing is left but its keys, so that old inputs are still recognised."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from uuid import UUID

import asyncpg

from shared.engine.decision import StreamKey
from shared.engine.ledger import Ledger

EVERY_ID = """
with recursive known as (
  select unnest($1::uuid[]) as id
  union
  select alias.id from known join alias on alias.canonical = known.id
)
select id from known
"""
FORGET_INPUTS = """
update journal set body = ''
 where (kind, id) in (select * from unnest($1::text[], $2::uuid[])) and event_key <> all($3::uuid[]) and body <> ''
"""
FORGET_DEAD_LETTERS = "delete from dead_letter where stream_id = any($1::uuid[])"
FORGET_ANSWERS = "delete from idempotency where stream_id = any($1::uuid[])"


async def erase(
    connection: asyncpg.Connection, ledgers: Iterable[Ledger], erased: Sequence[tuple[StreamKey, UUID]]
) -> None:
    """Forget these streams in the transaction that has saved them as erased; of their inputs only the last is kept."""
    if not erased:
        return
    keys = [key for key, _ in erased]
    ids = [row["id"] for row in await connection.fetch(EVERY_ID, [key.id for key in keys])]
    for statement in (ledger.erase or ledger.forget for ledger in ledgers):
        if statement:
            await connection.execute(statement, ids)
    await connection.execute(
        FORGET_INPUTS, [key.kind for key in keys], [key.id for key in keys], [cause for _, cause in erased]
    )
    await connection.execute(FORGET_DEAD_LETTERS, ids)
    await connection.execute(FORGET_ANSWERS, ids)
