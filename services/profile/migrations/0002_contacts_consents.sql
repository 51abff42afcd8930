-- What an entry of the timeline says beside its columns, and under which handle the customer came: a person inside an
-- organisation is known by it.

alter table timeline add details jsonb not null default '{}', add handle text;
create index timeline_contact on timeline (customer_id, contact_id, at, entry_id) where contact_id is not null;
create index timeline_handle on timeline (customer_id, handle, at, entry_id) where handle is not null;
create index timeline_talks on timeline (customer_id, at, entry_id) where direction is not null;

-- Every statement about a person inside an organisation; the newest word on each field holds.
create table contact_word (
  event_key uuid primary key,
  customer_id uuid not null,
  contact_id text not null,
  at timestamptz not null,
  event_id text not null,
  recorded_at timestamptz not null,
  role text not null,
  department text,
  handles jsonb
);
create index contact_word_customer on contact_word (customer_id, contact_id, at, event_id);

create table contact_handle (
  handle text primary key,
  customer_id uuid not null,
  contact_id text not null,
  at timestamptz not null,
  event_id text not null
);
create index contact_handle_customer on contact_handle (customer_id, contact_id);

-- Every statement about consent, as the proof of it; null is all.
create table consent_word (
  event_key uuid primary key,
  customer_id uuid not null,
  channel text,
  purpose text,
  granted bool not null,
  at timestamptz not null,
  event_id text not null,
  source text not null,
  recorded_at timestamptz not null
);
create index consent_word_customer on consent_word (customer_id, at, event_key);

-- The timeline as it is read: a person inside an organisation is known by the handle too, whenever it became known
-- whose that is.
create view entry as
select t.customer_id, t.entry_id, t.at, t.recorded_at, t.type, t.direction, t.channel, t.touchpoint, t.stage, t.agent,
       t.contact_id as told_contact, t.handle, coalesce(t.contact_id, h.contact_id) as contact_id, t.sentiment, t.note,
       t.details, t.cause_id, t.cause_type
  from timeline t
  left join contact_handle h on h.handle = t.handle and h.customer_id = t.customer_id;
