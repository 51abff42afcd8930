"""The contacts with a customer, and how much of the attention cap is used (CA-18)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

import asyncpg

Item = dict[str, Any]
DAYS = 7

CONTACTS = """
select contact_id, at, direction, channel, consent_purpose, status, rule, until, task_id, cause_id, cause_type
  from contact
 where customer_id = $1 and status <> 'given_back'
   and ($2::timestamptz is null or (at, contact_id) < ($2, $3::uuid))
 order by at desc, contact_id desc
 limit $4
"""
USED = """
select count(distinct place) from contact where customer_id = $1 and place_on > $2::date - 7 and place_on <= $2
"""


class Seen(NamedTuple):
    """The last entry of the page before; nothing on the first page."""

    at: datetime | None = None
    contact_id: UUID | None = None


async def list_contacts(connection: asyncpg.Connection, customer: UUID, limit: int, seen: Seen) -> list[Item]:
    """Up to `limit` + 1, newest first."""
    return [_contact(row) for row in await connection.fetch(CONTACTS, customer, *seen, limit + 1)]


async def cap_of(connection: asyncpg.Connection, customer: UUID, today: date, limit: int) -> Item:
    """Places that are held today."""
    return {"used": await connection.fetchval(USED, customer, today), "limit": limit, "days": DAYS}


def _contact(row: asyncpg.Record) -> Item:
    return {
        "contact_id": str(row["contact_id"]),
        "at": row["at"].isoformat(),
        "direction": row["direction"],
        "channel": row["channel"],
        "consent_purpose": row["consent_purpose"],
        "status": row["status"],
        "rule": row["rule"],
        "until": row["until"].isoformat() if row["until"] else None,
        "task_id": str(row["task_id"]) if row["task_id"] else None,
        "cause": {"event_id": row["cause_id"], "type": row["cause_type"]},
    }
