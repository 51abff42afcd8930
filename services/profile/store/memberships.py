"""How memberships are loaded and saved; their benefits are in the state."""

from __future__ import annotations

from services.profile.domain.benefits import Membership
from shared.engine.ledger import Ledger

SAVE_MEMBERSHIPS = """
insert into membership (membership_id, customer_id, granted_by, granted_at, from_on, to_on)
select membership_id, customer_id, granted_by, granted_at, from_on, to_on
  from json_populate_recordset(null::membership, $1::json)
on conflict (membership_id) do update set customer_id = excluded.customer_id, to_on = excluded.to_on
"""
LOAD_MEMBERSHIPS = "select row_to_json(m)::text as row from membership m where m.membership_id = any($1::text[])"
ERASE_MEMBERSHIPS = "delete from membership where customer_id = any($1::uuid[])"

MEMBERSHIPS = Ledger(
    Membership,
    lambda row: row.membership_id,
    SAVE_MEMBERSHIPS,
    LOAD_MEMBERSHIPS,
    routes=True,
    erase=ERASE_MEMBERSHIPS,
)
