-- Who left and why, the win-backs of those who left out of dissatisfaction, and where improvements begin.

create function tier_rank(tier text) returns int language sql immutable parallel safe
  return case tier when 'key' then 0 when 'regular' then 1 else 2 end;

create table churn (
  churn_id uuid primary key,
  customer_id uuid not null,
  kind text not null check (kind in ('abnormal', 'normal')),
  reason text not null,
  churned_at timestamptz not null,
  churned_on date not null,
  tier text not null check (tier in ('key', 'regular', 'small')),
  case_id uuid unique,
  ended_on date
);
create index churn_by_tier on churn (tier_rank(tier), churned_on, churn_id);
create index churn_by_day on churn (churned_on, ended_on);
create index churn_of_customer on churn (customer_id);

create table winback_file (
  case_id uuid primary key,
  customer_id uuid not null,
  status text not null check (status in ('open', 'won', 'lost')),
  reason text not null,
  tier text not null check (tier in ('key', 'regular', 'small')),
  opened_at timestamptz not null,
  opened_on date not null,
  returned boolean not null,
  closed_at timestamptz,
  opinions text,
  plan text,
  item_id uuid,
  owner text,
  cause_id text not null,
  cause_type text not null,
  check ((status = 'open') = (closed_at is null))
);
create index winback_by_tier on winback_file (tier_rank(tier), opened_on, case_id);
create index winback_by_day on winback_file (opened_on desc, case_id desc);
create index winback_of_customer on winback_file (customer_id, opened_on desc, case_id desc);

create table winback_step (
  case_id uuid not null references winback_file,
  step text not null,
  place int not null,
  due_on date not null,
  status text not null check (status in ('open', 'blocked', 'done', 'declined', 'rejected')),
  channels jsonb not null,
  completed_at timestamptz,
  reason text,
  channel text,
  outcome text,
  agent text,
  note text,
  primary key (case_id, step),
  check ((status in ('open', 'blocked')) = (completed_at is null))
);

create table improvement_seed (
  item_id uuid primary key,
  source text not null check (source in ('winback', 'suggestion')),
  origin text not null,
  element text,
  touchpoint text,
  title text,
  seeded_at timestamptz not null
);

-- Win-backs in the shape of cases; `tier` and `churned` order the list of best customers first.
create view winback_item as
select f.case_id, 'winback' as kind, f.status, f.customer_id, f.opened_on, f.tier, json_build_object(
    'case_id', f.case_id, 'kind', 'winback', 'customer_id', f.customer_id, 'complaint_id', null,
    'status', f.status, 'fault', null, 'severity', null, 'tier', f.tier, 'opened_on', f.opened_on,
    'acknowledge_by_on', null, 'acknowledged_at', null, 'reason', f.reason, 'returned', f.returned,
    'item_id', f.item_id,
    'steps', (
      select json_agg(json_build_object(
          'step', s.step, 'due_on', s.due_on, 'status', s.status, 'channels', s.channels,
          'entitlements', json_build_array(), 'customer_told', null, 'completed_at', s.completed_at
        ) order by s.place)
        from winback_step s where s.case_id = f.case_id
    ),
    'causes', json_build_array()
  ) as item
  from winback_file f;

alter view case_item rename to complaint_item;
create view case_item as
select case_id, kind, status, customer_id, opened_on, item from complaint_item
union all
select case_id, kind, status, customer_id, opened_on, item from winback_item;
