"""How feedback, improvements and promises are saved and loaded."""

from __future__ import annotations

from services.feedback.domain.feedback_entry import FeedbackEntry
from services.feedback.domain.improvement import Improvement, Ranking
from services.feedback.domain.promises import Promise
from shared.engine.ledger import Ledger

SAVE_FEEDBACK = """
insert into feedback_entry (
  feedback_id, customer_id, kind, source, received_at, received_on, element, touchpoint, score, untagged, no_plan,
  plan, item_id, text, aspects
)
select
  feedback_id, customer_id, kind, source, received_at, received_on, element, touchpoint, score, untagged, no_plan,
  plan, item_id, text, aspects
from json_populate_recordset(null::feedback_entry, $1::json)
on conflict (feedback_id) do update set
  customer_id = excluded.customer_id, element = excluded.element, touchpoint = excluded.touchpoint,
  untagged = excluded.untagged, no_plan = excluded.no_plan, plan = excluded.plan, aspects = excluded.aspects
"""
LOAD_FEEDBACK = "select row_to_json(f)::text as row from feedback_entry f where f.feedback_id = any($1::text[])"

ERASE_FEEDBACK = "delete from feedback_entry where customer_id = any($1::uuid[])"

SAVE_IMPROVEMENTS = """
insert into improvement (
  item_id, source, opened_at, element, touchpoint, title, impact, feasibility, scope, score, status, solution,
  baseline, now, measured_on
)
select
  item_id, source, opened_at, element, touchpoint, title, impact, feasibility, scope, score, status, solution,
  baseline, now, measured_on
from json_populate_recordset(null::improvement, $1::json)
on conflict (item_id) do update set
  element = excluded.element, touchpoint = excluded.touchpoint, title = excluded.title, impact = excluded.impact,
  feasibility = excluded.feasibility, scope = excluded.scope, score = excluded.score, status = excluded.status,
  solution = excluded.solution, baseline = excluded.baseline, now = excluded.now,
  measured_on = excluded.measured_on
"""
LOAD_RANKING = """
select json_build_object('key', asked.key, 'items', coalesce((
    select json_agg(json_build_object(
      'item_id', item_id, 'score', score, 'impact', impact, 'opened_at', opened_at
    )) from improvement where score > 0
  ), '[]'::json))::text as row
  from unnest($1::text[]) as asked (key)
"""
"""All that are rated: people make them, so they stay few."""

SAVE_PROMISES = """
insert into promise (promise_id, title, touchpoints, opened_at, status)
select promise_id, title, touchpoints, opened_at, status from json_populate_recordset(null::promise, $1::json)
on conflict (promise_id) do update set touchpoints = excluded.touchpoints, status = excluded.status
"""

LOOP: tuple[Ledger, ...] = (
    Ledger(
        row=FeedbackEntry, key=lambda row: row.feedback_id, save=SAVE_FEEDBACK, load=LOAD_FEEDBACK, erase=ERASE_FEEDBACK
    ),
    Ledger(row=Improvement, key=lambda row: row.item_id, save=SAVE_IMPROVEMENTS),
    Ledger(row=Ranking, key=lambda row: row.key, save=None, load=LOAD_RANKING),
    Ledger(row=Promise, key=lambda row: row.promise_id, save=SAVE_PROMISES),
)
"""A ranking is read alone: no rule writes one."""
