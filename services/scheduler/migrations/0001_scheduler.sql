-- The scheduler's own tables: the follow-up journal, tasks, the cases they hang on, and whom the work list is about.

create table customer (
  customer_id uuid primary key,
  registered_on date,
  time_zone text,
  owner text,
  preferred_channel text,
  grade text check (grade in ('A', 'B', 'C', 'D', 'E')),
  urgency text check (urgency in ('urgent', 'moderate', 'not_urgent', 'long_horizon')),
  tier text not null check (tier in ('key', 'regular', 'small')),
  last_contact_on date
);
create index customer_owner on customer (owner);

create table followup (
  followup_id uuid primary key,
  customer_id uuid not null,
  cycle int not null check (cycle >= 0),
  journal text not null check (journal in ('daily', 'weekly', 'half_monthly', 'monthly', 'yearly')),
  grade text not null check (grade in ('A', 'B', 'C', 'D', 'E')),
  due_on date not null,
  because text[] not null check (cardinality(because) > 0),
  scheduled_at timestamptz not null,
  cause_id text not null,
  cause_type text not null,
  status text not null check (status in ('scheduled', 'due', 'overdue', 'completed', 'superseded')),
  closed_at timestamptz,
  superseded_by uuid,
  mode text check (mode in ('contact', 'desk_review')),
  channel text,
  outcome text,
  need jsonb,
  on_time bool,
  agent text,
  note text,
  check ((status in ('completed', 'superseded')) = (closed_at is not null)),
  check ((status = 'superseded') = (superseded_by is not null)),
  check (status <> 'completed' or (mode is not null and outcome is not null and need is not null and on_time is not null)),
  check ((mode is not distinct from 'contact') = (channel is not null))
);
-- Exactly one open follow-up (SC-08): the rules see to the one, this to no second.
create unique index followup_open on followup (customer_id) where status in ('scheduled', 'due', 'overdue');
create index followup_due_on on followup (due_on) where status in ('scheduled', 'due', 'overdue');
create index followup_history on followup (customer_id, closed_at desc, followup_id) where closed_at is not null;

create table task (
  task_id uuid primary key,
  customer_id uuid not null,
  kind text not null check (kind in ('acknowledge', 'assist', 'case_step')),
  due_on date not null,
  caused_by_case uuid not null,
  complaint_id text not null,
  created_at timestamptz not null,
  cause_id text not null,
  cause_type text not null,
  step text,
  status text not null check (status in ('open', 'completed', 'cancelled')),
  overdue_at timestamptz,
  closed_at timestamptz,
  channel text,
  outcome text,
  need jsonb,
  agent text,
  note text,
  reason text,
  check ((kind = 'case_step') = (step is not null)),
  check ((status = 'open') = (closed_at is null)),
  check ((status = 'completed') = (outcome is not null)),
  check ((status = 'cancelled') = (reason is not null))
);
create index task_customer on task (customer_id);
create index task_due_on on task (due_on) where status = 'open';
create index task_case on task (caused_by_case);

create table complaint_case (
  case_id uuid primary key,
  customer_id uuid not null,
  complaint_id text not null,
  opened_on date not null,
  fault text not null check (fault in ('company', 'customer', 'third_party', 'unknown')),
  status text not null check (status in ('open', 'closed'))
);

-- The order of the work list after "overdue first" (SC-25).
create function urgency_rank(urgency text) returns int language sql immutable parallel safe
return coalesce(array_position(array['urgent', 'moderate', 'not_urgent', 'long_horizon'], urgency), 5);
create function tier_rank(tier text) returns int language sql immutable parallel safe
return coalesce(array_position(array['key', 'regular', 'small'], tier), 4);

-- All that waits for somebody.
create view work_item as
select 'followup' as kind, f.followup_id as id, f.customer_id, f.due_on, f.because, f.status <> 'scheduled' as begun,
       c.owner, c.urgency, c.tier, c.grade, c.preferred_channel as channel
  from followup f join customer c using (customer_id)
 where f.status in ('scheduled', 'due', 'overdue')
union all
select t.kind, t.task_id, t.customer_id, t.due_on, array['complaint'], t.overdue_at is not null,
       c.owner, c.urgency, c.tier, c.grade, c.preferred_channel
  from task t join customer c using (customer_id)
 where t.status = 'open';
