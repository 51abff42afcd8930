"""How what customers say and buy is saved and loaded."""

from __future__ import annotations

from services.feedback.domain.signals import Grievance, Purchase, Signal
from shared.engine.ledger import Ledger

SAVE_SIGNALS = """
insert into signal (
  signal_id, kind, customer_id, at, on_day, channel, agent, element, touchpoint, dimension, grade, survey, score,
  sentiment, status, minutes, amount, complaint_id
)
select
  signal_id, kind, customer_id, at, on_day, channel, agent, element, touchpoint, dimension, grade, survey, score,
  sentiment, status, minutes, amount, complaint_id
from json_populate_recordset(null::signal, $1::json)
on conflict (signal_id) do update set
  customer_id = excluded.customer_id, at = excluded.at, on_day = excluded.on_day, channel = excluded.channel,
  agent = excluded.agent, element = excluded.element, touchpoint = excluded.touchpoint,
  dimension = excluded.dimension, grade = excluded.grade, survey = excluded.survey, score = excluded.score,
  sentiment = excluded.sentiment, status = excluded.status, minutes = excluded.minutes, amount = excluded.amount,
  complaint_id = excluded.complaint_id
"""
LOAD_SIGNALS = "select row_to_json(s)::text as row from signal s where s.signal_id = any($1::uuid[])"

SAVE_GRIEVANCES = """
insert into grievance (grievance_id, customer_id, source, origin, logged_on, resolved_at)
select grievance_id, customer_id, source, origin, logged_on, resolved_at
from json_populate_recordset(null::grievance, $1::json)
on conflict (grievance_id) do update set
  customer_id = excluded.customer_id, source = excluded.source, origin = excluded.origin,
  logged_on = excluded.logged_on, resolved_at = excluded.resolved_at
"""
LOAD_GRIEVANCES = "select row_to_json(g)::text as row from grievance g where g.grievance_id = any($1::uuid[])"

SAVE_PURCHASES = """
insert into purchase (order_id, customer_id, ordered_on, amount, cancelled, guarantee_until_on)
select order_id, customer_id, ordered_on, amount, cancelled, guarantee_until_on
from json_populate_recordset(null::purchase, $1::json)
on conflict (order_id) do update set
  customer_id = excluded.customer_id, ordered_on = excluded.ordered_on, amount = excluded.amount,
  cancelled = excluded.cancelled, guarantee_until_on = excluded.guarantee_until_on
"""
LOAD_PURCHASES = "select row_to_json(p)::text as row from purchase p where p.order_id = any($1::text[])"

# What was counted stays, as tallies of a day that are nobody's and lead to nothing. An overdue follow-up is superseded.
ERASE_SIGNALS = """
with gone as (
  select signal_id, case when survey = 'csat' then served_by(customer_id, at) else agent end as agent
    from signal where customer_id = any($1::uuid[]) and status is distinct from 'overdue'
), dropped as (
  delete from signal where customer_id = any($1::uuid[]) and status = 'overdue'
)
update signal set
  signal_id = gen_random_uuid(), customer_id = null, at = on_day, agent = gone.agent, minutes = null, amount = null,
  complaint_id = null
from gone where signal.signal_id = gone.signal_id
"""
ERASE_GRIEVANCES = """
with gone as (delete from grievance where customer_id = any($1::uuid[]) returning logged_on)
insert into signal (signal_id, kind, at, on_day)
select gen_random_uuid(), 'grievance', logged_on, logged_on from gone where logged_on is not null
"""
ERASE_PURCHASES = """
with gone as (delete from purchase where customer_id = any($1::uuid[]) returning ordered_on, amount, cancelled)
insert into signal (signal_id, kind, at, on_day, amount)
select gen_random_uuid(), 'order', ordered_on, ordered_on, amount from gone where not cancelled
"""

VOICE: tuple[Ledger, ...] = (
    Ledger(row=Signal, key=lambda row: row.signal_id, save=SAVE_SIGNALS, load=LOAD_SIGNALS, erase=ERASE_SIGNALS),
    Ledger(
        row=Grievance,
        key=lambda row: row.grievance_id,
        save=SAVE_GRIEVANCES,
        load=LOAD_GRIEVANCES,
        erase=ERASE_GRIEVANCES,
    ),
    Ledger(row=Purchase, key=lambda row: row.order_id, save=SAVE_PURCHASES, load=LOAD_PURCHASES, erase=ERASE_PURCHASES),
)
