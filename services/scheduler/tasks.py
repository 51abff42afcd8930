"""Tasks as they are listed and shown, in the order of the work list (SC-25)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

import asyncpg
import msgspec

from services.scheduler.worklist import Item, Place, place_of
from shared.contracts.policy import Policy
from shared.engine.alias import canonical

TOLD = (
    "kind", "occasion", "channel", "department", "purpose", "consent_purpose", "amount", "currency", "service_type",
    "step", "status", "snoozed_because", "rule", "overdue_days", "escalated_to",
)  # fmt: skip
AS_TEXT = ("task_id", "customer_id", "due_on", "caused_by_case")


class Filters(NamedTuple):
    """What a list of tasks is narrowed to; filters combine, days are inclusive."""

    customer: UUID | None = None
    kind: str | None = None
    status: str | None = None
    owner: str | None = None
    case: UUID | None = None
    from_on: date | None = None
    to_on: date | None = None


TASKS = """
with ranked as (
  select t.*, t.task_id as id, coalesce(t.owner, c.owner) as doer,
         case when t.status in ('open', 'awaiting_approval') then greatest(own.today - t.due_on, 0) else 0 end
           as overdue_days,
         case when t.status in ('open', 'awaiting_approval') and t.due_on < own.today then 0 else 1 end as late,
         task_urgency(t.because, c.urgency) as urgency_rank, task_tier(t.because, c.tier, c.segments) as tier_rank,
         coalesce(c.grade, 'F') as grade_rank
    from task t join customer c using (customer_id)
   cross join lateral (select ($8::timestamptz at time zone coalesce(c.time_zone, $16::text))::date as today) as own
   where ($1::uuid is null or t.customer_id = $1)
     and ($2::text is null or t.kind = $2)
     and ($3::text is null or t.status = $3)
     and ($4::text is null or coalesce(t.owner, c.owner) = $4)
     and ($5::uuid is null or t.caused_by_case = $5)
     and ($6::date is null or t.due_on >= $6)
     and ($7::date is null or t.due_on <= $7)
)
select * from ranked
 where $9::int is null
    or (late, urgency_rank, tier_rank, grade_rank, due_on, id)
     > ($9, $10::int, $11::int, $12::text, $13::date, $14::uuid)
 order by late, urgency_rank, tier_rank, grade_rank, due_on, id
 limit $15
"""


async def list_tasks(
    connection: asyncpg.Connection, filters: Filters, moment: tuple[datetime, Policy], limit: int, after: Place
) -> list[tuple[Item, Place]]:
    """Up to `limit` + 1 tasks in work-list order, as they stand on each customer's own day."""
    now, policy = moment
    customer = await canonical(connection, filters.customer) if filters.customer else None
    wanted = filters._replace(customer=customer)
    rows = await connection.fetch(TASKS, *wanted, now, *after, limit + 1, policy.calendar.time_zone)
    return [(_task(row, policy), place_of(row)) for row in rows]


TASK = """
select t.*, coalesce(t.owner, c.owner) as doer,
       case when t.status in ('open', 'awaiting_approval')
            then greatest(($2::timestamptz at time zone coalesce(c.time_zone, $3::text))::date - t.due_on, 0)
            else 0 end as overdue_days
  from task t join customer c using (customer_id)
 where t.task_id = any($1::uuid[])
"""


async def find_tasks(
    connection: asyncpg.Connection, ids: Sequence[UUID], moment: tuple[datetime, Policy]
) -> list[Item]:
    """In the order of the ids; also for the transaction that decides, so by their keys alone."""
    now, policy = moment
    found = await connection.fetch(TASK, list(ids), now, policy.calendar.time_zone)
    rows = {row["task_id"]: _task(row, policy) for row in found}
    return [rows[id] for id in ids if id in rows]


TASK_OWNER = "select customer_id from task where task_id = $1"


async def customer_of_task(connection: asyncpg.Connection, task: UUID) -> UUID | None:
    """Whose stream a completion goes to; None for an unknown task."""
    found = await connection.fetchval(TASK_OWNER, task)
    return None if found is None else await canonical(connection, found)


def _task(row: asyncpg.Record, policy: Policy) -> Item:
    """Its role and checklist are those of the policy that is active now (KP-07)."""
    play = policy.tasks.play(row["kind"])
    told = {name: row[name] for name in TOLD} | {name: row[name] and str(row[name]) for name in AS_TEXT}
    return told | {
        "owner": row["doer"],
        "options": list(row["options"]) or None,
        "approvers": list(row["approvers"]),
        "approved_by": list(row["approved_by"]),
        "meeting": msgspec.json.decode(row["meeting"]) if row["meeting"] else None,
        "due_at": row["due_at"].isoformat() if row["due_at"] else None,
        "until": row["until"].isoformat() if row["until"] else None,
        "role": play.role if play else None,
        "checklist": list(play.checklist) if play else [],
        "cause": {"event_id": row["cause_id"], "type": row["cause_type"]},
    }
