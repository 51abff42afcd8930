"""What waits for somebody: overdue first, then urgency, tier, grade, due date (SC-25)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

import asyncpg

from services.scheduler.restating import Formula
from shared.clock import business_date

Item = dict[str, Any]


class Desk(NamedTuple):
    """Whose work somebody sees, and in which roles: to these overdue work is escalated."""

    agents: list[str]
    roles: list[str]


class Place(NamedTuple):
    """Where an item stands in the order; the last item of the page before, nothing on the first page."""

    late: int | None = None
    """0 for overdue ones, 1 for the rest."""
    urgency_rank: int | None = None
    tier_rank: int | None = None
    grade: str | None = None
    due_on: date | None = None
    id: UUID | None = None


# Today is the customer's own day, no more than one day ahead; any other day is what was asked for.
LISTED = """
with ranked as (
  select w.*, greatest(own.day - w.due_on, 0) as overdue_days, case when w.due_on < own.day then 0 else 1 end as late,
         coalesce(w.grade, 'F') as grade_rank
    from {items} w
   cross join lateral (
     select case when $1::date = ($11::timestamptz at time zone $12::text)::date
                 then ($11 at time zone coalesce(w.time_zone, $12))::date else $1 end as day
   ) as own
   where w.due_on <= $1 + 1
     and ($2::text[] is null or w.owner = any($2) or w.escalated_to = any($3))
     and w.due_on <= greatest($1, own.day)
)
select * from ranked
 where $4::int is null
    or (late, urgency_rank, tier_rank, grade_rank, due_on, id) > ($4, $5::int, $6::int, $7::text, $8::date, $9::uuid)
 order by late, urgency_rank, tier_rank, grade_rank, due_on, id
 limit $10
"""
WORKLIST = LISTED.format(items="work_item")
RESTATED = LISTED.format(items="work_item_by($13, $14, $15, $16, $17, $18, $19, $20)")


class Moment(NamedTuple):
    """Now, and the zone of customers without their own: together each one's day."""

    now: datetime
    time_zone: str

    @property
    def today(self) -> date:
        """Of the deployment."""
        return business_date(self.now, self.time_zone)


async def list_work(
    connection: asyncpg.Connection,
    days: tuple[date, Moment],
    desk: Desk | None,
    limit: int,
    after: Place,
    formula: Formula | None,
) -> list[tuple[Item, Place]]:
    """Up to `limit` + 1 items due on or before a day, as they stand on it; one after today is a preview."""
    agents, roles = desk or (None, None)
    statement, given = (RESTATED, formula) if formula else (WORKLIST, ())
    rows = await connection.fetch(statement, days[0], agents, roles, *after, limit + 1, *days[1], *given)
    return [(work_of(row), place_of(row)) for row in rows]


def work_of(row: asyncpg.Record) -> Item:
    """A line of the list."""
    return {
        "kind": row["kind"],
        "id": str(row["id"]),
        "customer_id": str(row["customer_id"]),
        "due_on": row["due_on"].isoformat(),
        "due_at": row["due_at"].isoformat() if row["due_at"] else None,
        "overdue_days": row["overdue_days"],
        "urgency": row["urgency"],
        "tier": row["tier"],
        "grade": row["grade"],
        "because": row["because"],
        "channel": row["channel"],
        "escalated_to": row["escalated_to"],
        "briefing": f"/v1/customers/{row['customer_id']}/briefing",
    }


def place_of(row: asyncpg.Record) -> Place:
    """Where this row stands in the order."""
    return Place(row["late"], row["urgency_rank"], row["tier_rank"], row["grade_rank"], row["due_on"], row["id"])
