"""How statements about the persons inside an organisation are loaded and saved."""

from __future__ import annotations

from services.profile.domain.contacts import ContactHandle, ContactWord
from shared.engine.ledger import Ledger

SAVE_CONTACT_WORDS = """
with given as (
  select event_key, customer_id, contact_id, at, event_id, recorded_at, role, department, handles
    from json_populate_recordset(null::contact_word, $1::json)
), led as (
  insert into contact_handle_word (customer_id, handle, at, event_id, event_key, contact_id)
  select distinct customer_id, told.handle, at, event_id, event_key, contact_id
    from given, jsonb_array_elements_text(case when jsonb_typeof(handles) = 'array' then handles end) as told (handle)
  on conflict (event_key, handle) do update set customer_id = excluded.customer_id
)
insert into contact_word (event_key, customer_id, contact_id, at, event_id, recorded_at, role, department, handles)
select event_key, customer_id, contact_id, at, event_id, recorded_at, role, department, handles from given
on conflict (event_key) do update set customer_id = excluded.customer_id
"""
SAVE_CONTACT_HANDLES = """
insert into contact_handle (handle, customer_id, contact_id, at, event_id)
select handle, customer_id, contact_id, at, event_id from json_populate_recordset(null::contact_handle, $1::json)
on conflict (handle) do update
   set customer_id = excluded.customer_id, contact_id = excluded.contact_id, at = excluded.at,
       event_id = excluded.event_id
"""
LOAD_CONTACT_HANDLES = "select row_to_json(c)::text as row from contact_handle c where c.handle = any($1::text[])"

ERASE_CONTACT_WORDS = """
with led as (delete from contact_handle_word where customer_id = any($1::uuid[]))
delete from contact_word where customer_id = any($1::uuid[])
"""
FORGET_CONTACT_HANDLES = "delete from contact_handle where customer_id = any($1::uuid[])"

CONTACT_WORDS = Ledger(
    ContactWord, lambda row: row.event_key, SAVE_CONTACT_WORDS, erase=ERASE_CONTACT_WORDS, apart=True
)
CONTACT_HANDLES = Ledger(
    ContactHandle,
    lambda row: row.handle,
    SAVE_CONTACT_HANDLES,
    LOAD_CONTACT_HANDLES,
    forget=FORGET_CONTACT_HANDLES,
    rebuilt=True,
)
