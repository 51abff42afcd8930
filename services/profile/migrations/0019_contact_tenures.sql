-- replaces: e58e2742b98a417c462739aa7543cf5d57b789c93f5d720f2ad1752f489f9a5e
-- replaces: 6ce0976d25449e3b0068c49273a36f5c91a79300f6730e284e7e0b7d41f005ff
-- Which person of a customer has had a handle from when on: a line that a successor takes over brings no notes along.
create table contact_handle_word (
  customer_id uuid not null,
  handle text not null,
  at timestamptz not null,
  event_id text not null,
  event_key uuid not null,
  contact_id text not null,
  primary key (event_key, handle)
);
create index contact_handle_word_since on contact_handle_word (customer_id, handle, at, event_id);
create index contact_handle_word_contact on contact_handle_word (customer_id, contact_id, handle, at);

insert into contact_handle_word (customer_id, handle, at, event_id, event_key, contact_id)
select distinct customer_id, told.handle, at, event_id, event_key, contact_id
  from contact_word, jsonb_array_elements_text(handles) as told (handle)
 where jsonb_typeof(handles) = 'array';

-- A person inside an organisation is known by the handle too: by the last word before, else by the first one after.
create or replace view entry as
select t.customer_id, t.entry_id, t.at, t.recorded_at, t.type, t.direction, t.channel, t.touchpoint, t.stage, t.agent,
       t.contact_id as told_contact, t.handle,
       coalesce(t.contact_id,
                (select w.contact_id from contact_handle_word w
                  where w.customer_id = t.customer_id and w.handle = t.handle and w.at <= t.at
                  order by w.at desc, w.event_id desc limit 1),
                (select w.contact_id from contact_handle_word w
                  where w.customer_id = t.customer_id and w.handle = t.handle
                  order by w.at, w.event_id limit 1)) as contact_id,
       t.sentiment, t.note, t.details, t.cause_id, t.cause_type
  from timeline t;
