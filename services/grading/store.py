"""The ledgers of grading and their SQL."""

from __future__ import annotations

from typing import Final

from services.grading.domain.rows import (
    Complaint,
    Customer,
    Grading,
    OverrideEnding,
    OverrideRow,
    Posting,
    Purchase,
    Referral,
    Tiering,
)
from services.grading.domain.worth import Worth
from shared.engine.ledger import Ledger

SAVE_GRADES = """
insert into grade (id, customer_id, number, decided_at, as_of, grade, previous, changed, basis, deal_status, importance,
                   urgency, demand, flags, tier, inputs, reasons, runner_up, runner_up_rule, next_grade, next_on,
                   policy_id, cause_id, cause_type)
select id, customer_id, number, decided_at, as_of, grade, previous, changed, basis, deal_status, importance,
       urgency, demand, flags, tier, inputs, reasons, runner_up, runner_up_rule, next_grade, next_on,
       policy_id, cause_id, cause_type
  from json_populate_recordset(null::grade, $1::json)
on conflict (id) do update
   set number = excluded.number, decided_at = excluded.decided_at, as_of = excluded.as_of, grade = excluded.grade,
       previous = excluded.previous, changed = excluded.changed, basis = excluded.basis,
       deal_status = excluded.deal_status, importance = excluded.importance, urgency = excluded.urgency,
       demand = excluded.demand, flags = excluded.flags, tier = excluded.tier, inputs = excluded.inputs,
       reasons = excluded.reasons, runner_up = excluded.runner_up, runner_up_rule = excluded.runner_up_rule,
       next_grade = excluded.next_grade, next_on = excluded.next_on, policy_id = excluded.policy_id,
       cause_type = excluded.cause_type
"""
FORGET_GRADES = "delete from grade where customer_id = any($1::uuid[])"
GRADES = Ledger(row=Grading, key=lambda row: row.id, save=SAVE_GRADES, forget=FORGET_GRADES)

SAVE_CUSTOMERS = """
insert into customer (customer_id, time_zone, grade, previous, deal_status, importance, urgency, demand, flags, tier,
                      cause_id, cause_type)
select customer_id, time_zone, grade, previous, deal_status, importance, urgency, demand, flags, tier, cause_id,
       cause_type
  from json_populate_recordset(null::customer, $1::json)
on conflict (customer_id) do update
   set time_zone = excluded.time_zone, grade = excluded.grade, previous = excluded.previous,
       deal_status = excluded.deal_status, importance = excluded.importance, urgency = excluded.urgency,
       demand = excluded.demand, flags = excluded.flags, tier = excluded.tier, cause_id = excluded.cause_id,
       cause_type = excluded.cause_type
"""
FORGET_CUSTOMERS = "delete from customer where customer_id = any($1::uuid[])"
CUSTOMERS = Ledger(row=Customer, key=lambda row: row.customer_id, save=SAVE_CUSTOMERS, forget=FORGET_CUSTOMERS)

SAVE_WORTHS = """
insert into worth (customer_id, orders, net, order_days, first_order_on, last_order_on, margin, minutes, goods, cost,
                   minutes_ever, changes_on, placed, uplift_to, is_held, model_level)
select customer_id, orders, net, order_days, first_order_on, last_order_on, margin, minutes, goods, cost, minutes_ever,
       changes_on, placed, uplift_to, is_held, model_level
  from json_populate_recordset(null::worth, $1::json)
on conflict (customer_id) do update
   set orders = excluded.orders, net = excluded.net, order_days = excluded.order_days,
       first_order_on = excluded.first_order_on, last_order_on = excluded.last_order_on, margin = excluded.margin,
       minutes = excluded.minutes, goods = excluded.goods, cost = excluded.cost, minutes_ever = excluded.minutes_ever,
       changes_on = excluded.changes_on, placed = excluded.placed,
       uplift_to = excluded.uplift_to, is_held = excluded.is_held, model_level = excluded.model_level
"""
FORGET_WORTHS = "delete from worth where customer_id = any($1::uuid[])"
WORTHS = Ledger(row=Worth, key=lambda row: row.customer_id, save=SAVE_WORTHS, forget=FORGET_WORTHS)

SAVE_PURCHASES = """
insert into purchase (order_id, customer_id, "on", amount, goods, refunded, cancelled)
select order_id, customer_id, "on", amount, goods, refunded, cancelled
  from json_populate_recordset(null::purchase, $1::json)
on conflict (order_id) do update
   set customer_id = excluded.customer_id, "on" = excluded."on", amount = excluded.amount, goods = excluded.goods,
       refunded = excluded.refunded, cancelled = excluded.cancelled
"""
LOAD_PURCHASES = "select row_to_json(p)::text as row from purchase p where p.order_id = any($1::text[])"
ERASE_PURCHASES = "delete from purchase where customer_id = any($1::uuid[])"
PURCHASES = Ledger(
    row=Purchase, key=lambda row: row.order_id, save=SAVE_PURCHASES, load=LOAD_PURCHASES, erase=ERASE_PURCHASES
)

SAVE_COMPLAINTS = """
insert into complaint (complaint_id, customer_id, case_id, opened_by, withdrawn, fault, found, found_at, spent)
select complaint_id, customer_id, case_id, opened_by, withdrawn, fault, found, found_at, spent
  from json_populate_recordset(null::complaint, $1::json)
on conflict (complaint_id) do update
   set customer_id = excluded.customer_id, case_id = excluded.case_id, opened_by = excluded.opened_by,
       withdrawn = excluded.withdrawn, fault = excluded.fault, found = excluded.found, found_at = excluded.found_at,
       spent = excluded.spent
"""
LOAD_COMPLAINTS = "select row_to_json(c)::text as row from complaint c where c.complaint_id = any($1::text[])"
ERASE_COMPLAINTS = "delete from complaint where customer_id = any($1::uuid[])"
COMPLAINTS = Ledger(
    row=Complaint, key=lambda row: row.complaint_id, save=SAVE_COMPLAINTS, load=LOAD_COMPLAINTS, erase=ERASE_COMPLAINTS
)

SAVE_POSTINGS = """
insert into posting (event_id, "on", customer_id, revenue, refunds, goods, cost, minutes, excused_cost, excused_minutes,
                     orders, unpriced)
select p.event_id, (l.line ->> 'on')::date, p.customer_id, (l.line -> 'amounts' ->> 0)::bigint,
       (l.line -> 'amounts' ->> 1)::bigint, (l.line -> 'amounts' ->> 2)::bigint, (l.line -> 'amounts' ->> 3)::bigint,
       (l.line -> 'amounts' ->> 4)::bigint, (l.line -> 'amounts' ->> 5)::bigint, (l.line -> 'amounts' ->> 6)::bigint,
       (l.line ->> 'orders')::int, (l.line ->> 'unpriced')::int
  from json_to_recordset($1::json) as p(event_id text, customer_id uuid, lines json),
       json_array_elements(p.lines) as l(line)
on conflict (event_id, "on") do update set customer_id = excluded.customer_id
"""
LOAD_POSTINGS = """
select json_build_object('event_id', event_id, 'customer_id', min(customer_id::text), 'lines', json_agg(
         json_build_object('on', "on", 'orders', orders, 'unpriced', unpriced, 'amounts', json_build_array(
           revenue, refunds, goods, cost, minutes, excused_cost, excused_minutes)) order by "on"))::text as row
  from posting where event_id = any($1::text[]) group by event_id
"""
ERASE_POSTINGS = "delete from posting where customer_id = any($1::uuid[])"
POSTINGS = Ledger(
    row=Posting, key=lambda row: row.event_id, save=SAVE_POSTINGS, load=LOAD_POSTINGS, erase=ERASE_POSTINGS
)

SAVE_REFERRALS = """
insert into referral (referred_id, customer_id, counted_by)
select referred_id, customer_id, counted_by from json_populate_recordset(null::referral, $1::json)
on conflict (referred_id) do update set customer_id = excluded.customer_id, counted_by = excluded.counted_by
"""
LOAD_REFERRALS = "select row_to_json(r)::text as row from referral r where r.referred_id = any($1::uuid[])"
ERASE_REFERRALS = "delete from referral where customer_id = any($1::uuid[])"
REFERRALS = Ledger(
    row=Referral, key=lambda row: row.referred_id, save=SAVE_REFERRALS, load=LOAD_REFERRALS, erase=ERASE_REFERRALS
)

SAVE_TIERINGS = """
insert into tiering (event_id, customer_id, decided_at, as_of, tier, previous, standing, profit_12m, cuts_of, policy_id,
                     cause_type)
select event_id, customer_id, decided_at, as_of, tier, previous, standing, profit_12m, cuts_of, policy_id, cause_type
  from json_populate_recordset(null::tiering, $1::json)
on conflict (event_id) do update
   set customer_id = excluded.customer_id, decided_at = excluded.decided_at, as_of = excluded.as_of,
       tier = excluded.tier, previous = excluded.previous, standing = excluded.standing,
       profit_12m = excluded.profit_12m, cuts_of = excluded.cuts_of, policy_id = excluded.policy_id
"""
LOAD_TIERINGS = "select row_to_json(t)::text as row from tiering t where t.event_id = any($1::text[])"
ERASE_TIERINGS = "delete from tiering where customer_id = any($1::uuid[])"
TIERINGS = Ledger(
    row=Tiering, key=lambda row: row.event_id, save=SAVE_TIERINGS, load=LOAD_TIERINGS, erase=ERASE_TIERINGS
)

SAVE_OVERRIDES = """
insert into override (override_id, customer_id, field, value, reason, author, until_on, set_at)
select override_id, customer_id, field, value, reason, author, until_on, set_at
  from json_populate_recordset(null::override, $1::json)
on conflict (override_id) do update set customer_id = excluded.customer_id
"""
ERASE_OVERRIDES = "delete from override where customer_id = any($1::uuid[])"
OVERRIDES = Ledger(row=OverrideRow, key=lambda row: row.override_id, save=SAVE_OVERRIDES, erase=ERASE_OVERRIDES)

END_OVERRIDES = """
update override o set ended_at = u.ended_at, because = u.because
  from json_populate_recordset(null::override, $1::json) as u
 where o.override_id = u.override_id
"""
OVERRIDE_ENDINGS = Ledger(row=OverrideEnding, key=lambda row: row.override_id, save=END_OVERRIDES, apart=True)

LEDGERS: Final[tuple[Ledger, ...]] = (
    GRADES,
    CUSTOMERS,
    WORTHS,
    PURCHASES,
    COMPLAINTS,
    POSTINGS,
    REFERRALS,
    TIERINGS,
    OVERRIDES,
    OVERRIDE_ENDINGS,
)
