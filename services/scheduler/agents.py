"""Agents as they are listed, and whose work an agent sees on a day."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

import asyncpg

from services.scheduler.worklist import Desk

Item = dict[str, Any]

AGENTS = """
select agent_id, name, team, role, channels, away_from_on, away_to_on, deputy, left_on, successor
  from agent where agent_id > $1 order by agent_id limit $2
"""
AGENT = """
select agent_id, name, team, role, channels, away_from_on, away_to_on, deputy, left_on, successor
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
                 or (a.deputy = c.agent_id and $2 between a.away_from_on and a.away_to_on)
)
select c.agent_id, a.role from covered c left join agent a on a.agent_id = c.agent_id
"""


async def list_agents(connection: asyncpg.Connection, limit: int, after: str) -> list[Item]:
    """Up to `limit` + 1, by id."""
    return [_agent(row) for row in await connection.fetch(AGENTS, after, limit + 1)]


async def find_agent(connection: asyncpg.Connection, id: UUID) -> Item | None:
    row = await connection.fetchrow(AGENT, id)
    return _agent(row) if row else None


async def desk_of(connection: asyncpg.Connection, agent: str, on: date) -> Desk:
    """What this agent sees on this day."""
    rows = await connection.fetch(COVERED, agent, on)
    return Desk([row["agent_id"] for row in rows], sorted({row["role"] for row in rows if row["role"]}))


def _agent(row: asyncpg.Record) -> Item:
    days = {name: row[name] and row[name].isoformat() for name in ("away_from_on", "away_to_on", "left_on")}
    return dict(row) | {"channels": list(row["channels"])} | days
