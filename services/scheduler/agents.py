"""Agents as they are listed, and whose work an agent sees on a day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

import asyncpg
import msgspec

from services.scheduler.domain.agents import Agent, Away
from services.scheduler.restating import Formula
from services.scheduler.worklist import Desk, work_of

Item = dict[str, Any]

AGENTS = """
select id, agent_id, name, team, role, channels, capacity, hours, away_from_on, away_to_on, deputy, left_on, successor,
       absences
  from agent where agent_id > $1 order by agent_id limit $2
"""
AGENT = """
select id, agent_id, name, team, role, channels, capacity, hours, away_from_on, away_to_on, deputy, left_on, successor,
       absences
  from agent where id = $1
"""
# Their own, that of those who are away and whom they stand in for, and that of those who left it to them; on and on.
COVERED = """
with recursive covered as (
  select $1::text as agent_id
  union
  select a.agent_id
    from covered c
    join agent a on (a.successor = c.agent_id and a.left_on <= $2)
                 or exists (select from jsonb_to_recordset(a.absences) as away(from_on date, to_on date, deputy text)
                             where away.deputy = c.agent_id and $2 between away.from_on and away.to_on)
)
select c.agent_id, a.role from covered c left join agent a on a.agent_id = c.agent_id
"""


async def list_agents(connection: asyncpg.Connection, limit: int, after: str) -> list[Item]:
    """Up to `limit` + 1, by id."""
    return [_agent(row) for row in await connection.fetch(AGENTS, after, limit + 1)]


async def find_agent(connection: asyncpg.Connection, id: UUID) -> Item | None:
    row = await connection.fetchrow(AGENT, id)
    return _agent(row) if row else None


COLLEAGUES = """
select id, agent_id, name, team, role, channels, capacity, hours, away_from_on, away_to_on, deputy, left_on, successor,
       absences
  from agent where agent_id = any($1::text[]) or team = $2
"""
LOADED = """
select w.*, greatest($3::date - w.due_on, 0) as overdue_days,
       case when w.due_on < $3 then 0 else 1 end as late, coalesce(w.grade, 'F') as grade_rank
  from {items} w
 where w.due_on <= $2 and w.owner = any($1::text[])
 order by late, urgency_rank, tier_rank, grade_rank, due_on, id
 limit $4
"""
LOAD = LOADED.format(items="work_item")
RESTATED = LOADED.format(items="work_item_by($5, $6, $7, $8, $9, $10, $11, $12)")
OPEN_TASKS = """
select t.task_id, t.customer_id, t.kind, t.due_on
  from task t join customer c using (customer_id)
 where t.status in ('open', 'awaiting_approval') and t.kind <> 'case_step'
   and coalesce(t.owner, c.owner) is not distinct from $1 and t.due_on <= $2
 order by task_urgency(t.because, c.urgency), task_tier(t.because, c.tier, c.segments), coalesce(c.grade, 'F'),
          t.due_on, t.task_id
 limit $3
"""


CUSTOMERS = """
with mine as (
  select customer_id, tier, grade, urgency, last_contact_on, owner, tier_rank(tier) as tier_rank,
         coalesce(grade, 'F') as grade_rank
    from customer where owner = any($1::text[]) and not exited
)
select * from mine
 where $2::int is null or (tier_rank, grade_rank, customer_id) > ($2, $3::text, $4::uuid)
 order by tier_rank, grade_rank, customer_id
 limit $5
"""


class Rank(NamedTuple):
    """The last entry of the page before; nothing on the first page."""

    tier: int | None = None
    grade: str | None = None
    customer_id: UUID | None = None


class Owed(NamedTuple):
    """A task that somebody could do."""

    task_id: UUID
    customer_id: UUID
    due_on: date


async def colleagues(connection: asyncpg.Connection, ids: Sequence[str], team: str | None) -> list[Agent]:
    """Those who are known of these, and of this team, by id."""
    found = [_known(row) for row in await connection.fetch(COLLEAGUES, list(ids), team)]
    return sorted(found, key=lambda agent: agent.agent_id)


async def customers_of(connection: asyncpg.Connection, desk: Desk, limit: int, after: Rank) -> list[tuple[Item, Rank]]:
    """Up to `limit` + 1 customers of these owners, the best tier first."""
    rows = await connection.fetch(CUSTOMERS, desk.agents, *after, limit + 1)
    return [(_customer(row), Rank(row["tier_rank"], row["grade_rank"], row["customer_id"])) for row in rows]


def _customer(row: asyncpg.Record) -> Item:
    told = {name: row[name] for name in ("tier", "grade", "urgency", "owner")}
    contact = row["last_contact_on"]
    return {
        "customer_id": str(row["customer_id"]),
        **told,
        "last_contact_on": contact.isoformat() if contact else None,
        "briefing": f"/v1/customers/{row['customer_id']}/briefing",
    }


async def load_of(
    connection: asyncpg.Connection, agents: Sequence[str], days: tuple[date, date], limit: int, formula: Formula | None
) -> list[Item]:
    """What waits for these agents up to the last day, as it ranks on the first."""
    statement, given = (RESTATED, formula) if formula else (LOAD, ())
    rows = await connection.fetch(statement, list(agents), days[1], days[0], limit, *given)
    return [work_of(row) for row in rows]


async def tasks_owned_by(connection: asyncpg.Connection, owner: str | None, last: date, limit: int) -> list[Owed]:
    """Open tasks of this owner, or of nobody, due up to this day, the most important first."""
    rows = await connection.fetch(OPEN_TASKS, owner, last, limit)
    return [Owed(r["task_id"], r["customer_id"], r["due_on"]) for r in rows]


def _known(row: asyncpg.Record) -> Agent:
    absences = msgspec.json.decode(row["absences"], type=tuple[Away, ...])
    hours = msgspec.json.decode(row["hours"]) if row["hours"] else None
    known = {"id": row["id"], "channels": tuple(row["channels"]), "hours": hours}
    return Agent(**dict(row) | known | {"absences": absences})


async def desk_of(connection: asyncpg.Connection, agent: str, on: date) -> Desk:
    """What this agent sees on this day."""
    rows = await connection.fetch(COVERED, agent, on)
    return Desk([row["agent_id"] for row in rows], sorted({row["role"] for row in rows if row["role"]}))


def _agent(row: asyncpg.Record) -> Item:
    told = {name: value for name, value in row.items() if name != "id"}
    days = {name: row[name] and row[name].isoformat() for name in ("away_from_on", "away_to_on", "left_on")}
    read = {name: row[name] and msgspec.json.decode(row[name]) for name in ("hours", "absences")}
    return told | {"channels": list(row["channels"])} | read | days
