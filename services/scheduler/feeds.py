"""An agent's work as a calendar, behind an address that is signed and can be revoked (RFC 5545)."""

from __future__ import annotations

import hmac
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from typing import Final
from urllib.parse import quote

import asyncpg
from icalendar import Calendar, Event

from services.scheduler.agents import desk_of
from services.scheduler.restating import Formula
from services.scheduler.worklist import Item, Moment, Place, list_work

VERSION = """
select version from calendar_feed f
 where agent = $1 and not exists (select from agent a where a.agent_id = f.agent and a.left_on <= $2)
"""
RENEW = """
insert into calendar_feed (agent, version) values ($1, 1)
on conflict (agent) do update set version = calendar_feed.version + 1
returning version
"""
ENSURE = """
insert into calendar_feed (agent, version) values ($1, 1)
on conflict (agent) do update set version = calendar_feed.version
returning version
"""
AHEAD: Final = timedelta(days=90)
MOST: Final = 1_000
"""Lines of the work list, as they stand in its order."""


async def address_of(connection: asyncpg.Connection, agent: str, secret: str) -> str:
    """The path and query under which a calendar program may ask without a token."""
    version = await connection.fetchval(ENSURE, agent)
    return f"/v1/agents/{quote(agent, safe='')}/calendar.ics?signature={_signature(agent, version, secret)}"


async def revoke(connection: asyncpg.Connection, agent: str) -> None:
    """Every address that was given out is void."""
    await connection.fetchval(RENEW, agent)


async def is_valid(connection: asyncpg.Connection, agent: str, on: date, signature: str, secret: str) -> bool:
    """Whether this signature was given out for this agent, who has not left by this day, and not revoked since."""
    version = await connection.fetchval(VERSION, agent, on)
    return version is not None and hmac.compare_digest(signature.encode(), _signature(agent, version, secret).encode())


async def calendar_of(connection: asyncpg.Connection, agent: str, moment: Moment, formula: Formula | None) -> bytes:
    """What is overdue, due today or within 90 days, each on its day; what is overdue stands on today."""
    calendar = Calendar()
    calendar.add("prodid", "-//Holdfast//work list//EN")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", f"Work of {agent}")
    today = moment.today
    desk = await desk_of(connection, agent, today)
    for item, _ in await list_work(connection, (today + AHEAD, moment), desk, MOST - 1, Place(), formula):
        calendar.add_component(_event(item, today, moment.now))
    return bytes(calendar.to_ical())


def _event(item: Item, today: date, now: datetime) -> Event:
    due_on = date.fromisoformat(item["due_on"])
    late = f" (due {due_on})" if due_on < today else ""
    because = ", ".join(item["because"])
    event = Event()
    event.add("uid", f"{item['id']}@holdfast")
    event.add("dtstamp", now.astimezone(UTC))
    begins = datetime.fromisoformat(item["due_at"]) if item["due_at"] and due_on >= today else max(due_on, today)
    event.add("dtstart", begins)
    event.add("summary", f"{item['kind'].replace('_', ' ')}: {because}{late}")
    event.add("description", f"Customer {item['customer_id']}, channel {item['channel'] or 'any'}, {item['briefing']}")
    return event


def _signature(agent: str, version: int, secret: str) -> str:
    return hmac.new(secret.encode(), f"calendar|{agent}|{version}".encode(), sha256).hexdigest()
