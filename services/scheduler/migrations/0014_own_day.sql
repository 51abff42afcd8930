-- Whose day it is: lists go by the customer's own.
create or replace view work_item as
select 'followup' as kind, f.followup_id as id, f.customer_id, f.due_on, null::timestamptz as due_at, f.because,
       f.status <> 'scheduled' as begun, c.owner, f.escalated_to, c.urgency, c.tier, c.grade,
       c.preferred_channel as channel,
       urgency_rank(c.urgency) as urgency_rank, task_tier('', c.tier, c.segments) as tier_rank, c.time_zone
  from followup f join customer c using (customer_id)
 where f.status in ('scheduled', 'due', 'overdue')
union all
select t.kind, t.task_id, t.customer_id, t.due_on, t.due_at, array[coalesce(t.occasion, t.because)],
       t.overdue_at is not null, coalesce(t.owner, c.owner), t.escalated_to, c.urgency, c.tier, c.grade,
       coalesce(t.channel, case when t.consent_purpose = 'service' then c.preferred_channel end),
       task_urgency(t.because, c.urgency), task_tier(t.because, c.tier, c.segments), c.time_zone
  from task t join customer c using (customer_id)
 where t.status in ('open', 'awaiting_approval');

-- All that waits for somebody, with the follow-ups where these cadences, floors and this calendar put them now: the
-- formula of domain/due.py. `earlier` and `later` are the working days next to each day from `first_on` on; without
-- them nothing moves.
create or replace function work_item_by(
  asked_at timestamptz, default_zone text, cadences int[], floors int[], urgent_days int,
  first_on date, earlier date[], later date[]
) returns setof work_item language sql stable parallel safe as $$
select 'followup', f.followup_id, f.customer_id, made.due_on, null::timestamptz,
       made.because,
       case when made.due_on = f.due_on then f.status <> 'scheduled' else made.due_on <= today end,
       c.owner, case when made.due_on = f.due_on then f.escalated_to end, c.urgency, c.tier, c.grade,
       c.preferred_channel, urgency_rank(c.urgency), task_tier('', c.tier, c.segments), c.time_zone
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
