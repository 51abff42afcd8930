"""What grading is asked: the answers of its routes, read from its own tables."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

import asyncpg
import msgspec

from services.grading.overriding import overrides_of
from shared.clock import business_date
from shared.contracts.policy import Policy
from shared.contracts.values import Grade, GradeFlag, Tier, Urgency
from shared.engine.alias import canonical

Item = dict[str, Any]

GRADE = """
select grade, previous, time_zone, deal_status, importance, urgency, demand, flags, tier, reasons::text as reasons,
       next_grade, next_on, cause_id, cause_type,
       (select s.policy_id from stream s where s.kind = 'customer' and s.id = customer_id) as policy_id
  from customer where customer_id = $1
"""


async def grade_of(connection: asyncpg.Connection, customer: UUID, now: datetime, policy: Policy) -> Item | None:
    """The grade in force as of the customer's business date; None for an unknown customer."""
    id = await canonical(connection, customer)
    row = await connection.fetchrow(GRADE, id)
    if row is None:
        return None
    overrides = await overrides_of(connection, id)
    as_of = business_date(now, row["time_zone"] or policy.calendar.time_zone)
    return _axes(row, as_of) | {
        "segments": [],
        "supply_priority": False,
        "value": _no_value(policy),
        "loyalty": None,
        "churn": {"level": "none", "model_level": None, "p_buy": None},
        "reasons": msgspec.json.decode(row["reasons"]),
        "next": {"grade": row["next_grade"], "on": row["next_on"].isoformat()} if row["next_grade"] else None,
        "policy_id": row["policy_id"],
        "cause": _cause(row),
        "override": overrides[0] if overrides else None,
        "overrides": overrides,
    }


class Seen(NamedTuple):
    """The last assignment of the page before."""

    decided_at: datetime
    number: int


GRADES = """
select grade, previous, as_of, deal_status, importance, urgency, demand, flags, tier, changed, number, decided_at,
       reasons::text as reasons, policy_id, cause_id, cause_type
  from grade
 where customer_id = $1 and ($2::timestamptz is null or (decided_at, number) < ($2, $3))
 order by decided_at desc, number desc
 limit $4
"""


async def grades_of(connection: asyncpg.Connection, customer: UUID, limit: int, seen: Seen | None) -> list[Item] | None:
    """Up to `limit` + 1 assignments, newest first; None for an unknown customer."""
    id = await canonical(connection, customer)
    if await connection.fetchrow(GRADE, id) is None:
        return None
    decided_at, number = seen or (None, None)
    rows = await connection.fetch(GRADES, id, decided_at, number, limit + 1)
    return [_assignment(row) for row in rows]


def _assignment(row: asyncpg.Record) -> Item:
    return _axes(row, row["as_of"]) | {
        "changed": row["changed"],
        "policy_id": row["policy_id"],
        "cause": _cause(row),
        "reasons": msgspec.json.decode(row["reasons"]),
        "number": row["number"],
        "decided_at": row["decided_at"].isoformat(),
    }


class Filters(NamedTuple):
    """What a list is narrowed to; filters combine."""

    grade: Grade | None = None
    tier: Tier | None = None
    urgency: Urgency | None = None
    flag: GradeFlag | None = None


class Place(NamedTuple):
    """The last customer of the page before."""

    tier: Tier
    customer_id: UUID


RANKS = {Tier.KEY: 1, Tier.REGULAR: 2, Tier.SMALL: 3}
CUSTOMERS = """
select customer_id, grade, tier, urgency from customer c
 where ($1::text is null or grade = $1)
   and ($2::text is null or tier = $2)
   and ($3::text is null or urgency = $3)
   and ($4::text is null or flags @> array[$4])
   and ($5::int is null or (tier_rank, customer_id) > ($5, $6::uuid))
   and not exists (select from alias a where a.id = c.customer_id)
 order by tier_rank, customer_id
 limit $7
"""


async def list_customers(
    connection: asyncpg.Connection, filters: Filters, limit: int, after: Place | None
) -> list[Item]:
    """Up to `limit` + 1 graded customers, best tier first."""
    place = (RANKS[after.tier], after.customer_id) if after else (None, None)
    rows = await connection.fetch(CUSTOMERS, *filters, *place, limit + 1)
    return [dict(row) | {"customer_id": str(row["customer_id"])} for row in rows]


SUMMARY = """
select count(*) as customers,
       count(*) filter (where grade = 'A') as "A", count(*) filter (where grade = 'B') as "B",
       count(*) filter (where grade = 'C') as "C", count(*) filter (where grade = 'D') as "D",
       count(*) filter (where grade = 'E') as "E",
       count(*) filter (where tier = 'key') as key, count(*) filter (where tier = 'regular') as regular,
       count(*) filter (where tier = 'small') as small
  from customer c
 where not exists (select from alias a where a.id = c.customer_id)
"""


async def summary(connection: asyncpg.Connection, as_of: date) -> Item:
    """All graded customers by letter and tier; the key customers' share is null until profits are known."""
    (row,) = await connection.fetch(SUMMARY)
    return {
        "as_of": as_of.isoformat(),
        "customers": row["customers"],
        "grades": {str(grade): row[grade] for grade in Grade},
        "tiers": {str(tier): row[tier] for tier in Tier},
        "key_profit_share": None,
        "warnings": [],
    }


def _axes(row: asyncpg.Record, as_of: date) -> Item:
    return {
        "grade": row["grade"],
        "previous": row["previous"],
        "as_of": as_of.isoformat(),
        "deal_status": row["deal_status"],
        "importance": row["importance"],
        "urgency": row["urgency"],
        "demand": row["demand"],
        "flags": row["flags"],
        "tier": row["tier"],
    }


def _cause(row: asyncpg.Record) -> Item:
    return {"event_id": row["cause_id"], "type": row["cause_type"]}


def _no_value(policy: Policy) -> Item:
    unknown = dict.fromkeys(("historic", "future", "clv", "profit_12m"))
    return {**unknown, "currency": policy.currency.reporting}
