"""How handles are loaded and saved."""

from __future__ import annotations

from services.profile.domain.holders import files_of
from services.profile.domain.ledgers import Handle, HandleWords, Tombstone
from shared.engine.ledger import Ledger

SAVE_HANDLES = """
insert into handle (handle, customer_id, claimed_at, past, print)
select handle, customer_id, claimed_at, past, print from json_populate_recordset(null::handle, $1::json)
on conflict (handle) do update
   set customer_id = excluded.customer_id, claimed_at = excluded.claimed_at, past = excluded.past,
       print = excluded.print
"""
LOAD_HANDLES = "select row_to_json(h)::text as row from handle h where h.handle = any($1::text[])"

# Under its handles, however spelt, a person may also lie in records that could not be read, which no stream knows, and
# in mentions from before there was a file.
ERASE_HANDLES = """
with gone as (
  delete from handle where customer_id = any($1::uuid[]) returning handle, print
), words as (
  delete from handle_word word using gone where word.handle = gone.handle
), letters as (
  delete from dead_letter letter using gone where letter.called = gone.handle
), mentions as (
  update journal set body = '' from gone where kind = 'mention' and id = gone.print
)
insert into tombstone as known (print, generation, erased_at)
select print, 1, (select max(erased_at) from stream where kind = 'customer' and id = any($1::uuid[])) from gone
on conflict (print) do update
   set generation = known.generation + 1, erased_at = greatest(known.erased_at, excluded.erased_at)
"""
# What is known stays as it was.
SAVE_WORDS = """
insert into handle_word (handle, event_key, at, kind, customer_id, is_own, opens)
select said.handle, word.event_key, word.at, word.kind, word.customer_id, word.is_own, word.opens
  from json_to_recordset($1::json) as said(handle text, words json),
       json_to_recordset(said.words) as word(
         event_key uuid, at timestamptz, kind text, customer_id uuid, is_own bool, opens uuid)
on conflict (handle, event_key) do nothing
"""
# Asked for by an instant and the handle: claims of what is somebody's by an earlier one, and was never let go, may be
# many, and change nothing.
LOAD_WORDS = """
select json_build_object('handle', handle, 'words', json_agg(
         json_build_object('event_key', event_key, 'at', at, 'kind', kind, 'customer_id', customer_id,
                           'is_own', is_own, 'opens', opens) order by seq))::text as row
  from handle_word
 where handle in (
       select known.handle from unnest($1::text[]) as asked
         join handle known on known.handle = substr(asked, strpos(asked, ' ') + 1)
        where known.past <> '[]' or known.claimed_at > split_part(asked, ' ', 1)::timestamptz)
 group by handle
"""
# Whose a handle was before it was somebody else's stays known, by the id alone.
ERASE_WORDS = """
delete from handle_word word
 where customer_id = any($1::uuid[]) and not exists (
       select from handle, jsonb_array_elements(past) as held
        where handle.handle = word.handle and (held ->> 'customer_id')::uuid = any($1::uuid[]))
"""
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
HANDLE_WORDS = Ledger(
    HandleWords,
    lambda row: row.handle,
    SAVE_WORDS,
    LOAD_WORDS,
    routes=True,
    erase=ERASE_WORDS,
    owners=files_of,
)
TOMBSTONES = Ledger(Tombstone, lambda row: row.print, None, LOAD_TOMBSTONES, routes=True)
