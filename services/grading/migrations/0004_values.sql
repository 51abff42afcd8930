-- What customers bring and cost, by the events that said so; their tiers; what many of them depend on.
-- Orders known before this migration have no amounts: `rebuild` makes them again from the journal.

alter table purchase
  drop column counted_by,
  drop column dropped_by,
  add column "on" date,
  add column amount bigint,
  add column goods bigint,
  add column refunded bigint not null default 0,
  add column cancelled bool not null default false;

alter table complaint
  add column fault text check (fault in ('company', 'customer', 'third_party', 'unknown')),
  add column found text check (found in ('company', 'customer', 'third_party', 'unknown')),
  add column found_at timestamptz,
  add column spent jsonb not null default '[]';

-- One row per event and day; minor units of the reporting currency. What our own faults cost is excused.
create table posting (
  event_id text not null,
  "on" date not null,
  customer_id uuid not null,
  revenue bigint not null,
  refunds bigint not null,
  goods bigint not null,
  cost bigint not null,
  minutes bigint not null,
  excused_cost bigint not null,
  excused_minutes bigint not null,
  orders int not null,
  unpriced int not null,
  primary key (event_id, "on")
);
create index posting_of_customer on posting (customer_id, "on");

create table referral (
  referred_id uuid primary key,
  customer_id uuid not null,
  counted_by text not null
);
create index referral_of_customer on referral (customer_id);

create table tiering (
  event_id text primary key,
  customer_id uuid not null,
  decided_at timestamptz not null,
  as_of date not null,
  tier text not null check (tier in ('key', 'regular', 'small')),
  previous text not null check (previous in ('key', 'regular', 'small')),
  standing jsonb not null,
  profit_12m bigint not null,
  cuts_of date,
  policy_id text not null,
  cause_type text not null
);
create index tiering_history on tiering (customer_id, decided_at desc);

alter table grade
  add column runner_up text check (runner_up in ('A', 'B', 'C', 'D', 'E')),
  add column runner_up_rule text,
  add column next_grade text check (next_grade in ('A', 'B', 'C', 'D', 'E')),
  add column next_on date,
  add check ((next_grade is null) = (next_on is null)),
  add check ((runner_up is null) = (runner_up_rule is null));

alter table customer
  add column uplift_to text check (uplift_to in ('key', 'regular')),
  add column model_level text check (model_level in ('none', 'watch', 'warn', 'lost'));
