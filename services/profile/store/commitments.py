"""How commitments are loaded and saved."""

from __future__ import annotations

from services.profile.domain.commitments import Commitment
from shared.engine.ledger import Ledger

SAVE_COMMITMENTS = """
insert into commitment (commitment_id, customer_id, made_by, made_at, due_on, text, owner, complaint_id, fulfilled_by,
                        fulfilled_at, breached_by, breached_at)
select commitment_id, customer_id, made_by, made_at, due_on, text, owner, complaint_id, fulfilled_by,
       fulfilled_at, breached_by, breached_at
  from json_populate_recordset(null::commitment, $1::json)
on conflict (commitment_id) do update
   set customer_id = excluded.customer_id, made_by = excluded.made_by, made_at = excluded.made_at,
       due_on = excluded.due_on, text = excluded.text, owner = excluded.owner, complaint_id = excluded.complaint_id,
       fulfilled_by = excluded.fulfilled_by, fulfilled_at = excluded.fulfilled_at,
       breached_by = excluded.breached_by, breached_at = excluded.breached_at
"""
LOAD_COMMITMENTS = "select row_to_json(c)::text as row from commitment c where c.commitment_id = any($1::text[])"
ERASE_COMMITMENTS = "delete from commitment where customer_id = any($1::uuid[])"

COMMITMENTS = Ledger(
    Commitment, lambda row: row.commitment_id, SAVE_COMMITMENTS, LOAD_COMMITMENTS, routes=True, erase=ERASE_COMMITMENTS
)
