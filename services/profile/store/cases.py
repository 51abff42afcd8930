"""How the cases of complaints are loaded and saved."""

from __future__ import annotations

from services.profile.domain.cases import ComplaintCase
from shared.engine.ledger import Ledger

SAVE_CASES = """
insert into complaint_case (case_id, customer_id, complaint_id, resolved_at, reopened_at)
select case_id, customer_id, complaint_id, resolved_at, reopened_at
  from json_populate_recordset(null::complaint_case, $1::json)
on conflict (case_id) do update
   set customer_id = excluded.customer_id, complaint_id = excluded.complaint_id,
       resolved_at = excluded.resolved_at, reopened_at = excluded.reopened_at
"""
LOAD_CASES = "select row_to_json(c)::text as row from complaint_case c where c.case_id = any($1::uuid[])"
ERASE_CASES = "delete from complaint_case where customer_id = any($1::uuid[])"

CASES = Ledger(ComplaintCase, lambda row: row.case_id, SAVE_CASES, LOAD_CASES, erase=ERASE_CASES)
