"""The ledgers of grading and their SQL."""

from __future__ import annotations

from typing import Final

from services.grading.domain.rows import Complaint, Customer, Grading, Purchase
from shared.engine.ledger import Ledger

SAVE_GRADES = """
insert into grade (id, customer_id, number, decided_at, as_of, grade, previous, changed, basis, deal_status, importance,
                   urgency, demand, flags, tier, inputs, reasons, policy_id, cause_id, cause_type)
select id, customer_id, number, decided_at, as_of, grade, previous, changed, basis, deal_status, importance,
       urgency, demand, flags, tier, inputs, reasons, policy_id, cause_id, cause_type
  from json_populate_recordset(null::grade, $1::json)
on conflict (id) do update
   set number = excluded.number, decided_at = excluded.decided_at, as_of = excluded.as_of, grade = excluded.grade,
       previous = excluded.previous, changed = excluded.changed, basis = excluded.basis,
       deal_status = excluded.deal_status, importance = excluded.importance, urgency = excluded.urgency,
       demand = excluded.demand, flags = excluded.flags, tier = excluded.tier, inputs = excluded.inputs,
       reasons = excluded.reasons, policy_id = excluded.policy_id, cause_type = excluded.cause_type
"""
ERASE_GRADES = "delete from grade where customer_id = any($1::uuid[])"
GRADES = Ledger(row=Grading, key=lambda row: row.id, save=SAVE_GRADES, erase=ERASE_GRADES)

SAVE_CUSTOMERS = """
insert into customer (customer_id, time_zone, grade, previous, deal_status, importance, urgency, demand, flags, tier,
                      reasons, next_grade, next_on, policy_id, cause_id, cause_type)
select customer_id, time_zone, grade, previous, deal_status, importance, urgency, demand, flags, tier,
       reasons, next_grade, next_on, policy_id, cause_id, cause_type
  from json_populate_recordset(null::customer, $1::json)
on conflict (customer_id) do update
   set time_zone = excluded.time_zone, grade = excluded.grade, previous = excluded.previous,
       deal_status = excluded.deal_status, importance = excluded.importance, urgency = excluded.urgency,
       demand = excluded.demand, flags = excluded.flags, tier = excluded.tier, reasons = excluded.reasons,
       next_grade = excluded.next_grade, next_on = excluded.next_on, policy_id = excluded.policy_id,
       cause_id = excluded.cause_id, cause_type = excluded.cause_type
"""
ERASE_CUSTOMERS = "delete from customer where customer_id = any($1::uuid[])"
CUSTOMERS = Ledger(row=Customer, key=lambda row: row.customer_id, save=SAVE_CUSTOMERS, erase=ERASE_CUSTOMERS)

SAVE_PURCHASES = """
insert into purchase (order_id, customer_id, counted_by, dropped_by)
select order_id, customer_id, counted_by, dropped_by from json_populate_recordset(null::purchase, $1::json)
on conflict (order_id) do update
   set customer_id = excluded.customer_id, counted_by = excluded.counted_by, dropped_by = excluded.dropped_by
"""
LOAD_PURCHASES = "select row_to_json(p)::text as row from purchase p where p.order_id = any($1::text[])"
ERASE_PURCHASES = "delete from purchase where customer_id = any($1::uuid[])"
PURCHASES = Ledger(
    row=Purchase, key=lambda row: row.order_id, save=SAVE_PURCHASES, load=LOAD_PURCHASES, erase=ERASE_PURCHASES
)

SAVE_COMPLAINTS = """
insert into complaint (complaint_id, customer_id, case_id, opened_by, withdrawn)
select complaint_id, customer_id, case_id, opened_by, withdrawn from json_populate_recordset(null::complaint, $1::json)
on conflict (complaint_id) do update
   set customer_id = excluded.customer_id, case_id = excluded.case_id, opened_by = excluded.opened_by,
       withdrawn = excluded.withdrawn
"""
LOAD_COMPLAINTS = "select row_to_json(c)::text as row from complaint c where c.complaint_id = any($1::text[])"
ERASE_COMPLAINTS = "delete from complaint where customer_id = any($1::uuid[])"
COMPLAINTS = Ledger(
    row=Complaint, key=lambda row: row.complaint_id, save=SAVE_COMPLAINTS, load=LOAD_COMPLAINTS, erase=ERASE_COMPLAINTS
)

LEDGERS: Final[tuple[Ledger, ...]] = (GRADES, CUSTOMERS, PURCHASES, COMPLAINTS)
