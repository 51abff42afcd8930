"""Feedback, what it says of the elements, improvements by rank, promises."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, NamedTuple
from uuid import UUID

import asyncpg
import msgspec

FEEDBACK = """
select row_to_json(f)::text as item from (
  select feedback_id, customer_id, kind, source, element, touchpoint, score, received_on,
         array_remove(array[case when untagged then 'untagged' end, case when no_plan then 'no_plan' end], null)
           as flags,
         plan, item_id, aspects
    from feedback_entry
   where ($1::text is null or kind = $1)
     and ($2::text is null or source = $2)
     and ($3::text is null or (element = $3 and not untagged))
     and ($4::text is null or ($4 = 'untagged' and untagged) or ($4 = 'no_plan' and no_plan))
     and ($5::uuid is null or customer_id = $5)
     and ($6::date is null or (received_on, feedback_id) < ($6, $7::text))
     and ($9::text is null or ($9 = 'done') = (plan ->> 'done_on' is not null) and plan is not null
          and ($9 <> 'overdue' or (plan ->> 'due_on')::date < $11::date))
     and ($10::text is null or plan ->> 'owner' = $10)
   order by received_on desc, feedback_id desc
   limit $8
) f
"""
ONE_FEEDBACK = """
select json_build_object(
    'feedback_id', feedback_id, 'customer_id', customer_id, 'kind', kind, 'source', source, 'element', element,
    'touchpoint', touchpoint, 'score', score, 'received_on', received_on,
    'flags', array_remove(array[case when untagged then 'untagged' end, case when no_plan then 'no_plan' end], null),
    'plan', plan, 'item_id', item_id, 'aspects', aspects, 'text', text
  )::text as item, customer_id
  from feedback_entry where feedback_id = $1
"""
ELEMENTS = """
select element, count(score) as n, avg(score)::float8 as mean,
       count(*) filter (where sentiment = 'positive') as positive,
       count(*) filter (where sentiment = 'neutral') as neutral,
       count(*) filter (where sentiment = 'negative') as negative
  from (
    select element, score, null as sentiment from signal
     where kind in ('feedback', 'answer') and (kind = 'feedback' or survey = 'csat') and score is not null
       and ($1::date is null or on_day >= $1) and ($2::date is null or on_day <= $2)
    union all
    select element, null, sentiment from signal
     where kind = 'mention' and ($1::date is null or on_day >= $1) and ($2::date is null or on_day <= $2)
  ) said
 where element = any($3::text[])
 group by element
"""
TOUCHPOINTS = """
select touchpoint, count(*) as n, avg(score)::float8 as mean from signal
 where kind in ('feedback', 'answer') and (kind = 'feedback' or survey = 'csat') and score is not null
   and touchpoint is not null
   and ($1::date is null or on_day >= $1) and ($2::date is null or on_day <= $2)
 group by touchpoint order by touchpoint
"""
UNTAGGED = """
select count(*) from feedback_entry
 where untagged and ($1::date is null or received_on >= $1) and ($2::date is null or received_on <= $2)
"""
IMPROVEMENTS = """
select row_to_json(i)::text as item from (
  select item_id, element, touchpoint, title, impact, feasibility, scope, score, rank, status, solution, baseline, now,
         source, opened_at, place
    from (
      select *, row_number() over (order by score desc nulls last, impact desc, opened_at, item_id) as place,
             case when score is not null
               then row_number() over (order by score desc nulls last, impact desc, opened_at, item_id) end as rank
        from improvement_item
    ) ranked
   where ($1::text is null or status = $1) and ($2::bigint is null or place > $2)
     and ($4::text is null or solution ->> 'owner' = $4)
   order by place
   limit $3
) i
"""
ONE_IMPROVEMENT = """
select row_to_json(i)::text as item from (
  select item_id, element, touchpoint, title, impact, feasibility, scope, score,
         case when score is not null then 1 + (
           select count(*) from improvement o
            where o.score >= i.score
              and (o.score > i.score or (o.impact, i.opened_at, i.item_id) > (i.impact, o.opened_at, o.item_id))
         ) end as rank,
         status, solution, baseline, now, source, opened_at
    from improvement i where item_id = $1
) i
"""
MEASURED = """
select avg(s.score)::float8 as mean from improvement i join signal s on s.element = i.element
 where i.item_id = $1 and s.kind in ('feedback', 'answer') and (s.kind = 'feedback' or s.survey = 'csat')
   and ($2::date is null or s.on_day > $2) and ($3::date is null or s.on_day <= $3)
"""
IMPLEMENTED_ON = "select (solution ->> 'implemented_on')::date from improvement where item_id = $1"
CANDIDATES = """
with told as (
  select distinct case_id, customer_id, cause ->> 'category' as category,
         coalesce(cause ->> 'element', element) as element
    from (
      select case_id, customer_id, opened_on, element, causes from case_file
      union all
      select case_id, customer_id, opened_on, null, causes from winback_file
    ) f cross join lateral jsonb_array_elements(f.causes) as causes (cause)
   where opened_on >= $1 and opened_on <= $2
), cases as (
  select category, element, count(distinct case_id) as cases from told group by category, element
), customers as (
  select category, element, count(*) as customers, coalesce(sum(spent.amount), 0)::bigint as revenue
    from (select distinct category, element, customer_id from told) each
    left join lateral (
      select sum(p.amount) as amount from purchase p where p.customer_id = each.customer_id and not p.cancelled
    ) spent on true
   group by category, element
)
select json_build_object(
    'category', c.category, 'element', c.element, 'cases', c.cases, 'customers', u.customers, 'revenue', u.revenue
  )::text as item
  from cases c join customers u on u.category = c.category and u.element is not distinct from c.element
 order by u.customers desc, u.revenue desc, c.category, c.element
"""
PROMISES = """
select row_to_json(p)::text as item from (
  select promise_id, title, touchpoints, status, opened_at from promise
   where $1::timestamptz is null or (opened_at, promise_id) > ($1, $2::uuid)
   order by opened_at, promise_id limit $3
) p
"""
ONE_PROMISE = """
select json_build_object('promise_id', promise_id, 'title', title, 'touchpoints', touchpoints, 'status', status)::text
  from promise where promise_id = $1
"""


class Wanted(NamedTuple):
    """None: any."""

    kind: str | None = None
    source: str | None = None
    element: str | None = None
    flag: str | None = None
    customer: UUID | None = None


class Planned(NamedTuple):
    """None: any."""

    status: str | None = None
    owner: str | None = None
    today: date | None = None


Scored = dict[str, asyncpg.Record]


async def items_of(connection: asyncpg.Connection, statement: str, *given: Any) -> list[dict[str, Any]]:
    """Rows of JSON text as what they hold."""
    return [msgspec.json.decode(row["item"]) for row in await connection.fetch(statement, *given)]


async def find_feedback(connection: asyncpg.Connection, feedback_id: str) -> tuple[dict[str, Any], UUID] | None:
    """The feedback and whose it is."""
    row = await connection.fetchrow(ONE_FEEDBACK, feedback_id)
    return None if row is None else (msgspec.json.decode(row["item"]), row["customer_id"])


async def count_elements(
    connection: asyncpg.Connection, from_on: date | None, to_on: date | None, elements: tuple[str, ...]
) -> dict[str, Any]:
    """Scores of 1 to 5 and mentions of every element of the policy, scores per touchpoint (FB-05)."""
    before = _before(from_on, to_on)
    counted, earlier = [
        {row["element"]: row for row in await connection.fetch(ELEMENTS, *days, list(elements))}
        for days in ((from_on, to_on), before)
    ]
    touchpoints, once = [await connection.fetch(TOUCHPOINTS, *days) for days in ((from_on, to_on), before)]
    means = {row["touchpoint"]: row["mean"] for row in once}
    return {
        "elements": [_element(name, counted.get(name)) | _trend(counted, earlier, name) for name in elements],
        "touchpoints": [
            dict(row) | {"change": _change(row["mean"], means.get(row["touchpoint"]))} for row in touchpoints
        ],
        "untagged": await connection.fetchval(UNTAGGED, from_on, to_on),
    }


def _before(from_on: date | None, to_on: date | None) -> tuple[date, date]:
    """As many days before; none, where these have no beginning or no end, or go back to the first of all days."""
    if from_on is None or to_on is None or to_on - from_on >= from_on - date.min:
        return date.max, date.min
    return from_on - (to_on - from_on) - timedelta(days=1), from_on - timedelta(days=1)


def _trend(counted: Scored, earlier: Scored, name: str) -> dict[str, float | None]:
    now, then = counted.get(name), earlier.get(name)
    return {"change": _change(now["mean"] if now else None, then["mean"] if then else None)}


def _change(now: float | None, then: float | None) -> float | None:
    return None if now is None or then is None else now - then


def _element(name: str, row: asyncpg.Record | None) -> dict[str, Any]:
    mentions = {sentiment: row[sentiment] if row else 0 for sentiment in ("positive", "neutral", "negative")}
    return {"element": name, "n": row["n"] if row else 0, "mean": row["mean"] if row else None, "mentions": mentions}
