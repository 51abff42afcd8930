-- What is counted stays when a person is erased, as a tally: of a day, of nobody, linked with nothing. Complaints, grievances
-- and orders are tallies of this kind alone.
alter table signal drop constraint signal_kind_check;
alter table signal add constraint signal_kind_check
  check (kind in ('contact', 'answer', 'mention', 'feedback', 'followup', 'cost', 'referral', 'step', 'complaint', 'grievance',
                  'order'));

create or replace function counted(from_day date, to_day date, of_grade text, of_agent text, of_channel text,
                                   of_element text)
returns json language sql stable
return (
  with answers as (
    select survey, score, customer_id, at, agent from signal
     where kind = 'answer' and on_day between from_day and to_day and (of_element is null or element = of_element)
  ), staff as (
    select score, coalesce(agent, served_by(customer_id, at)) as agent from answers where survey = 'csat'
  ), away as (
    select distinct customer_id from churn where churned_on < from_day and (ended_on is null or ended_on > from_day)
  ), base as (
    select customer_id, gone_on from known_customer k
     where registered_on <= from_day and (gone_on is null or gone_on >= from_day)
       and not exists (select from away a where a.customer_id = k.customer_id)
  ), bought as (
    select customer_id, amount from purchase where ordered_on between from_day and to_day and not cancelled
  ), forgotten as (
    select amount from signal where kind = 'order' and on_day between from_day and to_day
  ), buyers as (
    select distinct customer_id from bought
  ), fresh as (
    select customer_id from known_customer where registered_on between from_day and to_day
  ), spent as (
    select complaint_id, coalesce(minutes, 0) as minutes, coalesce(amount, 0) as amount,
           case when complaint_id is null then in_winback(customer_id, on_day) end as winback_id
      from signal
     where (minutes is not null or amount is not null) and on_day between from_day and to_day and kind <> 'order'
  )
  select json_build_object(
    'contacts', (select count(*) from signal
                  where kind = 'contact' and on_day between from_day and to_day and channel = of_channel),
    'complaints', (select count(*) from case_file
                    where opened_on between from_day and to_day and channel = of_channel)
                  + (select count(*) from signal
                      where kind = 'complaint' and on_day between from_day and to_day and channel = of_channel),
    'reported', (select count(*) from case_file where opened_on between from_day and to_day)
                + (select count(*) from grievance where logged_on between from_day and to_day)
                + (select count(*) from signal
                    where kind in ('complaint', 'grievance') and on_day between from_day and to_day),
    'nps', histogram(array(select score from answers where survey = 'nps')),
    'csat', histogram(array(select score from answers where survey = 'csat')),
    'ces', histogram(array(select score from answers where survey = 'ces')),
    'staff', histogram(array(
      select score from staff where agent is not null and (of_agent is null or agent = of_agent))),
    'base', (select count(*) from base),
    'lost', (select count(*) from base b
              where b.gone_on between from_day and to_day
                 or exists (select from churn c
                             where c.customer_id = b.customer_id and c.churned_on between from_day and to_day
                               and (c.ended_on is null or c.ended_on > to_day))),
    'followups', (select coalesce(json_agg(json_build_array(grade, status, n)), '[]'::json) from (
        select grade, status, count(*) as n from signal
         where kind = 'followup' and on_day between from_day and to_day and status <> 'superseded'
           and (of_grade is null or grade = of_grade) and (of_agent is null or agent = of_agent)
         group by grade, status order by grade, status) f),
    'buyers', (select count(*) from buyers),
    'repeaters', (select count(*) from buyers b
                   where (select count(*) from purchase p
                           where p.customer_id = b.customer_id and p.ordered_on <= to_day and not p.cancelled) > 1),
    'registered', (select count(*) from fresh),
    'converted', (select count(*) from fresh f
                   where exists (select from purchase p
                                  where p.customer_id = f.customer_id and p.ordered_on <= to_day and not p.cancelled)),
    'orders', (select count(*) from bought where amount is not null) + (select count(amount) from forgotten),
    'sales', (select coalesce(sum(amount), 0)::bigint from bought)
             + (select coalesce(sum(amount), 0)::bigint from forgotten),
    'referrals', (select count(*) from signal where kind = 'referral' and on_day between from_day and to_day),
    'winbacks', (select count(*) from winback_file where opened_on between from_day and to_day),
    'returned', (select count(*) from winback_file where opened_on between from_day and to_day and returned),
    'lost_winbacks', (select count(*) from winback_file where opened_on between from_day and to_day and status = 'lost'),
    'valued', (select count(*) from known_customer where profit_12m is not null),
    'profit', (select coalesce(sum(profit_12m), 0)::bigint from known_customer where profit_12m is not null),
    'key_profit', (select coalesce(sum(profit_12m), 0)::bigint from known_customer
                    where profit_12m is not null and tier = 'key'),
    'on_cases', (select json_build_object('n', count(distinct complaint_id), 'minutes', coalesce(sum(minutes), 0)::bigint,
                                          'amount', coalesce(sum(amount), 0)::bigint)
                   from spent where complaint_id is not null),
    'on_winbacks', (select json_build_object('n', count(distinct s.winback_id), 'minutes', coalesce(sum(s.minutes), 0)::bigint,
                                             'amount', coalesce(sum(s.amount), 0)::bigint,
                                             'returned', count(distinct w.case_id))
                      from spent s left join winback_file w on w.case_id = s.winback_id and w.returned
                     where s.winback_id is not null),
    'solved', (select coalesce(json_agg(json_build_array(status, n) order by status), '[]'::json) from (
        select status, count(*) as n from signal
         where kind = 'step' and on_day between from_day and to_day and agent is not null
           and (of_agent is null or agent = of_agent)
         group by status) s),
    'measured', (select coalesce(json_agg(json_build_array(solution ->> 'type', baseline, now)
                                          order by measured_on, item_id), '[]'::json)
                   from improvement where measured_on between from_day and to_day),
    'market_share', (select json_build_object('value', value, 'n', n, 'source', source, 'from_on', from_on,
                                              'to_on', to_on)
                       from imported_figure where kpi = 'market_share' and from_on >= from_day and to_on <= to_day
                      order by to_on desc, from_on desc limit 1)
  )
);
