"""What holds of cases at every moment: each is in its customer's file, once, with one clock that will ring."""

from __future__ import annotations

from typing import Final

from shared.laws import Law

ONE_CLOCK = """
with filed as (
  select customer_id, case_id from case_file where status = 'open'
), held as materialized (
  select s.id as customer_id, s.wake_at, (each -> 'file' ->> 'case_id')::uuid as case_id,
         each -> 'file' ->> 'paused_at' as paused_at,
         jsonb_path_query_array(each, '$.clocks[*] ? (@.name == "resolve")') as resolve
    from stream s
   cross join lateral jsonb_array_elements(
         coalesce(convert_from(nullif(s.state, ''), 'UTF8')::jsonb -> 'cases', '[]'::jsonb)) as cases (each)
   where s.kind = 'customer' and s.id in (select customer_id from filed)
)
select customer_id from filed full join held using (customer_id, case_id)
 group by customer_id, case_id
having count(*) <> 1 or count(filed.case_id) = 0 or count(held.case_id) = 0
union
select customer_id from held
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
