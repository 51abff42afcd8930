"""How handles are loaded and saved."""

from __future__ import annotations

from services.profile.domain.holders import files_of
from services.profile.domain.ledgers import FileWord, Handle, HandleWord, HandleWords, Tombstone
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
), spoken as (
  update handle_word word set under = null from gone
   where word.under = gone.handle and word.handle not in (select handle from gone)
), merges as (
  delete from merge_word word using gone where word.handle = gone.handle
), merges_under as (
  delete from merge_word word using gone where word.under = gone.handle
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
SAVE_WORDS = """
insert into handle_word (handle, event_key, at, kind, customer_id, is_own, opens, under)
select handle, event_key, at, kind, customer_id, is_own, opens, under
  from json_populate_recordset(null::handle_word, $1::json)
on conflict (handle, event_key) do nothing
"""
SAVE_FILE_WORDS = """
insert into merge_word (handle, event_key, at, kind, customer_id, under)
select handle, event_key, at, kind, customer_id, under from json_populate_recordset(null::merge_word, $1::json)
on conflict (event_key) do nothing
"""
# Asked for by an instant and the handle. Claims of what is somebody's by an earlier one, and was never let go, may be
# many, and change nothing: nothing is read for them. For all others: what was said of these handles and under them, and
# so on of those that this names, but of what many have claimed only what bears on whose it is, the first claim after
# each release. `-infinity`: any of those who claimed this handle may come to have it.
LOAD_WORDS = """
with recursive asked as (
  select substr(text, strpos(text, ' ') + 1) as handle, split_part(text, ' ', 1)::timestamptz as at
    from unnest($1::text[]) as text
), weighty as (
  select known.handle, min(asked.at) = '-infinity' as is_wide
    from asked join handle known using (handle)
   where known.past <> '[]' or known.claimed_at is null or known.claimed_at >= asked.at
      or exists (select from alias where alias.id = known.customer_id and alias.canonical <> alias.id)
   group by known.handle
), reached as (
  select handle, is_wide from weighty
  union
  select next.handle, false from reached cross join lateral (
         select word.handle from handle_word word where word.under = reached.handle
          union all
         select word.under
           from (select under, kind, lag(kind) over (order by at, kind <> 'release') as before
                   from handle_word where handle = reached.handle) word
          where reached.is_wide or word.kind = 'release' or word.before is null or word.before = 'release'
          union all
         select unnest(array[word.handle, word.under]) from merge_word word where word.handle = reached.handle
          union all
         select word.handle from merge_word word where word.under = reached.handle) next
   where next.handle is not null
), near as (
  select handle, handle in (select handle from weighty) as is_whole
    from (select handle from reached limit 2000) found group by handle
)
select json_build_object('handle', near.handle,
         'row', (select row_to_json(known) from handle known where known.handle = near.handle),
         'words', coalesce((select json_agg(word) from (
           select handle, event_key, at, kind, customer_id, under, is_own, opens from (
                  select *, lag(kind) over (order by at, kind <> 'release') as before
                    from handle_word where handle = near.handle) bearing
            where near.is_whole or kind = 'release' or before is null or before = 'release'
           union all
           select handle, event_key, at, kind, customer_id, under, is_own, opens
             from handle_word where under = near.handle and handle <> near.handle
           union all
           select handle, event_key, at, kind, customer_id, under, false, null
             from merge_word where handle = near.handle
           union all
           select handle, event_key, at, kind, customer_id, under, false, null
             from merge_word where under = near.handle and handle <> near.handle) word), '[]'))::text as row
  from near
"""
# Whose a handle was before it was somebody else's stays known, by the id alone.
ERASE_WORDS = """
delete from handle_word word
 where customer_id = any($1::uuid[]) and not exists (
       select from handle, jsonb_array_elements(past) as held
        where handle.handle = word.handle and (held ->> 'customer_id')::uuid = any($1::uuid[]))
"""
ERASE_FILE_WORDS = "delete from merge_word where customer_id = any($1::uuid[])"
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
HANDLE_WORDS = Ledger(HandleWords, lambda row: row.handle, None, LOAD_WORDS, routes=True, owners=files_of)
SAID_OF_HANDLES = Ledger(HandleWord, lambda row: (row.handle, row.event_key), SAVE_WORDS, erase=ERASE_WORDS)
SAID_OF_FILES = Ledger(FileWord, lambda row: row.event_key, SAVE_FILE_WORDS, erase=ERASE_FILE_WORDS)
TOMBSTONES = Ledger(Tombstone, lambda row: row.print, None, LOAD_TOMBSTONES, routes=True)
