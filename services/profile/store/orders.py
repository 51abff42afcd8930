"""How orders are loaded and saved."""

from __future__ import annotations

from services.profile.domain.ledgers import Order
from shared.engine.ledger import Ledger

# Nothing about an order is ever taken back, so two rows of one order can be joined column by column: events that name
# it under handles of two customers are folded under two locks.
SAVE_PURCHASES = """
insert into purchase as known (order_id, customer_id, placed_by, placed_at, ordered_on, currency, amount, goods_cost,
                               discount, lines, online, delivered_by, delivered_at, delivered_on, guarantee_until_on,
                               delayed_at, expected_on, refunds, refunded_at, refunded_amount, cancelled_by,
                               cancelled_at, rate)
select order_id, customer_id, placed_by, placed_at, ordered_on, currency, amount, goods_cost,
       discount, lines, online, delivered_by, delivered_at, delivered_on, guarantee_until_on,
       delayed_at, expected_on, refunds, refunded_at, refunded_amount, cancelled_by,
       cancelled_at, rate
  from json_populate_recordset(null::purchase, $1::json)
on conflict (order_id) do update
   set customer_id = case when excluded.placed_by is null and known.placed_by is not null
                          then known.customer_id else excluded.customer_id end,
       placed_by = coalesce(excluded.placed_by, known.placed_by),
       placed_at = coalesce(excluded.placed_at, known.placed_at),
       ordered_on = coalesce(excluded.ordered_on, known.ordered_on),
       currency = coalesce(excluded.currency, known.currency),
       amount = coalesce(excluded.amount, known.amount),
       goods_cost = coalesce(excluded.goods_cost, known.goods_cost),
       discount = coalesce(excluded.discount, known.discount),
       lines = case when excluded.placed_by is null then known.lines else excluded.lines end,
       online = coalesce(excluded.online, known.online),
       delivered_by = coalesce(excluded.delivered_by, known.delivered_by),
       delivered_at = coalesce(excluded.delivered_at, known.delivered_at),
       delivered_on = coalesce(excluded.delivered_on, known.delivered_on),
       guarantee_until_on = coalesce(excluded.guarantee_until_on, known.guarantee_until_on),
       delayed_at = coalesce(excluded.delayed_at, known.delayed_at),
       expected_on = coalesce(excluded.expected_on, known.expected_on),
       refunds = known.refunds || excluded.refunds,
       refunded_at = coalesce(excluded.refunded_at, known.refunded_at),
       refunded_amount = coalesce(excluded.refunded_amount, known.refunded_amount),
       cancelled_by = coalesce(excluded.cancelled_by, known.cancelled_by),
       cancelled_at = coalesce(excluded.cancelled_at, known.cancelled_at),
       rate = coalesce(excluded.rate, known.rate)
"""
LOAD_PURCHASES = "select row_to_json(p)::text as row from purchase p where p.order_id = any($1::text[])"

# What was sold stays true: a month's sums, in minor units of the reporting currency, name nobody.
ERASE_PURCHASES = """
with gone as (
  delete from purchase where customer_id = any($1::uuid[])
  returning ordered_on, amount, refunded_amount, placed_by, cancelled_by
)
insert into erased_order as known (month, orders, amount, refunded)
select date_trunc('month', ordered_on)::date, count(*), sum(amount), coalesce(sum(refunded_amount), 0)
  from gone where placed_by is not null and cancelled_by is null group by 1
on conflict (month) do update
   set orders = known.orders + excluded.orders, amount = known.amount + excluded.amount,
       refunded = known.refunded + excluded.refunded
"""

ORDERS = Ledger(Order, lambda row: row.order_id, SAVE_PURCHASES, LOAD_PURCHASES, routes=True, erase=ERASE_PURCHASES)
