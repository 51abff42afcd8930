-- Tasks of every kind, the contact ledger, and whether to part from a customer.

alter table customer
  add column segments text[] not null default '{}',
  add column exited bool not null default false;

-- The follow-up of a customer whom we have left has no other in its place.
do $$
declare each text;
begin
  for each in select conname from pg_constraint
               where conrelid = 'followup'::regclass and pg_get_constraintdef(oid) like '%superseded_by%'
  loop execute format('alter table followup drop constraint %I', each); end loop;
  for each in select conname from pg_constraint where conrelid = 'task'::regclass and contype = 'c'
  loop execute format('alter table task drop constraint %I', each); end loop;
end $$;
alter table followup add constraint followup_superseded check (superseded_by is null or status = 'superseded');

alter table task
  alter column caused_by_case drop not null,
  alter column complaint_id drop not null,
  add column key text,
  add column because text not null default 'complaint',
  add column consent_purpose text not null default 'service',
  add column occasion text,
  add column occasion_key text,
  add column options text[] not null default '{}',
  add column owner text,
  add column department text,
  add column purpose text,
  add column amount bigint,
  add column currency text,
  add column approvers text[] not null default '{}',
  add column approved_by text[] not null default '{}',
  add column meeting jsonb,
  add column service_type text,
  add column let_through_on date,
  add column rule text,
  add column until timestamptz;
update task set key = concat_ws('|', caused_by_case, coalesce(step, ''), due_on);
alter table task
  alter column key set not null,
  add constraint task_status check (status in ('open', 'awaiting_approval', 'suppressed', 'completed', 'cancelled')),
  add constraint task_step check (kind <> 'case_step' or (step is not null and caused_by_case is not null)),
  add constraint task_closed check ((status in ('completed', 'cancelled')) = (closed_at is not null)),
  add constraint task_completed check ((status = 'completed') = (outcome is not null)),
  add constraint task_cancelled check ((status = 'cancelled') = (reason is not null)),
  add constraint task_suppressed check (status <> 'suppressed' or rule is not null),
  add constraint task_purpose check (consent_purpose in ('marketing', 'service', 'survey', 'private_help')),
  add constraint task_amount check ((amount is null) = (currency is null));
drop index task_due_on;
create index task_due_on on task (due_on) where status in ('open', 'awaiting_approval');
create index task_owner on task (owner) where owner is not null;

create table contact (
  contact_id uuid primary key,
  customer_id uuid not null,
  at timestamptz not null,
  direction text not null check (direction in ('inbound', 'outbound')),
  channel text,
  consent_purpose text not null check (consent_purpose in ('marketing', 'service', 'survey', 'private_help')),
  status text not null check (status in ('planned', 'made', 'suppressed', 'given_back')),
  rule text,
  until timestamptz,
  task_id uuid,
  place_on date,
  place text,
  cause_id text not null,
  cause_type text not null,
  check (status <> 'suppressed' or rule is not null),
  check (place_on is null or place is not null)
);
create index contact_customer on contact (customer_id, at desc, contact_id desc);
create index contact_place on contact (customer_id, place_on) where place_on is not null;

create table exit_review (
  review_id uuid primary key,
  customer_id uuid not null,
  profit bigint not null,
  currency text not null,
  requested_at timestamptz not null,
  status text not null check (status in ('open', 'approved', 'declined')),
  decided_by text,
  reason text,
  check ((status = 'open') = (decided_by is null))
);
create index exit_review_customer on exit_review (customer_id);
create index exit_review_list on exit_review (requested_at desc, review_id desc);

drop view work_item;
-- Occasions are no matter of urgency: high value that has long been with us comes first (CA-03).
create function task_urgency(because text, urgency text) returns int language sql immutable parallel safe
return case when because = 'occasion' then urgency_rank(null) else urgency_rank(urgency) end;
create function task_tier(because text, tier text, segments text[]) returns int language sql immutable parallel safe
return 2 * tier_rank(tier) - case when because = 'occasion' and 'long_standing' = any(segments) then 1 else 0 end;
-- All that waits for somebody.
create view work_item as
select 'followup' as kind, f.followup_id as id, f.customer_id, f.due_on, f.because, f.status <> 'scheduled' as begun,
       c.owner, c.urgency, c.tier, c.grade, c.preferred_channel as channel,
       urgency_rank(c.urgency) as urgency_rank, task_tier('', c.tier, c.segments) as tier_rank
  from followup f join customer c using (customer_id)
 where f.status in ('scheduled', 'due', 'overdue')
union all
select t.kind, t.task_id, t.customer_id, t.due_on, array[coalesce(t.occasion, t.because)], t.overdue_at is not null,
       coalesce(t.owner, c.owner), c.urgency, c.tier, c.grade, coalesce(t.channel, c.preferred_channel),
       task_urgency(t.because, c.urgency), task_tier(t.because, c.tier, c.segments)
  from task t join customer c using (customer_id)
 where t.status in ('open', 'awaiting_approval');
