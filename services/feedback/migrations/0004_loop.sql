-- The five-step loop: feedback, improvements that it leads to, promises.

create table feedback_entry (
  feedback_id text primary key,
  customer_id uuid not null,
  kind text not null check (kind in ('evaluation', 'suggestion', 'complaint')),
  source text not null,
  received_at timestamptz not null,
  received_on date not null,
  element text,
  touchpoint text,
  score int,
  untagged boolean not null,
  no_plan boolean not null,
  plan jsonb,
  item_id uuid,
  text text
);
create index feedback_by_day on feedback_entry (received_on desc, feedback_id desc);
create index feedback_of_customer on feedback_entry (customer_id, received_on desc, feedback_id desc);
create index feedback_untagged on feedback_entry (received_on desc, feedback_id desc) where untagged;
create index feedback_no_plan on feedback_entry (received_on desc, feedback_id desc) where no_plan;

create table improvement (
  item_id uuid primary key,
  source text not null check (source in ('winback', 'suggestion', 'person')),
  opened_at timestamptz not null,
  element text,
  touchpoint text,
  title text,
  impact int check (impact between 1 and 5),
  feasibility int check (feasibility between 1 and 5),
  scope int check (scope between 1 and 5),
  score int,
  status text not null check (status in ('open', 'planned', 'implemented', 'verified', 'reopened')),
  solution jsonb,
  baseline double precision,
  now double precision
);
create index improvement_by_score on improvement (score);

create table promise (
  promise_id uuid primary key,
  title text not null,
  touchpoints jsonb not null,
  opened_at timestamptz not null,
  status text not null check (status in ('draft', 'active'))
);
create index promise_by_time on promise (opened_at, promise_id);

-- What nobody has rated or solved yet is shown as it began.
create view improvement_item as
select i.item_id, i.element, i.touchpoint, i.title, i.impact, i.feasibility, i.scope, i.score, i.status, i.solution,
       i.baseline, i.now, i.source, i.opened_at
  from improvement i
union all
select s.item_id, s.element, s.touchpoint, s.title, null, null, null, null, 'open', null, null, null, s.source,
       s.seeded_at
  from improvement_seed s
 where not exists (select from improvement i where i.item_id = s.item_id);
