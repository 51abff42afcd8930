"""How versions of needs are saved."""

from __future__ import annotations

from services.profile.domain.ledgers import NeedEntry
from shared.engine.ledger import Ledger

SAVE_NEEDS = """
insert into need (need_id, customer_id, version, upstream_version, source, stated_at, recorded_at, need, cause_id,
                  cause_type)
select need_id, customer_id, version, upstream_version, source, stated_at, recorded_at, need, cause_id, cause_type
  from json_populate_recordset(null::need, $1::json)
on conflict (need_id) do update
   set customer_id = excluded.customer_id, version = excluded.version, stated_at = excluded.stated_at,
       recorded_at = excluded.recorded_at, need = excluded.need, cause_id = excluded.cause_id,
       cause_type = excluded.cause_type
"""

FORGET_NEEDS = "delete from need where customer_id = any($1::uuid[])"

NEEDS = Ledger(NeedEntry, lambda row: row.need_id, SAVE_NEEDS, forget=FORGET_NEEDS)
