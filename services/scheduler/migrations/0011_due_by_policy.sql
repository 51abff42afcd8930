-- What the due formula is worked out from, so that another policy shows in every list before its facts have followed.
alter table customer
  add column anchor_on date,
  add column case_on date,
  add column inner_on date;
update customer c
   set anchor_on = coalesce(known ->> 'completed_on', known ->> 'registered_on')::date,
       case_on = (select min((one ->> 'opened_on')::date) from json_array_elements(known -> 'cases') one),
       inner_on = (known -> 'plan' -> 'now' ->> 'inner')::date
  from (select id, convert_from(state, 'utf8')::json as known from stream where kind = 'customer' and state <> '') s
 where s.id = c.customer_id;

-- All that waits for somebody, with the follow-ups where these cadences, floors and this calendar put them now: the
-- formula of domain/due.py. `earlier` and `later` are the working days next to each day from `first_on` on; without
-- them nothing moves.
create function work_item_by(
  asked_at timestamptz, default_zone text, cadences int[], floors int[], urgent_days int,
  first_on date, earlier date[], later date[]
) returns setof work_item language sql stable parallel safe as $$
select 'followup', f.followup_id, f.customer_id, made.due_on, null::timestamptz,
       made.because,
       case when made.due_on = f.due_on then f.status <> 'scheduled' else made.due_on <= today end,
       c.owner, case when made.due_on = f.due_on then f.escalated_to end, c.urgency, c.tier, c.grade,
       c.preferred_channel, urgency_rank(c.urgency), task_tier('', c.tier, c.segments)
  from followup f join customer c using (customer_id)
 cross join lateral (
   select (asked_at at time zone coalesce(c.time_zone, default_zone))::date as today,
          c.anchor_on + cadences[ascii(c.grade) - 64] as by_grade,
          coalesce(c.last_contact_on, c.anchor_on) + floors[tier_rank(c.tier)] as by_floor,
          case when c.case_on is not null then greatest(c.case_on, c.anchor_on) + urgent_days end as by_case
 ) as bounds
 cross join lateral (select least(by_grade, by_floor, by_case) as inner_on) as least_one
 cross join lateral (
   select kept, case when kept then f.due_on else greatest(today, least_one.inner_on) end as wanted
     from coalesce(least_one.inner_on = c.inner_on, true) as kept
 ) as asked
 cross join lateral (
   select case when kept and f.due_on <= today then f.due_on
               when earlier[wanted - first_on + 1] > c.anchor_on or earlier[wanted - first_on + 1] = wanted
               then earlier[wanted - first_on + 1]
               else coalesce(later[wanted - first_on + 1], wanted)
          end as due_on
 ) as moved
 cross join lateral (
   select moved.due_on,
          array_remove(array[
            case when by_grade = least_one.inner_on then 'grade' end,
            case when by_floor = least_one.inner_on then 'tier_floor' end,
            case when by_case = least_one.inner_on then 'complaint' end,
            case when moved.due_on <> wanted or kept and 'calendar' = any(f.because) then 'calendar' end
          ], null) as because
 ) as made
 where f.status in ('scheduled', 'due', 'overdue')
union all
select * from work_item where kind <> 'followup'
$$;
