-- Figures: whom we know since when, the periods that were counted, and the counting itself, by days.

create table known_customer (
  customer_id uuid primary key,
  registered_on date,
  gone_on date,
  tier text not null,
  profit_12m bigint
);
create index known_by_day on known_customer (registered_on) include (gone_on);
create index known_gone on known_customer (gone_on) where gone_on is not null;
create index known_value on known_customer (tier) include (profit_12m) where profit_12m is not null;

create table kpi_period (
  period_id uuid primary key,
  from_on date not null,
  to_on date not null,
  ends_at timestamptz not null
);

create function histogram(scores bigint[]) returns json language sql immutable
  return (select coalesce(json_agg(json_build_array(score, n) order by score), '[]'::json)
            from (select score, count(*) as n from unnest(scores) as given (score) group by score) counted);

-- Whoever last had to do with the customer before the answer; none, where nobody had.
create function served_by(customer uuid, before timestamptz) returns text language sql stable
  return (select agent from signal
           where customer_id = customer and kind in ('contact', 'followup') and at <= before and agent is not null
           order by at desc, signal_id limit 1);

create function counted(from_day date, to_day date, of_grade text, of_agent text, of_channel text, of_element text)
returns json language sql stable
return (
  with answers as (
    select survey, score, customer_id, at from signal
     where kind = 'answer' and on_day between from_day and to_day and (of_element is null or element = of_element)
  ), staff as (
    select score, served_by(customer_id, at) as agent from answers where survey = 'csat'
  ), away as (
    select distinct customer_id from churn where churned_on < from_day and (ended_on is null or ended_on > from_day)
  ), base as (
    select customer_id, gone_on from known_customer k
     where registered_on <= from_day and (gone_on is null or gone_on >= from_day)
       and not exists (select from away a where a.customer_id = k.customer_id)
  ), buyers as (
    select distinct customer_id from purchase where ordered_on between from_day and to_day and not cancelled
  ), fresh as (
    select customer_id from known_customer where registered_on between from_day and to_day
  )
  select json_build_object(
    'contacts', (select count(*) from signal
                  where kind = 'contact' and on_day between from_day and to_day and channel = of_channel),
    'complaints', (select count(*) from case_file
                    where opened_on between from_day and to_day and channel = of_channel),
    'reported', (select count(*) from case_file where opened_on between from_day and to_day)
                + (select count(*) from grievance where logged_on between from_day and to_day),
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
    'winbacks', (select count(*) from winback_file where opened_on between from_day and to_day),
    'returned', (select count(*) from winback_file where opened_on between from_day and to_day and returned),
    'lost_winbacks', (select count(*) from winback_file where opened_on between from_day and to_day and status = 'lost'),
    'valued', (select count(*) from known_customer where profit_12m is not null),
    'profit', (select coalesce(sum(profit_12m), 0)::bigint from known_customer where profit_12m is not null),
    'key_profit', (select coalesce(sum(profit_12m), 0)::bigint from known_customer
                    where profit_12m is not null and tier = 'key')
  )
);
