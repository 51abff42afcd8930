"""How the cases of complaints and their steps are saved and loaded."""

from __future__ import annotations

from services.feedback.domain.rows import CaseFile, CaseStep
from services.feedback.domain.state import ClosedCase
from shared.engine.ledger import Ledger

SAVE_FILES = """
insert into case_file (
  case_id, kind, complaint_id, customer_id, status, fault, severity, correctable, commitment_breached, staff_at_fault,
  about, order_id, element, touchpoint, channel, tier, opened_at, opened_on, acknowledge_by_on, acknowledged_at,
  closed_at, closed_because, answer_channel, answer_note, causes, said, cause_id, cause_type,
  resolve_by_on, deadlines, moves, paused_at, owner, escalation, escalated_to, reopened
)
select
  case_id, kind, complaint_id, customer_id, status, fault, severity, correctable, commitment_breached, staff_at_fault,
  about, order_id, element, touchpoint, channel, tier, opened_at, opened_on, acknowledge_by_on, acknowledged_at,
  closed_at, closed_because, answer_channel, answer_note, causes, said, cause_id, cause_type,
  resolve_by_on, deadlines, moves, paused_at, owner, escalation, escalated_to, reopened
from json_populate_recordset(null::case_file, $1::json)
on conflict (case_id) do update set
  customer_id = excluded.customer_id, status = excluded.status, fault = excluded.fault, severity = excluded.severity,
  correctable = excluded.correctable, commitment_breached = excluded.commitment_breached,
  staff_at_fault = excluded.staff_at_fault, about = excluded.about, order_id = excluded.order_id,
  element = excluded.element, touchpoint = excluded.touchpoint, channel = excluded.channel, tier = excluded.tier,
  opened_at = excluded.opened_at, opened_on = excluded.opened_on, acknowledge_by_on = excluded.acknowledge_by_on,
  acknowledged_at = excluded.acknowledged_at, closed_at = excluded.closed_at, closed_because = excluded.closed_because,
  answer_channel = excluded.answer_channel, answer_note = excluded.answer_note, causes = excluded.causes,
  said = excluded.said, cause_id = excluded.cause_id, cause_type = excluded.cause_type,
  resolve_by_on = excluded.resolve_by_on, deadlines = excluded.deadlines, moves = excluded.moves,
  paused_at = excluded.paused_at, owner = excluded.owner, escalation = excluded.escalation,
  escalated_to = excluded.escalated_to, reopened = excluded.reopened
"""
LOAD_FILES = "select row_to_json(f)::text as row from case_file f where f.case_id = any($1::uuid[])"

SAVE_STEPS = """
insert into case_step (
  case_id, step, place, due_on, because, status, customer_told, completed_at, reason, channel, outcome, agent, note,
  entitlements
)
select
  case_id, step, place, due_on, because, status, customer_told, completed_at, reason, channel, outcome, agent, note,
  entitlements
from json_populate_recordset(null::case_step, $1::json)
on conflict (case_id, step) do update set
  place = excluded.place, due_on = excluded.due_on, because = excluded.because, status = excluded.status,
  customer_told = excluded.customer_told, completed_at = excluded.completed_at, reason = excluded.reason,
  channel = excluded.channel, outcome = excluded.outcome, agent = excluded.agent, note = excluded.note,
  entitlements = excluded.entitlements
"""
LOAD_STEPS = """
select row_to_json(s)::text as row
  from unnest($1::text[]) as asked (key)
  join case_step s on s.case_id = split_part(asked.key, ':', 1)::uuid and s.step = split_part(asked.key, ':', 2)
"""

SAVE_CLOSED = """
insert into closed_case (case_id, steps, repeat, guaranteed, clocks)
select case_id, steps, repeat, guaranteed, clocks from json_populate_recordset(null::closed_case, $1::json)
on conflict (case_id) do update set
  steps = excluded.steps, repeat = excluded.repeat, guaranteed = excluded.guaranteed, clocks = excluded.clocks
"""
LOAD_CLOSED = "select row_to_json(c)::text as row from closed_case c where c.case_id = any($1::uuid[])"

# That there was a complaint stays, as a tally of its day.
ERASE_FILES = """
with gone as (select case_id from case_file where customer_id = any($1::uuid[])),
closed as (delete from closed_case where case_id in (select case_id from gone)),
steps as (delete from case_step where case_id in (select case_id from gone)),
files as (delete from case_file where case_id in (select case_id from gone) returning opened_on, channel)
insert into signal (signal_id, kind, at, on_day, channel)
select gen_random_uuid(), 'complaint', opened_on, opened_on, channel from files
"""

CASES: tuple[Ledger, ...] = (
    Ledger(row=CaseFile, key=lambda row: row.case_id, save=SAVE_FILES, load=LOAD_FILES, erase=ERASE_FILES, things=True),
    Ledger(row=ClosedCase, key=lambda row: row.case_id, save=SAVE_CLOSED, load=LOAD_CLOSED),
    Ledger(row=CaseStep, key=lambda row: row.key, save=SAVE_STEPS, load=LOAD_STEPS, things=True),
)
"""Files before steps: a step refers to its file."""
