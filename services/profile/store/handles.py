"""How handles are loaded and saved."""

from __future__ import annotations

from services.profile.domain.ledgers import Handle
from shared.engine.ledger import Ledger

SAVE_HANDLES = """
insert into handle (handle, customer_id, claimed, since, generation)
select handle, customer_id, claimed, since, generation from json_populate_recordset(null::handle, $1::json)
on conflict (handle) do update
   set customer_id = excluded.customer_id, claimed = excluded.claimed, since = excluded.since,
       generation = excluded.generation
"""
LOAD_HANDLES = "select row_to_json(h)::text as row from handle h where h.handle = any($1::text[])"

HANDLES = Ledger(Handle, lambda row: row.handle, SAVE_HANDLES, LOAD_HANDLES, routes=True)
