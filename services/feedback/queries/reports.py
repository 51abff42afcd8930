"""What answers say by dimension, driver and aspect, and where staff need training: read when it is asked for."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import asyncpg
import msgspec

DIMENSIONS = """
select dimension, count(*) filter (where survey = 'csat') as n,
       avg(score) filter (where survey = 'csat')::float8 as mean,
       (stddev_pop(score) filter (where survey = 'csat')
         / sqrt(nullif(count(*) filter (where survey = 'csat'), 0)))::float8 as standard_error,
       count(*) filter (where survey = 'gap') as gap_n, avg(score) filter (where survey = 'gap')::float8 as gap
  from (
    select t.dimension, s.survey, s.score
      from signal s join unnest($3::text[], $4::text[]) as t (name, dimension) on t.name = s.dimension
     where s.kind = 'answer' and s.on_day between $1 and $2 and s.survey in ('csat', 'gap')
    union all
    select s.dimension, s.survey, s.score from signal s
     where s.kind = 'answer' and s.on_day between $1 and $2 and s.survey in ('csat', 'gap')
       and s.dimension = any($5::text[])
  ) told
 group by dimension
"""
DRIVERS = """
with answers as (
  select customer_id, at, signal_id, survey, score from signal
   where kind = 'answer' and on_day between $1 and $2 and survey in ('csat', 'gap')
), before as (
  select a.score, (select e.score from signal e
                    where e.customer_id = a.customer_id and e.kind = 'answer' and e.at < a.at and e.survey = 'csat'
                    order by e.at desc, e.signal_id limit 1) as last
    from answers a where a.survey = 'csat'
), served as (
  select served_by(customer_id, at) as agent, score from answers where survey = 'csat'
), staff as (
  select agent, count(*) as n, avg(score) as mean from served where agent is not null group by agent
)
select json_build_object(
  'expectation', (select json_build_object(
      'n', count(*), 'gap', avg(score), 'below', count(*) filter (where score < 0),
      'met', count(*) filter (where score = 0), 'exceeded', count(*) filter (where score > 0))
    from answers where survey = 'gap'),
  'experience', (select json_build_object(
      'n', count(*), 'after_satisfied', avg(score) filter (where last >= $3),
      'after_dissatisfied', avg(score) filter (where last < $3))
    from before where last is not null),
  'individual', (select json_build_object(
      'n', coalesce(sum(n), 0), 'agents', count(*), 'lowest', min(mean), 'highest', max(mean))
    from staff)
)::text
"""
ASPECTS = """
select aspect, count(*) as n, count(score) as scored, avg(score)::float8 as mean
  from feedback_entry cross join lateral jsonb_array_elements_text(aspects) as tagged (aspect)
 where received_on between $1 and $2 and aspect = any($3::text[])
 group by aspect
"""
LOW = """
select touchpoint, count(*) as n, count(*) filter (where score <= $3) as low, avg(score)::float8 as mean
  from signal
 where kind in ('feedback', 'answer') and (kind = 'feedback' or survey = 'csat') and score is not null
   and on_day between $1 and $2 and element = $4 and touchpoint is not null
 group by touchpoint having count(*) filter (where score <= $3) >= $5
 order by low desc, touchpoint
"""
LAST_TRAINING = """
select max((solution ->> 'implemented_on')::date) from improvement where solution ->> 'type' = 'training'
"""
PLANNED_TRAININGS = """
select json_build_object('item_id', item_id, 'title', title, 'touchpoint', touchpoint, 'owner', solution ->> 'owner',
                         'due_on', solution ->> 'due_on')::text as item
  from improvement where solution ->> 'type' = 'training' and status = 'planned'
 order by solution ->> 'due_on', item_id
"""

Dimensions = Mapping[str, tuple[str, ...]]
"""Dimension -> its parts."""


async def score_dimensions(
    connection: asyncpg.Connection, from_on: date, to_on: date, dimensions: Dimensions
) -> list[dict[str, Any]]:
    """An answer about a part counts for the part and for its dimension (FB-14)."""
    parts = [(part, name) for name, its in dimensions.items() for part in its]
    names, wholes = [part for part, _ in parts], [whole for _, whole in parts]
    rows = await connection.fetch(DIMENSIONS, from_on, to_on, names, wholes, [*dimensions, *names])
    found = {row["dimension"]: dict(row) for row in rows}
    return [
        _scored(name, found) | {"parts": [_scored(part, found, "part") for part in its]}
        for name, its in dimensions.items()
    ]


def _scored(name: str, found: Mapping[str, dict[str, Any]], called: str = "dimension") -> dict[str, Any]:
    row = found.get(name, {"n": 0, "mean": None, "standard_error": None, "gap_n": 0, "gap": None})
    return {called: name} | {field: value for field, value in row.items() if field != "dimension"}


async def rank_drivers(
    connection: asyncpg.Connection, from_on: date, to_on: date, satisfied: int
) -> list[dict[str, Any]]:
    """In the order that the practice gives them, not by what they come to here (FB-15, K-18)."""
    told = msgspec.json.decode(await connection.fetchval(DRIVERS, from_on, to_on, satisfied))
    return [{"rank": rank, "driver": name} | figures for rank, (name, figures) in enumerate(told.items(), 1)]


async def score_aspects(
    connection: asyncpg.Connection, from_on: date, to_on: date, aspects: tuple[str, ...]
) -> list[dict[str, Any]]:
    """What feedback is about, by the policy's list (FB-17)."""
    found = {row["aspect"]: dict(row) for row in await connection.fetch(ASPECTS, from_on, to_on, list(aspects))}
    return [found.get(name, {"aspect": name, "n": 0, "scored": 0, "mean": None}) for name in aspects]
