-- What another policy made of the days of an acknowledgement and of steps.
alter table case_file add column moves jsonb not null default '[]';

create or replace view complaint_item as
select f.case_id, f.kind, f.status, f.customer_id, f.opened_on, json_build_object(
    'case_id', f.case_id, 'kind', f.kind, 'customer_id', f.customer_id, 'complaint_id', f.complaint_id,
    'status', f.status, 'fault', f.fault, 'severity', f.severity, 'tier', f.tier, 'opened_on', f.opened_on,
    'acknowledge_by_on', f.acknowledge_by_on, 'acknowledged_at', f.acknowledged_at,
    'resolve_by_on', f.resolve_by_on, 'deadlines', f.deadlines, 'moves', f.moves, 'paused_at', f.paused_at,
    'owner', f.owner, 'escalated_to', f.escalated_to, 'reopened', f.reopened,
    'steps', coalesce((
      select json_agg(json_build_object(
          'step', s.step, 'due_on', s.due_on, 'status', s.status, 'channels', json_build_array(),
          'entitlements', s.entitlements, 'customer_told', s.customer_told, 'completed_at', s.completed_at
        ) order by s.place)
        from case_step s where s.case_id = f.case_id
    ), '[]'::json),
    'causes', told_causes(f.causes)
  ) as item
  from case_file f;
