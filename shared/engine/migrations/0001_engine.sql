-- The tables of every service's engine. '1900-01-01' stands for "never": before any event.

create table consumer_offset (
  topic text not null,
  part int not null,
  next_offset bigint not null,
  applied_until timestamptz not null default '1900-01-01T00:00:00Z',
  last_print uuid,
  primary key (topic, part)
) with (fillfactor = 50);

create table published_offset (
  topic text not null,
  part int not null,
  next_offset bigint not null,
  primary key (topic, part)
) with (fillfactor = 50);

create table stream (
  kind text not null,
  id uuid not null,
  version bigint not null default 0,
  state bytea not null default '',
  last_now timestamptz not null default '1900-01-01T00:00:00Z',
  wake_at timestamptz,
  policy_id text not null default '',
  flagged text,
  primary key (kind, id)
) with (fillfactor = 60);
create index stream_wake_at on stream (wake_at) where wake_at is not null;
create index stream_flagged on stream (kind, id) where flagged is not null;

-- Append-only but for a merge, which re-assigns a stream's rows.
create table journal (
  seq bigint generated always as identity,
  kind text not null,
  id uuid not null,
  event_key uuid not null unique,
  door text not null,
  type text not null,
  now timestamptz not null,
  event_time timestamptz,
  policy_id text not null,
  outcome text not null,
  body bytea not null,
  primary key (kind, id, seq)
);

create table outbox (
  id bigint generated always as identity primary key,
  topic text not null,
  key bytea,
  event_id uuid not null,
  payload bytea not null,
  created_at timestamptz not null default clock_timestamp()
) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 20000, autovacuum_vacuum_cost_delay = 0);

create table dead_letter (
  id uuid primary key,
  event_key uuid,
  event_id text,
  origin_topic text,
  origin_part int,
  origin_offset bigint,
  key bytea,
  headers bytea,
  body bytea not null,
  reason text not null,
  detail text not null,
  tries int not null default 1,
  first_at timestamptz not null,
  last_at timestamptz not null,
  replayed_at timestamptz
);
create index dead_letter_event_key on dead_letter (event_key);
create index dead_letter_last_at on dead_letter (last_at, id);

create table idempotency (
  key text primary key,
  body_hash bytea not null,
  status int not null,
  answer bytea not null,
  at timestamptz not null default clock_timestamp()
);

create table reference (
  name text not null,
  version text not null,
  body bytea not null,
  active bool not null,
  primary key (name, version)
);
create unique index reference_active on reference (name) where active;

create table job (
  id uuid primary key,
  kind text not null,
  state text not null,
  cursor bytea,
  claimed_until timestamptz,
  progress jsonb
);

create table alias (
  id uuid primary key,
  canonical uuid not null
);

create table policy (
  id text primary key,
  name text,
  state text not null check (state in ('draft', 'shadow', 'active', 'retired')),
  body bytea not null,
  activated_at timestamptz
);
create unique index policy_active on policy (state) where state = 'active';

-- Simulated clock only: one row.
create table clock (
  single bool primary key default true check (single),
  now timestamptz not null
);

-- Starts at one position without progress: the mark of a record that kills the process.
create table attempt (
  topic text not null,
  part int not null,
  next_offset bigint not null,
  n int not null,
  primary key (topic, part)
);
