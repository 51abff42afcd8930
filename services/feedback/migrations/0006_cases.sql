-- Deadlines in versions, pauses, owners and rungs of a case; what a guarantee gives a right to; closed cases as they were.

alter table case_file
  add column resolve_by_on date,
  add column deadlines jsonb not null default '[]',
  add column paused_at timestamptz,
  add column owner text,
  add column escalation int not null default 0,
  add column escalated_to text,
  add column reopened int not null default 0;
alter table case_step add column entitlements jsonb not null default '[]';
create index case_file_by_channel on case_file (opened_on, channel);

create table closed_case (
  case_id uuid primary key references case_file,
  steps jsonb not null,
  repeat boolean not null,
  guaranteed boolean not null
);

create or replace view complaint_item as
select f.case_id, f.kind, f.status, f.customer_id, f.opened_on, json_build_object(
    'case_id', f.case_id, 'kind', f.kind, 'customer_id', f.customer_id, 'complaint_id', f.complaint_id,
    'status', f.status, 'fault', f.fault, 'severity', f.severity, 'tier', f.tier, 'opened_on', f.opened_on,
    'acknowledge_by_on', f.acknowledge_by_on, 'acknowledged_at', f.acknowledged_at,
    'resolve_by_on', f.resolve_by_on, 'deadlines', f.deadlines, 'paused_at', f.paused_at, 'owner', f.owner,
    'escalated_to', f.escalated_to, 'reopened', f.reopened,
    'steps', coalesce((
      select json_agg(json_build_object(
          'step', s.step, 'due_on', s.due_on, 'status', s.status, 'channels', json_build_array(),
          'entitlements', s.entitlements, 'customer_told', s.customer_told, 'completed_at', s.completed_at
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
