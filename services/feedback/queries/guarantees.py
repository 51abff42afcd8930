"""The register of guarantees: which run, what was claimed under them, and whether it was given (CP-15)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import asyncpg

from services.feedback.queries.loop import items_of
from shared.contracts.policy_cases import Objective

GUARANTEES = """
select row_to_json(g)::text as item from (
  select p.order_id, p.customer_id, p.ordered_on, p.guarantee_until_on, coalesce((
      select json_agg(json_build_object('case_id', f.case_id, 'opened_on', f.opened_on,
                                        'entitlements', s.entitlements, 'status', s.status)
                      order by f.opened_on, f.case_id)
        from case_file f join case_step s on s.case_id = f.case_id
       where f.order_id = p.order_id and f.customer_id = p.customer_id and s.entitlements <> '[]'
    ), '[]'::json) as claims
    from purchase p
   where p.guarantee_until_on >= $1 and not p.cancelled
     and ($2::uuid is null or p.customer_id = $2)
     and ($3::date is null or (p.guarantee_until_on, p.order_id) > ($3, $4::text))
   order by p.guarantee_until_on, p.order_id
   limit $5
) g
"""
CLAIMS = """
select count(*) as n, count(*) filter (where s.status = 'open') as open,
       count(*) filter (where s.status = 'done') as done, count(*) filter (where s.status = 'declined') as declined,
       count(*) filter (where s.status = 'rejected') as rejected
  from case_file f join case_step s on s.case_id = f.case_id
 where f.opened_on between $1 and $2 and s.entitlements <> '[]'
"""

After = tuple[date | None, str | None]


async def list_guarantees(
    connection: asyncpg.Connection, on: date, customer: object, after: After, limit: int
) -> list[dict[str, Any]]:
    """Those that run on this day, the first to end first, each with the cases that claimed it."""
    return await items_of(connection, GUARANTEES, on, customer, *after, limit)


async def count_claims(connection: asyncpg.Connection, from_on: date, to_on: date) -> dict[str, int]:
    """By how they ended: done is what was honoured."""
    [row] = await connection.fetch(CLAIMS, from_on, to_on)
    return dict(row)


def judge(objectives: Mapping[str, Objective], figures: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Each objective beside its figure; nothing counted yet: neither met nor missed."""
    found = {figure["kpi"]: figure for figure in figures}
    return [_judged(kpi, objective, found.get(kpi, {})) for kpi, objective in objectives.items()]


def _judged(kpi: str, objective: Objective, figure: Mapping[str, Any]) -> dict[str, Any]:
    value = figure.get("value")
    met: bool | None = None
    if value is not None:
        above = objective.at_least is None or value >= objective.at_least
        met = above and (objective.at_most is None or value <= objective.at_most)
    told = objective.model_dump(mode="json")
    return {"kpi": kpi, **told, "value": value, "n": figure.get("n", 0), "met": met}
