"""What waits for somebody, and all tasks: overdue first, then urgency, tier, grade, due date (SC-25)."""

from __future__ import annotations

from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

import asyncpg

from shared.engine.alias import canonical

Item = dict[str, Any]


class Place(NamedTuple):
    """Where an item stands in the order; the last item of the page before, nothing on the first page."""

    late: int | None = None
    """0 for overdue ones, 1 for the rest."""
    urgency_rank: int | None = None
    tier_rank: int | None = None
    grade: str | None = None
    due_on: date | None = None
    id: UUID | None = None


WORKLIST = """
with ranked as (
  select w.*, greatest($1::date - w.due_on, 0) as overdue_days, case when w.due_on < $1 then 0 else 1 end as late,
         urgency_rank(w.urgency) as urgency_rank, tier_rank(w.tier) as tier_rank, coalesce(w.grade, 'F') as grade_rank
    from work_item w
   where (w.due_on <= $1 or w.begun) and ($2::text is null or w.owner = $2)
)
select * from ranked
 where $3::int is null
    or (late, urgency_rank, tier_rank, grade_rank, due_on, id) > ($3, $4::int, $5::int, $6::text, $7::date, $8::uuid)
 order by late, urgency_rank, tier_rank, grade_rank, due_on, id
 limit $9
"""


async def list_work(
    connection: asyncpg.Connection, on: date, agent: str | None, limit: int, after: Place
) -> list[tuple[Item, Place]]:
    """Up to `limit` + 1 items due on or before `on`, as they stand on that day; a later day is a preview."""
    rows = await connection.fetch(WORKLIST, on, agent, *after, limit + 1)
    return [(_work(row), _place(row)) for row in rows]


def _work(row: asyncpg.Record) -> Item:
    return {
        "kind": row["kind"],
        "id": str(row["id"]),
        "customer_id": str(row["customer_id"]),
        "due_on": row["due_on"].isoformat(),
        "overdue_days": row["overdue_days"],
        "urgency": row["urgency"],
        "tier": row["tier"],
        "grade": row["grade"],
        "because": row["because"],
        "channel": row["channel"],
        "briefing": f"/v1/customers/{row['customer_id']}/briefing",
    }


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
  select t.*, t.task_id as id, c.owner,
         case when t.status = 'open' then greatest($8::date - t.due_on, 0) else 0 end as overdue_days,
         case when t.status = 'open' and t.due_on < $8 then 0 else 1 end as late,
         urgency_rank(c.urgency) as urgency_rank, tier_rank(c.tier) as tier_rank, coalesce(c.grade, 'F') as grade_rank
    from task t join customer c using (customer_id)
   where ($1::uuid is null or t.customer_id = $1)
     and ($2::text is null or t.kind = $2)
     and ($3::text is null or t.status = $3)
     and ($4::text is null or c.owner = $4)
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
    connection: asyncpg.Connection, filters: Filters, today: date, limit: int, after: Place
) -> list[tuple[Item, Place]]:
    """Up to `limit` + 1 tasks in work-list order, as they stand today."""
    customer = await canonical(connection, filters.customer) if filters.customer else None
    wanted = filters._replace(customer=customer)
    rows = await connection.fetch(TASKS, *wanted, today, *after, limit + 1)
    return [(_task(row), _place(row)) for row in rows]


TASK = """
select t.*, c.owner, case when t.status = 'open' then greatest($2::date - t.due_on, 0) else 0 end as overdue_days
  from task t join customer c using (customer_id)
 where t.task_id = $1
"""


async def find_task(connection: asyncpg.Connection, task: UUID, today: date) -> Item | None:
    """One task, or None; also for the transaction that decides, so by its key alone."""
    row = await connection.fetchrow(TASK, task, today)
    return _task(row) if row else None


TASK_OWNER = "select customer_id from task where task_id = $1"


async def customer_of_task(connection: asyncpg.Connection, task: UUID) -> UUID | None:
    """Whose stream a completion goes to; None for an unknown task."""
    found = await connection.fetchval(TASK_OWNER, task)
    return None if found is None else await canonical(connection, found)


def _task(row: asyncpg.Record) -> Item:
    nothing = dict.fromkeys(("occasion", "options", "department", "purpose", "amount", "rule", "until"))
    return nothing | {
        "task_id": str(row["task_id"]),
        "customer_id": str(row["customer_id"]),
        "kind": row["kind"],
        "channel": row["channel"],
        "due_on": row["due_on"].isoformat(),
        "owner": row["owner"],
        "caused_by_case": str(row["caused_by_case"]),
        "step": row["step"],
        "status": row["status"],
        "overdue_days": row["overdue_days"],
        "cause": {"event_id": row["cause_id"], "type": row["cause_type"]},
    }


def _place(row: asyncpg.Record) -> Place:
    return Place(row["late"], row["urgency_rank"], row["tier_rank"], row["grade_rank"], row["due_on"], row["id"])
