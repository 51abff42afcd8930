"""What holds of cases at every moment: each is in its customer's file, once, with one clock that will ring."""

from __future__ import annotations

from typing import Final

from shared.laws import Law

ONE_CLOCK = """
with owed as (
  select customer_id, array_agg(case_id order by case_id) as ids
    from case_file where status = 'open' group by customer_id
), file as (
  select owed.customer_id, owed.ids, s.wake_at,
         coalesce(convert_from(nullif(s.state, ''), 'UTF8')::jsonb -> 'cases', '[]'::jsonb) as held
    from owed left join stream s on s.kind = 'customer' and s.id = owed.customer_id
), clock as (
  select f.customer_id, f.wake_at, each -> 'file' ->> 'paused_at' as paused_at,
         jsonb_path_query_array(each, '$.clocks[*] ? (@.name == "resolve")') as resolve
    from file f cross join lateral jsonb_array_elements(f.held) as cases (each)
)
select customer_id from file
 where ids is distinct from (
   select array_agg(id order by id)
     from jsonb_array_elements(held) as cases (each), uuid(each -> 'file' ->> 'case_id') as id)
union
select customer_id from clock
 where jsonb_array_length(resolve) <> 1
    or (paused_at is null and not (resolve -> 0 ->> 'breached')::boolean
        and coalesce(wake_at, 'infinity') > (
          (resolve -> 0 ->> 'due_on')::date + interval '2 days'
          + (resolve -> 0 ->> 'credit_us')::bigint * interval '1 microsecond') at time zone 'UTC')
"""
"""Wherever the customer lives, a day has ended by the second midnight in UTC after it began there."""

LAWS: Final = (
    Law(
        "one_clock",
        "every open case is in its customer's file once, with one clock, and the file wakes before it runs out",
        ONE_CLOCK,
    ),
)
