-- What feedback owns: the case of every complaint, and its steps.

create table case_file (
  case_id uuid primary key,
  kind text not null check (kind = 'complaint'),
  complaint_id text not null unique,
  customer_id uuid not null,
  status text not null check (status in ('open', 'resolved')),
  fault text not null check (fault in ('company', 'customer', 'third_party', 'unknown')),
  severity text not null check (severity in ('minor', 'major')),
  correctable boolean not null,
  commitment_breached boolean not null,
  staff_at_fault boolean not null,
  about text,
  order_id text,
  element text,
  touchpoint text,
  channel text,
  tier text not null check (tier in ('key', 'regular', 'small')),
  opened_at timestamptz not null,
  opened_on date not null,
  acknowledge_by_on date not null,
  acknowledged_at timestamptz,
  closed_at timestamptz,
  closed_because text check (closed_because in ('satisfied', 'withdrawn')),
  answer_channel text,
  answer_note text,
  causes jsonb not null,
  said jsonb not null,
  cause_id text not null,
  cause_type text not null,
  check ((status = 'open') = (closed_at is null)),
  check ((closed_at is null) = (closed_because is null))
);
create index case_file_by_day on case_file (opened_on desc, case_id desc);
create index case_file_of_customer on case_file (customer_id, opened_on desc, case_id desc);
create index case_file_open on case_file (opened_on desc, case_id desc) where status = 'open';

create table case_step (
  case_id uuid not null references case_file,
  step text not null,
  place int not null,
  due_on date not null,
  because text not null,
  status text not null check (status in ('open', 'done', 'declined', 'rejected')),
  customer_told boolean,
  completed_at timestamptz,
  reason text,
  channel text,
  outcome text,
  agent text,
  note text,
  primary key (case_id, step),
  check ((status = 'open') = (completed_at is null)),
  check (status in ('open', 'done') or reason is not null)
);

-- A case as the routes show it. What was said of a step is left out: R7's outcome is not for every list.
create view case_item as
select f.case_id, f.kind, f.status, f.customer_id, f.opened_on, json_build_object(
    'case_id', f.case_id, 'kind', f.kind, 'customer_id', f.customer_id, 'complaint_id', f.complaint_id,
    'status', f.status, 'fault', f.fault, 'severity', f.severity, 'tier', f.tier, 'opened_on', f.opened_on,
    'acknowledge_by_on', f.acknowledge_by_on, 'acknowledged_at', f.acknowledged_at,
    'steps', coalesce((
      select json_agg(json_build_object(
          'step', s.step, 'due_on', s.due_on, 'status', s.status, 'channels', json_build_array(),
          'entitlements', json_build_array(), 'customer_told', s.customer_told, 'completed_at', s.completed_at
        ) order by s.place)
        from case_step s where s.case_id = f.case_id
    ), '[]'::json),
    'causes', coalesce((
      select json_agg(json_build_object(
          'category', c ->> 'category', 'element', c ->> 'element',
          'touchpoint', c ->> 'touchpoint', 'text', c ->> 'text'
        ) order by n)
        from jsonb_array_elements(f.causes) with ordinality as causes (c, n)
    ), '[]'::json)
  ) as item
  from case_file f;
