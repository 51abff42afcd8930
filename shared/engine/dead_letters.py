"""Dead letters: read them, and send them through the rules again."""

from __future__ import annotations

import base64
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg
import msgspec

from shared.engine.apply import Engine
from shared.engine.inputs import Outcome, Raw
from shared.engine.intake import Intake

COLUMNS = (
    "id, event_id, origin_topic, origin_part, origin_offset, reason, detail, tries, first_at, last_at, replayed_at"
)
LIST = """
select id, event_id, origin_topic, origin_part, origin_offset, reason, detail, tries, first_at, last_at, replayed_at
  from dead_letter
 where ($1::text is null or reason = $1) and ($2::bool is null or (replayed_at is not null) = $2)
   and ($3::timestamptz is null or (last_at, id) < ($3, $4::uuid))
 order by last_at desc, id desc limit $5
"""
SHOW = """
select id, event_id, origin_topic, origin_part, origin_offset, reason, detail, tries, first_at, last_at, replayed_at,
       key, headers, body
  from dead_letter where id = $1
"""
AGAIN = "update dead_letter set tries = tries + 1, last_at = $4, reason = $2, detail = $3 where id = $1"
DONE = "update dead_letter set replayed_at = $2 where id = $1 and replayed_at is null"


def _summary(row: asyncpg.Record) -> dict[str, Any]:
    return {
        "dead_letter_id": row["id"],
        "event_id": row["event_id"],
        "reason": row["reason"],
        "detail": row["detail"],
        "origin_topic": row["origin_topic"],
        "origin_partition": row["origin_part"],
        "origin_offset": row["origin_offset"],
        "tries": row["tries"],
        "first_at": row["first_at"],
        "last_at": row["last_at"],
        "replayed_at": row["replayed_at"],
    }


async def list_dead_letters(
    connection: asyncpg.Connection,
    reason: str | None,
    replayed: bool | None,
    after: tuple[datetime, UUID] | None,
    limit: int,
) -> list[dict[str, Any]]:
    """Newest first; without the bytes."""
    at, id = after or (None, None)
    return [_summary(row) for row in await connection.fetch(LIST, reason, replayed, at, id, limit)]


async def show_dead_letter(connection: asyncpg.Connection, id: UUID) -> dict[str, Any] | None:
    """One with its bytes, key and headers in base64; None where there is none."""
    row = await connection.fetchrow(SHOW, id)
    if row is None:
        return None
    return _summary(row) | {
        "body": base64.b64encode(row["body"]).decode(),
        "key": base64.b64encode(row["key"]).decode() if row["key"] is not None else None,
        "headers": msgspec.json.decode(row["headers"]) if row["headers"] else [],
    }


async def replay_dead_letter(engine: Engine, intake: Intake, id: UUID) -> Outcome | None:
    """Judge its bytes again as if they came now; None where there is none. A refusal counts as another try."""
    row = await engine.pool.fetchrow(SHOW, id)
    if row is None:
        return None
    headers = msgspec.json.decode(row["headers"], type=list[tuple[str, bytes | None]]) if row["headers"] else []
    raw = Raw(row["body"], row["key"], tuple(headers))
    item = intake.again(raw, row["origin_topic"])
    if item.unreadable is not None:
        now = await engine.clock.read(engine.pool)
        await engine.pool.execute(AGAIN, id, item.unreadable.reason, item.unreadable.detail, now)
        return Outcome("refused", None, item.unreadable.reason, item.unreadable.detail)
    outcome = (await engine.apply([item])).outcomes[0]
    if outcome.result in ("applied", "superseded", "duplicate"):
        await engine.pool.execute(DONE, id, await engine.clock.read(engine.pool))
    return outcome
