"""How departures, win-backs and their steps are saved and loaded."""

from __future__ import annotations

from services.feedback.domain.departures import Churn
from services.feedback.domain.improvement_seed import Seed
from services.feedback.domain.winback import WinbackFile, WinbackStepRow
from shared.engine.ledger import Ledger

SAVE_CHURNS = """
insert into churn (churn_id, customer_id, kind, reason, churned_at, churned_on, tier, case_id, ended_on)
select churn_id, customer_id, kind, reason, churned_at, churned_on, tier, case_id, ended_on
from json_populate_recordset(null::churn, $1::json)
on conflict (churn_id) do update set
  customer_id = excluded.customer_id, kind = excluded.kind, reason = excluded.reason, tier = excluded.tier,
  case_id = excluded.case_id, ended_on = excluded.ended_on
"""

SAVE_FILES = """
insert into winback_file (
  case_id, customer_id, status, reason, tier, opened_at, opened_on, returned, closed_at, opinions, plan, item_id,
  owner, causes, cause_id, cause_type
)
select
  case_id, customer_id, status, reason, tier, opened_at, opened_on, returned, closed_at, opinions, plan, item_id,
  owner, causes, cause_id, cause_type
from json_populate_recordset(null::winback_file, $1::json)
on conflict (case_id) do update set
  customer_id = excluded.customer_id, status = excluded.status, reason = excluded.reason, tier = excluded.tier,
  returned = excluded.returned, closed_at = excluded.closed_at, opinions = excluded.opinions, plan = excluded.plan,
  item_id = excluded.item_id, owner = excluded.owner, causes = excluded.causes
"""
LOAD_FILES = "select row_to_json(f)::text as row from winback_file f where f.case_id = any($1::uuid[])"

SAVE_STEPS = """
insert into winback_step (
  case_id, step, place, due_on, status, channels, completed_at, reason, channel, outcome, agent, note
)
select case_id, step, place, due_on, status, channels, completed_at, reason, channel, outcome, agent, note
from json_populate_recordset(null::winback_step, $1::json)
on conflict (case_id, step) do update set
  due_on = excluded.due_on, status = excluded.status, channels = excluded.channels,
  completed_at = excluded.completed_at, reason = excluded.reason, channel = excluded.channel,
  outcome = excluded.outcome, agent = excluded.agent, note = excluded.note
"""

SAVE_SEEDS = """
insert into improvement_seed (item_id, source, origin, element, touchpoint, title, seeded_at)
select item_id, source, origin, element, touchpoint, title, seeded_at
from json_populate_recordset(null::improvement_seed, $1::json)
on conflict (item_id) do update set element = excluded.element, touchpoint = excluded.touchpoint
"""
LOAD_SEEDS = "select row_to_json(s)::text as row from improvement_seed s where s.item_id = any($1::uuid[])"

ERASE_CHURNS = "delete from churn where customer_id = any($1::uuid[])"
ERASE_FILES = """
with gone as (select case_id from winback_file where customer_id = any($1::uuid[])),
steps as (delete from winback_step where case_id in (select case_id from gone))
delete from winback_file where case_id in (select case_id from gone)
"""

WINBACKS: tuple[Ledger, ...] = (
    Ledger(row=Churn, key=lambda row: row.churn_id, save=SAVE_CHURNS, erase=ERASE_CHURNS),
    Ledger(row=WinbackFile, key=lambda row: row.case_id, save=SAVE_FILES, load=LOAD_FILES, erase=ERASE_FILES),
    Ledger(row=WinbackStepRow, key=lambda row: f"{row.case_id}:{row.step}", save=SAVE_STEPS),
    Ledger(row=Seed, key=lambda row: row.item_id, save=SAVE_SEEDS, load=LOAD_SEEDS),
)
"""Files before steps: a step refers to its file."""
