"""How handles are loaded and saved."""

from __future__ import annotations

from services.profile.domain.ledgers import Handle, HandleClaim, Tombstone
from shared.engine.ledger import Ledger

SAVE_HANDLES = """
insert into handle (handle, customer_id, claimed, since, past, print, claimed_since)
select handle, customer_id, claimed, since, past, print, claimed_since
  from json_populate_recordset(null::handle, $1::json)
on conflict (handle) do update
   set customer_id = excluded.customer_id, claimed = excluded.claimed, since = excluded.since,
       past = excluded.past, print = excluded.print, claimed_since = excluded.claimed_since
"""
LOAD_HANDLES = "select row_to_json(h)::text as row from handle h where h.handle = any($1::text[])"

# Under its handles, however spelt, a person may also lie in records that could not be read, which no stream knows.
ERASE_HANDLES = """
with gone as (
  delete from handle where customer_id = any($1::uuid[]) returning handle, print
), letters as (
  delete from dead_letter letter using gone where letter.called = gone.handle
)
insert into tombstone as known (print, generation, erased_at)
select print, 1, (select max(erased_at) from stream where kind = 'customer' and id = any($1::uuid[])) from gone
on conflict (print) do update
   set generation = known.generation + 1, erased_at = greatest(known.erased_at, excluded.erased_at)
"""
SAVE_CLAIMS = """
insert into handle_claim (handle, customer_id, at)
select handle, customer_id, at from json_populate_recordset(null::handle_claim, $1::json)
on conflict (handle) do update set customer_id = excluded.customer_id, at = excluded.at
"""
LOAD_CLAIMS = "select row_to_json(c)::text as row from handle_claim c where c.handle = any($1::text[])"
ERASE_CLAIMS = "delete from handle_claim where customer_id = any($1::uuid[])"
LOAD_TOMBSTONES = "select row_to_json(t)::text as row from tombstone t where t.print = any($1::uuid[])"

HANDLES = Ledger(
    Handle,
    lambda row: row.handle,
    SAVE_HANDLES,
    LOAD_HANDLES,
    routes=True,
    erase=ERASE_HANDLES,
    owners=lambda row: (row.customer_id, *(holder.customer_id for holder in row.past)),
)
HANDLE_CLAIMS = Ledger(
    HandleClaim,
    lambda row: row.handle,
    SAVE_CLAIMS,
    LOAD_CLAIMS,
    routes=True,
    erase=ERASE_CLAIMS,
    owners=lambda row: (row.customer_id,),
)
TOMBSTONES = Ledger(Tombstone, lambda row: row.print, None, LOAD_TOMBSTONES, routes=True)
