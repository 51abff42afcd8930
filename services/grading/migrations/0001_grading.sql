-- The history of grades, the customers as lists show them, and what the rules look up by key.

create table grade (
  id uuid primary key,
  customer_id uuid not null,
  number int not null check (number > 0),
  decided_at timestamptz not null,
  as_of date not null,
  grade text not null check (grade in ('A', 'B', 'C', 'D', 'E')),
  previous text check (previous in ('A', 'B', 'C', 'D', 'E')),
  changed bool not null,
  basis text not null check (basis in ('computed', 'override')),
  deal_status text not null check (deal_status in ('won', 'negotiating', 'prospect')),
  importance text not null check (importance in ('important', 'standard')),
  urgency text not null check (urgency in ('urgent', 'moderate', 'not_urgent', 'long_horizon')),
  demand text not null check (demand in ('target', 'latent', 'none')),
  flags text[] not null,
  tier text not null check (tier in ('key', 'regular', 'small')),
  inputs jsonb not null,
  reasons jsonb not null,
  policy_id text not null,
  cause_id text not null,
  cause_type text not null,
  check (changed = (previous is distinct from grade))
);
create index grade_history on grade (customer_id, decided_at desc, number desc);

create table customer (
  customer_id uuid primary key,
  time_zone text,
  grade text not null check (grade in ('A', 'B', 'C', 'D', 'E')),
  previous text check (previous in ('A', 'B', 'C', 'D', 'E')),
  deal_status text not null check (deal_status in ('won', 'negotiating', 'prospect')),
  importance text not null check (importance in ('important', 'standard')),
  urgency text not null check (urgency in ('urgent', 'moderate', 'not_urgent', 'long_horizon')),
  demand text not null check (demand in ('target', 'latent', 'none')),
  flags text[] not null,
  tier text not null check (tier in ('key', 'regular', 'small')),
  tier_rank smallint not null generated always as (case tier when 'key' then 1 when 'regular' then 2 else 3 end) stored,
  reasons jsonb not null,
  next_grade text check (next_grade in ('A', 'B', 'C', 'D', 'E')),
  next_on date,
  policy_id text not null,
  cause_id text not null,
  cause_type text not null,
  check ((next_grade is null) = (next_on is null))
) with (fillfactor = 80);
create index customer_best_first on customer (tier_rank, customer_id);
create index customer_of_grade on customer (grade, tier_rank, customer_id);
create index customer_of_urgency on customer (urgency, tier_rank, customer_id);
create index customer_with_flag on customer using gin (flags);

create table purchase (
  order_id text primary key,
  customer_id uuid not null,
  counted_by text,
  dropped_by text
);

create table complaint (
  complaint_id text primary key,
  customer_id uuid not null,
  case_id uuid,
  opened_by text,
  withdrawn bool not null,
  check ((case_id is null) = (opened_by is null))
);
