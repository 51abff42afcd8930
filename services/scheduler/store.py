"""What the scheduler saves and loads: its ledgers and their SQL."""

from __future__ import annotations

from typing import Final

from services.scheduler.domain.agents import Agent
from services.scheduler.domain.rows import ComplaintCase, Contact, Customer, ExitReview, Followup, Launch, Task
from shared.engine.ledger import Ledger

# Closed rows go first, so that the one open follow-up never meets the one it took the place of.
SAVE_FOLLOWUPS = """
insert into followup (followup_id, customer_id, cycle, journal, grade, due_on, because, scheduled_at, cause_id,
                      cause_type, status, closed_at, superseded_by, mode, channel, outcome, need, on_time, agent, note,
                      rung, escalated_to, worked_on)
select followup_id, customer_id, cycle, journal, grade, due_on, because, scheduled_at, cause_id,
       cause_type, coalesce(status, 'scheduled'), closed_at, superseded_by, mode, channel, outcome, need, on_time,
       agent, note, coalesce(rung, 0), escalated_to, worked_on
  from json_populate_recordset(null::followup, $1::json)
 order by closed_at is null
on conflict (followup_id) do update
   set because = excluded.because, scheduled_at = excluded.scheduled_at, cause_id = excluded.cause_id,
       cause_type = excluded.cause_type, status = excluded.status, closed_at = excluded.closed_at,
       superseded_by = excluded.superseded_by, mode = excluded.mode, channel = excluded.channel,
       outcome = excluded.outcome, need = excluded.need, on_time = excluded.on_time, agent = excluded.agent,
       note = excluded.note, replaced = false, rung = excluded.rung, escalated_to = excluded.escalated_to,
       worked_on = excluded.worked_on
"""
# The ids are known outside: what was done stays done, and what was open stands for the open one.
REPLACE_FOLLOWUPS = """
update followup
   set replaced = true, closed_at = coalesce(closed_at, scheduled_at),
       status = case when closed_at is null then 'superseded' else status end
 where customer_id = any($1::uuid[]) and not replaced
"""
ERASE_FOLLOWUPS = "delete from followup where customer_id = any($1::uuid[])"
LOAD_FOLLOWUPS = "select row_to_json(f)::text as row from followup f where f.followup_id = any($1::uuid[])"

SAVE_TASKS = """
insert into task (task_id, customer_id, kind, key, due_on, because, created_at, cause_id, cause_type,
                  consent_purpose, caused_by_case, complaint_id, step, occasion, occasion_key, options, channel,
                  owner, department, purpose, amount, currency, approvers, approved_by, meeting, service_type,
                  status, let_through_on, rule, until, snoozed_because, overdue_at, closed_at, outcome, need,
                  agent, note, reason, rung, escalated_to, worked_on, due_at)
select task_id, customer_id, kind, key, due_on, because, created_at, cause_id, cause_type,
       coalesce(consent_purpose, 'service'), caused_by_case, complaint_id, step, occasion, occasion_key,
       coalesce(options, '{}'), channel, owner, department, purpose, amount, currency, coalesce(approvers, '{}'),
       coalesce(approved_by, '{}'), meeting, service_type, coalesce(status, 'open'), let_through_on, rule, until,
       snoozed_because,
       overdue_at, closed_at, outcome, need, agent, note, reason, coalesce(rung, 0), escalated_to, worked_on, due_at
  from json_populate_recordset(null::task, $1::json)
on conflict (task_id) do update
   set customer_id = excluded.customer_id, due_on = excluded.due_on, created_at = excluded.created_at,
       cause_id = excluded.cause_id, cause_type = excluded.cause_type, consent_purpose = excluded.consent_purpose,
       options = excluded.options, channel = excluded.channel, owner = excluded.owner,
       department = excluded.department, purpose = excluded.purpose, amount = excluded.amount,
       currency = excluded.currency, approvers = excluded.approvers, approved_by = excluded.approved_by,
       meeting = excluded.meeting, service_type = excluded.service_type, status = excluded.status,
       let_through_on = excluded.let_through_on, rule = excluded.rule, until = excluded.until,
       snoozed_because = excluded.snoozed_because,
       overdue_at = excluded.overdue_at, closed_at = excluded.closed_at, outcome = excluded.outcome,
       need = excluded.need, agent = excluded.agent, note = excluded.note, reason = excluded.reason,
       rung = excluded.rung, escalated_to = excluded.escalated_to, worked_on = excluded.worked_on,
       due_at = excluded.due_at
"""
LOAD_TASKS = "select row_to_json(t)::text as row from task t where t.task_id = any($1::uuid[])"
FORGET_TASKS = "delete from task where customer_id = any($1::uuid[])"

SAVE_CASES = """
insert into complaint_case (case_id, customer_id, complaint_id, opened_on, fault, status)
select case_id, customer_id, complaint_id, opened_on, fault, status
  from json_populate_recordset(null::complaint_case, $1::json)
on conflict (case_id) do update
   set customer_id = excluded.customer_id, opened_on = excluded.opened_on, fault = excluded.fault,
       status = excluded.status
"""
LOAD_CASES = "select row_to_json(c)::text as row from complaint_case c where c.case_id = any($1::uuid[])"

SAVE_CUSTOMERS = """
insert into customer (customer_id, registered_on, time_zone, owner, preferred_channel, grade, urgency, tier,
                      last_contact_on, segments, exited, anchor_on, case_on, inner_on)
select customer_id, registered_on, time_zone, owner, preferred_channel, grade, urgency, tier, last_contact_on,
       segments, exited, anchor_on, case_on, inner_on
  from json_populate_recordset(null::customer, $1::json)
on conflict (customer_id) do update
   set registered_on = excluded.registered_on, time_zone = excluded.time_zone, owner = excluded.owner,
       preferred_channel = excluded.preferred_channel, grade = excluded.grade, urgency = excluded.urgency,
       tier = excluded.tier, last_contact_on = excluded.last_contact_on, segments = excluded.segments,
       exited = excluded.exited, anchor_on = excluded.anchor_on, case_on = excluded.case_on,
       inner_on = excluded.inner_on
"""

SAVE_CONTACTS = """
insert into contact (contact_id, customer_id, at, direction, channel, consent_purpose, status, rule, until, task_id,
                     place_on, place, cause_id, cause_type)
select contact_id, customer_id, at, direction, channel, consent_purpose, status, rule, until, task_id, place_on,
       place, cause_id, cause_type
  from json_populate_recordset(null::contact, $1::json)
on conflict (contact_id) do update
   set customer_id = excluded.customer_id, at = excluded.at, direction = excluded.direction,
       channel = excluded.channel, consent_purpose = excluded.consent_purpose, status = excluded.status,
       rule = excluded.rule, until = excluded.until, task_id = excluded.task_id, place_on = excluded.place_on,
       place = excluded.place, cause_id = excluded.cause_id, cause_type = excluded.cause_type
"""
FORGET_CONTACTS = "delete from contact where customer_id = any($1::uuid[])"

SAVE_REVIEWS = """
insert into exit_review (review_id, customer_id, profit, currency, requested_at, status, decided_by, reason)
select review_id, customer_id, profit, currency, requested_at, status, decided_by, reason
  from json_populate_recordset(null::exit_review, $1::json)
on conflict (review_id) do update
   set customer_id = excluded.customer_id, status = excluded.status, decided_by = excluded.decided_by,
       reason = excluded.reason
"""
LOAD_REVIEWS = "select row_to_json(r)::text as row from exit_review r where r.review_id = any($1::uuid[])"
ERASE_REVIEWS = "delete from exit_review where customer_id = any($1::uuid[])"

SAVE_AGENTS = """
insert into agent (id, agent_id, name, team, role, channels, capacity, hours, away_from_on, away_to_on,
                   deputy, left_on, successor, absences)
select id, agent_id, name, team, role, channels, capacity, hours, away_from_on, away_to_on, deputy, left_on, successor,
       absences
  from json_populate_recordset(null::agent, $1::json)
on conflict (id) do update
   set name = excluded.name, team = excluded.team, role = excluded.role, channels = excluded.channels,
       capacity = excluded.capacity, hours = excluded.hours, away_from_on = excluded.away_from_on,
       away_to_on = excluded.away_to_on, deputy = excluded.deputy,
       left_on = excluded.left_on, successor = excluded.successor, absences = excluded.absences
"""

# A launch is work for a job: it goes with the transaction that has heard of it.
SAVE_LAUNCHES = """
insert into job (id, kind, state, given)
select id, 'product_offers', 'waiting', jsonb_build_object('product', product, 'tags', tags, 'pilot', pilot)
  from json_to_recordset($1::json) as launch (id uuid, product text, tags jsonb, pilot bool)
on conflict (id) do nothing
"""
ERASE_CUSTOMERS = "delete from customer where customer_id = any($1::uuid[])"
ERASE_CASES = "delete from complaint_case where customer_id = any($1::uuid[])"

LEDGERS: Final[tuple[Ledger, ...]] = (
    Ledger(row=Customer, key=lambda row: row.customer_id, save=SAVE_CUSTOMERS, forget=ERASE_CUSTOMERS),
    Ledger(
        row=Followup,
        key=lambda row: row.followup_id,
        save=SAVE_FOLLOWUPS,
        load=LOAD_FOLLOWUPS,
        forget=REPLACE_FOLLOWUPS,
        erase=ERASE_FOLLOWUPS,
    ),
    Ledger(
        row=ComplaintCase, key=lambda row: row.case_id, save=SAVE_CASES, load=LOAD_CASES, erase=ERASE_CASES, things=True
    ),
    Ledger(row=Task, key=lambda row: row.task_id, save=SAVE_TASKS, load=LOAD_TASKS, forget=FORGET_TASKS, things=True),
    Ledger(row=Contact, key=lambda row: row.contact_id, save=SAVE_CONTACTS, forget=FORGET_CONTACTS),
    Ledger(row=ExitReview, key=lambda row: row.review_id, save=SAVE_REVIEWS, load=LOAD_REVIEWS, erase=ERASE_REVIEWS),
    Ledger(row=Agent, key=lambda row: row.id, save=SAVE_AGENTS),
    Ledger(row=Launch, key=lambda row: row.id, save=SAVE_LAUNCHES),
)
