-- Why a customer left, as it was found: causes of win-backs beside those of complaints.
alter table winback_file add column causes jsonb not null default '[]';

create function told_causes(causes jsonb) returns json language sql immutable
  return coalesce((
      select json_agg(json_build_object(
          'category', c ->> 'category', 'element', c ->> 'element',
          'touchpoint', c ->> 'touchpoint', 'text', c ->> 'text'
        ) order by n)
        from jsonb_array_elements(causes) with ordinality as told (c, n)
    ), '[]'::json);

create or replace view winback_item as
select f.case_id, 'winback' as kind, f.status, f.customer_id, f.opened_on, f.tier, json_build_object(
    'case_id', f.case_id, 'kind', 'winback', 'customer_id', f.customer_id, 'complaint_id', null,
    'status', f.status, 'fault', null, 'severity', null, 'tier', f.tier, 'opened_on', f.opened_on,
    'acknowledge_by_on', null, 'acknowledged_at', null, 'reason', f.reason, 'returned', f.returned,
    'item_id', f.item_id, 'owner', f.owner,
    'steps', (
      select json_agg(json_build_object(
          'step', s.step, 'due_on', s.due_on, 'status', s.status, 'channels', s.channels,
          'entitlements', json_build_array(), 'customer_told', null, 'completed_at', s.completed_at
        ) order by s.place)
        from winback_step s where s.case_id = f.case_id
    ),
    'causes', told_causes(f.causes)
  ) as item
  from winback_file f;
