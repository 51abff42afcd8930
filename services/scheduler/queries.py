"""What the scheduler is asked: journals, the work list and tasks, read from its own tables."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

import asyncpg
import msgspec

from services.scheduler.domain.rows import Followup
from services.scheduler.restating import restated
from shared.clock import business_date
from shared.contracts.policy import Policy
from shared.engine.alias import canonical

Item = dict[str, Any]
TIERS = ("key", "regular", "small")

CUSTOMER = "select customer_id, time_zone, last_contact_on from customer where customer_id = $1"
OPEN = """
select followup_id, journal, grade, due_on, because, status
  from followup
 where customer_id = $1 and status in ('scheduled', 'due', 'overdue')
"""
HISTORY = """
select followup_id, due_on, status, closed_at, mode, channel, outcome, need::text as need, on_time, cause_id, cause_type
  from followup
 where customer_id = $1 and closed_at is not null and not replaced
   and ($2::timestamptz is null or (closed_at, followup_id) < ($2, $3::uuid))
 order by closed_at desc, followup_id desc
 limit $4
"""


class Seen(NamedTuple):
    """The last entry of the page before; nothing on the first page."""

    closed_at: datetime | None = None
    followup_id: UUID | None = None


class Journal(NamedTuple):
    """The follow-up that is open, and up to one more closed ones than asked for, newest first."""

    open: Item | None
    last_contact_on: str | None
    closed: list[Item]


async def journal_of(
    connection: asyncpg.Connection, customer: UUID, now: datetime, policy: Policy, *, limit: int, seen: Seen
) -> Journal | None:
    """None for an unknown customer; days overdue are the customer's."""
    row = await connection.fetchrow(CUSTOMER, await canonical(connection, customer))
    if row is None:
        return None
    followup = await connection.fetchrow(OPEN, row["customer_id"])
    history = await connection.fetch(HISTORY, row["customer_id"], *seen, limit + 1)
    soon = await restated(connection, row["customer_id"], now, policy)
    today = business_date(now, row["time_zone"] or policy.calendar.time_zone)
    contact = row["last_contact_on"]
    return Journal(
        open=_open(dict(followup) | _by_new_policy(soon), today) if followup else None,
        last_contact_on=contact.isoformat() if contact else None,
        closed=[_closed(entry) for entry in history],
    )


def _by_new_policy(soon: Followup | None) -> Item:
    """What the columns will say; the id stays that of the follow-up in whose place it comes."""
    if soon is None:
        return {}
    words = {"journal": soon.journal, "grade": soon.grade, "status": soon.status, "because": list(soon.because)}
    return words | {"due_on": soon.due_on}


def _open(row: Item, today: date) -> Item:
    return row | {
        "followup_id": str(row["followup_id"]),
        "due_on": row["due_on"].isoformat(),
        "overdue_days": max(0, (today - row["due_on"]).days),
    }


def _closed(row: asyncpg.Record) -> Item:
    return {
        "followup_id": str(row["followup_id"]),
        "due_on": row["due_on"].isoformat(),
        "status": row["status"],
        "at": row["closed_at"].isoformat(),
        "mode": row["mode"],
        "channel": row["channel"],
        "outcome": row["outcome"],
        "need": msgspec.json.decode(row["need"]) if row["need"] else None,
        "on_time": row["on_time"],
        "cause": {"event_id": row["cause_id"], "type": row["cause_type"]},
    }


FOLLOWUP_OWNER = "select customer_id from followup where followup_id = $1"
COMPLETED = """
select followup_id, status, closed_at, on_time
  from followup
 where customer_id = $1 and closed_at is not null and status = 'completed' and not replaced
 order by closed_at desc, cycle desc
 limit 1
"""


async def customer_of_followup(connection: asyncpg.Connection, followup: UUID) -> UUID | None:
    """Whose stream a completion goes to; None for an unknown follow-up."""
    found = await connection.fetchval(FOLLOWUP_OWNER, followup)
    return None if found is None else await canonical(connection, found)


async def last_completion(connection: asyncpg.Connection, customer: UUID) -> Item:
    """The follow-up that was completed last; raises LookupError while there is none."""
    row = await connection.fetchrow(COMPLETED, customer)
    if row is None:
        raise LookupError(customer)
    return {
        "followup_id": str(row["followup_id"]),
        "status": row["status"],
        "completed_at": row["closed_at"].isoformat(),
        "on_time": row["on_time"],
    }


STANDING = """
select customer_id, time_zone, tier, segments, exited from customer where customer_id = any($1::uuid[])
"""


class Standing(NamedTuple):
    """Who comes first where not all can come, and whether we have parted."""

    customer_id: UUID
    rank: tuple[int, int]
    exited: bool
    time_zone: str | None


async def standings_of(connection: asyncpg.Connection, customers: Sequence[UUID]) -> list[Standing | None]:
    """In the order of the ids given, merged ones as the customer that they became; None where there is none."""
    ids = [await canonical(connection, customer) for customer in customers]
    rows = {row["customer_id"]: row for row in await connection.fetch(STANDING, ids)}
    return [_standing(rows[id]) if id in rows else None for id in ids]


def _standing(row: asyncpg.Record) -> Standing:
    """Key accounts and VIPs first, the long-standing ones before the others (CA-12)."""
    segments = set(row["segments"])
    tier = 0 if segments & {"vip", "gold"} else TIERS.index(row["tier"])
    return Standing(
        row["customer_id"], (tier, int("long_standing" not in segments)), row["exited"],
        row["time_zone"],
    )  # fmt: skip
