-- A task without a channel is done over the one that service may use only where it is service.
create or replace view work_item as
select 'followup' as kind, f.followup_id as id, f.customer_id, f.due_on, null::timestamptz as due_at, f.because,
       f.status <> 'scheduled' as begun, c.owner, f.escalated_to, c.urgency, c.tier, c.grade,
       c.preferred_channel as channel,
       urgency_rank(c.urgency) as urgency_rank, task_tier('', c.tier, c.segments) as tier_rank
  from followup f join customer c using (customer_id)
 where f.status in ('scheduled', 'due', 'overdue')
union all
select t.kind, t.task_id, t.customer_id, t.due_on, t.due_at, array[coalesce(t.occasion, t.because)],
       t.overdue_at is not null, coalesce(t.owner, c.owner), t.escalated_to, c.urgency, c.tier, c.grade,
       coalesce(t.channel, case when t.consent_purpose = 'service' then c.preferred_channel end),
       task_urgency(t.because, c.urgency), task_tier(t.because, c.tier, c.segments)
  from task t join customer c using (customer_id)
 where t.status in ('open', 'awaiting_approval');
