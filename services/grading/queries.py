"""What grading is asked: the answers of its routes, read from its own tables."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

import asyncpg
import msgspec

from services.grading.domain.references import CUTS, TierCuts
from services.grading.domain.state import Standing
from services.grading.domain.tiers import RANKS
from services.grading.overriding import overrides_of
from services.grading.standing import Item, figures_told, grading_told, receipt_of, shares_of, stands_of, warnings_of
from shared.clock import business_date
from shared.contracts.policy import Policy
from shared.contracts.values import Grade, GradeFlag, Tier, Urgency
from shared.engine.alias import canonical
from shared.engine.policies import Policies

GRADE = """
select grade, previous, time_zone, deal_status, importance, urgency, demand, flags, tier, cause_id, cause_type
  from customer where customer_id = $1
"""


class Asked(NamedTuple):
    """What an answer is worked out by."""

    now: datetime
    policy: Policy
    reference: Mapping[str, Any]
    policies: Policies

    def day(self, time_zone: str | None) -> date:
        return business_date(self.now, time_zone or self.policy.calendar.time_zone)


async def grade_of(connection: asyncpg.Connection, customer: UUID, asked: Asked) -> Item | None:
    """The grade in force as of the customer's business date; None for an unknown customer."""
    id = await canonical(connection, customer)
    row = await connection.fetchrow(GRADE, id)
    if row is None:
        return None
    overrides = await overrides_of(connection, id)
    as_of, stands = asked.day(row["time_zone"]), await stands_of(connection, id, asked.now)
    by = (as_of, asked.policy, asked.reference)
    decided_by = await asked.policies.known(connection, stands.policy_id)
    decided_on = business_date(stands.until, row["time_zone"] or decided_by.calendar.time_zone)
    grading = grading_told(stands.state, decided_on, decided_by)
    return {
        **_axes(row, as_of),
        **figures_told(stands.state, *by),
        **grading,
        "reasons": grading["reasons"] + await receipt_of(connection, id, stands.state, by),
        "policy_id": stands.policy_id,
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
       reasons::text as reasons, runner_up, runner_up_rule, next_grade, next_on, policy_id, cause_id, cause_type
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
        "runner_up": {"grade": row["runner_up"], "rule": row["runner_up_rule"]} if row["runner_up"] else None,
        "next": _next(row),
        "number": row["number"],
        "decided_at": row["decided_at"].isoformat(),
    }


TIERS = """
select event_id, decided_at, as_of, tier, previous, standing::text as standing, profit_12m, cuts_of, policy_id,
       cause_type
  from tiering
 where customer_id = $1 and ($2::timestamptz is null or (decided_at, event_id) < ($2, $3::text))
 order by decided_at desc, event_id desc
 limit $4
"""


class Placed(NamedTuple):
    """The last change of the page before."""

    decided_at: datetime
    event_id: str


async def tiers_of(
    connection: asyncpg.Connection, customer: UUID, limit: int, seen: Placed | None
) -> list[Item] | None:
    """Up to `limit` + 1 changes of what is computed, newest first; None for an unknown customer."""
    id = await canonical(connection, customer)
    if await connection.fetchrow(GRADE, id) is None:
        return None
    rows = await connection.fetch(TIERS, id, *(seen or (None, None)), limit + 1)
    return [_placing(row) for row in rows]


def _placing(row: asyncpg.Record) -> Item:
    standing = msgspec.json.decode(row["standing"], type=Standing)
    return {
        "tier": row["tier"],
        "previous": row["previous"],
        "segments": standing.segments,
        "loyalty": standing.loyalty,
        "as_of": row["as_of"].isoformat(),
        "decided_at": row["decided_at"].isoformat(),
        "profit_12m": row["profit_12m"],
        "cuts_of": row["cuts_of"].isoformat() if row["cuts_of"] else None,
        "policy_id": row["policy_id"],
        "cause": {"event_id": row["event_id"], "type": row["cause_type"]},
    }


class Filters(NamedTuple):
    """What a list is narrowed to; filters combine."""

    grade: Grade | None = None
    tier: Tier | None = None
    urgency: Urgency | None = None
    flag: GradeFlag | None = None
    uplift: Tier | None = None
    """Who can be lifted to this tier (GR-15)."""


class Place(NamedTuple):
    """The last customer of the page before."""

    tier: Tier
    customer_id: UUID


CUSTOMERS = """
select customer_id, grade, tier, urgency from customer c
 where ($1::text is null or grade = $1)
   and ($2::text is null or tier = $2)
   and ($3::text is null or urgency = $3)
   and ($4::text is null or flags @> array[$4])
   and ($5::text is null or exists (select from worth w where w.customer_id = c.customer_id and w.uplift_to = $5))
   and ($6::int is null or (tier_rank, customer_id) > ($6, $7::uuid))
 order by tier_rank, customer_id
 limit $8
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
"""


async def summary(connection: asyncpg.Connection, asked: Asked) -> Item:
    """All graded customers by letter and tier; the key customers' share is that of the last cuts."""
    (row,) = await connection.fetch(SUMMARY)
    cuts: TierCuts | None = asked.reference.get(CUTS)
    return {
        "as_of": asked.day(None).isoformat(),
        "customers": row["customers"],
        "grades": {str(grade): row[grade] for grade in Grade},
        "tiers": {str(tier): row[tier] for tier in Tier},
        **shares_of(cuts),
        "warnings": warnings_of(asked.policy, asked.reference),
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


def _next(row: asyncpg.Record) -> Item | None:
    return {"grade": row["next_grade"], "on": row["next_on"].isoformat()} if row["next_grade"] else None
