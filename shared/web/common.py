"""The routes that every service has."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from typing import Annotated, Any, Final
from uuid import UUID

import msgspec
from fastapi import APIRouter, Query, Request
from fastapi.responses import JSONResponse, Response

from shared.contracts.ids import event_key
from shared.contracts.topics import WRITERS
from shared.engine import dead_letters
from shared.engine.apply import ClockUnset, Engine
from shared.web import audit
from shared.web.access import Access, Table
from shared.web.commands import caught_up, problem_of
from shared.web.deps import Db, Page, engine_of
from shared.web.pages import page, seek
from shared.web.problems import not_found
from shared.web.roles import May

router = APIRouter(prefix="/v1")
Text = Annotated[str, Query(max_length=300, pattern=r"^[^\x00]*$")]
ACCESS: Final[Table] = {
    "GET /v1/idle": Access(May.ASK),
    "GET /v1/events": Access(May.TELL),
    "GET /v1/dead-letters": Access(May.RAW, of_many=True),
    "GET /v1/dead-letters/{id}": Access(May.RAW, of_many=True, personal=True),
    "POST /v1/dead-letters/{id}/replay": Access(May.RAW, of_many=True, personal=True),
    "GET /v1/audit": Access(May.PROTECT, of_many=True, personal=True),
}

IDLE = """
select {clock} as now,
       (select coalesce(json_agg(json_build_array(topic, part, next_offset)), '[]')
          from published_offset)::text as published,
       (select coalesce(json_agg(json_build_array(topic, part, next_offset)), '[]')
          from consumer_offset)::text as consumed,
       (select count(*) from outbox) as outbox,
       (select count(*) from stream where wake_at < {clock})
         + (select count(*) from job where state in ('waiting', 'running') and due_at < {clock}) as due,
       (select min(applied_until) from consumer_offset where topic <> $1) as until,
       (select id from policy where state = 'active') as policy_id
"""
JOURNALED = """
select case when kind = 'customer' then id end as customer_id, now, outcome from journal where event_key = $1
"""
DEAD = "select reason, detail, last_at from dead_letter where event_key = $1"


def _offsets(rows: str) -> dict[str, dict[str, int]]:
    found: defaultdict[str, dict[str, int]] = defaultdict(dict)
    for topic, part, offset in msgspec.json.decode(rows, type=list[tuple[str, int, int]]):
        found[topic][str(part)] = offset
    return found


@router.get("/idle", tags=["operation"])
async def idle(request: Request) -> Response:
    """What rest is judged by: offsets published and consumed, the outbox, what is due."""
    engine = engine_of(request)
    [row] = await engine.pool.fetch(IDLE.format(clock=engine.clock.sql), engine.clock_topic)
    if (now := row["now"]) is None:
        raise ClockUnset("the simulated clock has not been set: send clock.moved first")
    answer = {
        "now": now,
        "published": _offsets(row["published"]),
        "consumed": _offsets(row["consumed"]),
        "outbox": row["outbox"],
        "due": row["due"] + _behind(engine, row["until"], now),
        "applied": engine.applied,
        "policy_id": row["policy_id"],
    }
    return Response(msgspec.json.encode(answer), media_type="application/json")


def _behind(engine: Engine, until: datetime | None, now: datetime) -> int:
    """1 while partitions have not been read up to a simulated clock: commands would be asked to wait."""
    return int(engine.clock.simulated and (until is None or until < now))


@router.get("/dead-letters", tags=["operation"])
async def list_dead_letters(
    connection: Db, page_of: Page, reason: str | None = None, replayed: bool | None = None
) -> dict[str, Any]:
    """What this service could not take, newest first, without the bytes."""
    after = seek(page_of.after, lambda at, letter: (datetime.fromisoformat(at), UUID(letter)))
    found = await dead_letters.list_dead_letters(connection, reason, replayed, after, page_of.limit + 1)
    return page(found, page_of.limit, lambda item: [item["last_at"].isoformat(), str(item["dead_letter_id"])])


@router.get("/dead-letters/{id}", tags=["operation"])
async def show_dead_letter(connection: Db, id: UUID) -> dict[str, Any]:
    """One with its bytes, key and headers, base64."""
    found = await dead_letters.show_dead_letter(connection, id)
    if found is None:
        raise not_found(f"dead letter {id}")
    return found


@router.post("/dead-letters/{id}/replay", tags=["operation"])
async def replay_dead_letter(request: Request, id: UUID) -> Response:
    """Judge it again as if it came now: 200 with what became of it, or the problem that it still has."""
    engine = engine_of(request)
    await caught_up(engine)
    outcome = await dead_letters.replay_dead_letter(engine, request.app.state.service.intake, id)
    if outcome is None:
        raise not_found(f"dead letter {id}")
    if outcome.result in ("refused", "failed"):
        raise problem_of(outcome)
    customer = str(outcome.stream.id) if outcome.stream and outcome.stream.kind == "customer" else None
    return JSONResponse({"dead_letter_id": str(id), "result": outcome.result, "customer_id": customer})


@router.get("/audit", tags=["operation"])
async def list_audit(
    connection: Db, page_of: Page, about: UUID | None = None, who: Text | None = None
) -> dict[str, Any]:
    """Who was shown or changed personal data of this service, newest first; of one customer, or by one who asked."""
    before = seek(page_of.after, int)
    found = [dict(row) for row in await connection.fetch(audit.LISTED, about, who, before, page_of.limit + 1)]
    return page(found, page_of.limit, lambda item: [item["number"]])


@router.get("/events", tags=["operation"])
async def find_event(connection: Db, source: str, id: str) -> dict[str, Any]:
    """What became of an input of this service."""
    key = _key(source, id)
    if (row := await connection.fetchrow(JOURNALED, key)) is not None:
        return {"outcome": row["outcome"], "customer_id": row["customer_id"], "at": row["now"], "problem": None}
    if (row := await connection.fetchrow(DEAD, key)) is not None:
        failed = row["reason"] == "internal_error"
        problem = {"type": f"urn:holdfast:{row['reason']}", "detail": None if failed else row["detail"]}
        return {
            "outcome": "failed" if failed else "refused",
            "customer_id": None,
            "at": row["last_at"],
            "problem": problem,
        }
    return {"outcome": "unknown", "customer_id": None, "at": None, "problem": None}


def _key(source: str, id: str) -> UUID:
    if source.startswith("holdfast/") and source.removeprefix("holdfast/") in WRITERS:
        try:
            return UUID(id)
        except ValueError:
            return event_key(source, id)
    return event_key(source, id)
