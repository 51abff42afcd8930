-- What people have set instead of what is computed, why, until when, and how it ended.

create table override (
  override_id uuid primary key,
  customer_id uuid not null,
  field text not null check (field in ('grade', 'tier', 'segment')),
  value text not null,
  reason text not null,
  author text not null,
  until_on date,
  set_at timestamptz not null,
  ended_at timestamptz,
  because text check (because in ('expired', 'agreed', 'removed')),
  check ((ended_at is null) = (because is null))
);
create index override_of_customer on override (customer_id);
