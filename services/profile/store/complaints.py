"""How complaints are loaded and saved."""

from __future__ import annotations

from services.profile.domain.ledgers import Complaint
from shared.engine.ledger import Ledger

SAVE_COMPLAINTS = """
insert into complaint as known (complaint_id, customer_id, reported_by, reported_at, fault, severity, correctable,
                                commitment_breached, staff_at_fault, about, order_id, element, touchpoint, channel,
                                text, changes, withdrawn_by, withdrawn_at)
select complaint_id, customer_id, reported_by, reported_at, fault, severity, correctable,
       commitment_breached, staff_at_fault, about, order_id, element, touchpoint, channel,
       text, changes, withdrawn_by, withdrawn_at
  from json_populate_recordset(null::complaint, $1::json)
on conflict (complaint_id) do update
   set customer_id = excluded.customer_id, reported_by = excluded.reported_by, reported_at = excluded.reported_at,
       fault = excluded.fault, severity = excluded.severity, correctable = excluded.correctable,
       commitment_breached = excluded.commitment_breached, staff_at_fault = excluded.staff_at_fault,
       about = excluded.about, order_id = excluded.order_id, element = excluded.element,
       touchpoint = excluded.touchpoint, channel = excluded.channel, text = excluded.text,
       changes = excluded.changes, withdrawn_by = excluded.withdrawn_by, withdrawn_at = excluded.withdrawn_at
"""
LOAD_COMPLAINTS = "select row_to_json(c)::text as row from complaint c where c.complaint_id = any($1::text[])"

ERASE_COMPLAINTS = "delete from complaint where customer_id = any($1::uuid[])"

COMPLAINTS = Ledger(
    Complaint, lambda row: row.complaint_id, SAVE_COMPLAINTS, LOAD_COMPLAINTS, routes=True, erase=ERASE_COMPLAINTS
)
