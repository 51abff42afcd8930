"""The count of the shadow: all customers' letters under the policy that is in the shadow, beside those in force."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import asyncpg
import msgspec

from services.grading.domain.shadow import shadow_of
from services.grading.domain.state import CustomerState
from shared.clock import business_date
from shared.contracts.policy import Policy
from shared.contracts.values import Grade
from shared.engine import jobs
from shared.engine.jobs import Job
from shared.engine.policies import SHADOW_ID
from shared.engine.policy_life import COUNT_SHADOW
from shared.engine.run import Chunk, Run

NEXT = """
select id, state from stream
 where kind = 'customer' and id > $1 and version > 0 and erased_at is null order by id limit $2
"""
NOBODY = UUID(int=0)
_states = msgspec.json.Decoder(CustomerState)


async def count_shadow(run: Run) -> None:
    """At once when a policy is put in the shadow, and each day as long as there is one."""
    await run.through(_chunk)


async def _chunk(run: Run, chunk: Chunk) -> int:
    id = await chunk.connection.fetchval(SHADOW_ID)
    if id is None:
        await jobs.make_last(chunk.connection, run.task)
        return 0
    place = chunk.cursor
    if place is None or place["policy_id"] != id:
        place = {"policy_id": id, "after": str(NOBODY), "migration": {}}
    rows = await chunk.connection.fetch(NEXT, UUID(place["after"]), run.size)
    if not rows:
        zone = chunk.world.policy.calendar.time_zone
        await jobs.add_daily(chunk.connection, COUNT_SHADOW, chunk.world.clock, zone)
        chunk.result = _answer(id, place["migration"]) | {"as_of": business_date(chunk.world.clock, zone).isoformat()}
        return 0
    policy = await run.engine.policies.known(chunk.connection, id)
    for row in rows:
        _count(place["migration"], _states.decode(row["state"]), policy, chunk)
    chunk.cursor = place | {"after": str(rows[-1]["id"])}
    chunk.progress = {"customers": chunk.progress.get("customers", 0) + len(rows)}
    return len(rows)


def _count(migration: dict[str, dict[str, int]], state: CustomerState, policy: Policy, chunk: Chunk) -> None:
    day = business_date(chunk.world.clock, state.time_zone or policy.calendar.time_zone)
    shadow = shadow_of(state, day, policy)
    if shadow is not None and state.assigned is not None:
        row = migration.setdefault(state.assigned.axes.grade, {})
        row[shadow.axes.grade] = row.get(shadow.axes.grade, 0) + 1


def _answer(id: str, migration: dict[str, dict[str, int]]) -> dict[str, Any]:
    counted = {str(a): {str(b): migration.get(a, {}).get(b, 0) for b in Grade} for a in Grade}
    grades = {str(b): sum(counted[a][b] for a in counted) for b in Grade}
    return {"policy_id": id, "customers": sum(grades.values()), "grades": grades, "migration": counted}


LAST = """
select result::text from job
 where kind = $1 and state = 'done' and result ->> 'policy_id' = $2 order by ended_at desc limit 1
"""


async def last_count(connection: asyncpg.Connection) -> dict[str, Any] | None:
    """The shadow's last count; None while there is no shadow, or none of it yet."""
    id = await connection.fetchval(SHADOW_ID)
    text = await connection.fetchval(LAST, COUNT_SHADOW, id) if id else None
    return msgspec.json.decode(text) if text else None


JOB = Job(COUNT_SHADOW, count_shadow)
