"""How profile's ledgers are loaded and saved."""

from __future__ import annotations

from services.profile.domain.ledgers import Complaint, Handle, NeedEntry, Order, TimelineEntry
from shared.engine.ledger import Ledger

SAVE_HANDLES = """
insert into handle (handle, customer_id, claimed, since, generation)
select handle, customer_id, claimed, since, generation from json_populate_recordset(null::handle, $1::json)
on conflict (handle) do update
   set customer_id = excluded.customer_id, claimed = excluded.claimed, since = excluded.since,
       generation = excluded.generation
"""
LOAD_HANDLES = "select row_to_json(h)::text as row from handle h where h.handle = any($1::text[])"

# Nothing about an order is ever taken back, so two rows of one order can be joined column by column: events that name
# it under handles of two customers are folded under two locks.
SAVE_PURCHASES = """
insert into purchase as known (order_id, customer_id, placed_by, placed_at, ordered_on, currency, amount, goods_cost,
                               discount, lines, online, delivered_by, delivered_at, delivered_on, guarantee_until_on,
                               delayed_at, expected_on, refunds, refunded_at, refunded_amount, cancelled_by,
                               cancelled_at)
select order_id, customer_id, placed_by, placed_at, ordered_on, currency, amount, goods_cost,
       discount, lines, online, delivered_by, delivered_at, delivered_on, guarantee_until_on,
       delayed_at, expected_on, refunds, refunded_at, refunded_amount, cancelled_by,
       cancelled_at
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
       cancelled_at = coalesce(excluded.cancelled_at, known.cancelled_at)
"""
LOAD_PURCHASES = "select row_to_json(p)::text as row from purchase p where p.order_id = any($1::text[])"

SAVE_COMPLAINTS = """
insert into complaint as known (complaint_id, customer_id, reported_by, reported_at, fault, severity, correctable,
                                commitment_breached, staff_at_fault, about, order_id, element, touchpoint, channel,
                                text, changes, withdrawn_by, withdrawn_at)
select complaint_id, customer_id, reported_by, reported_at, fault, severity, correctable,
       commitment_breached, staff_at_fault, about, order_id, element, touchpoint, channel,
       text, changes, withdrawn_by, withdrawn_at
  from json_populate_recordset(null::complaint, $1::json)
on conflict (complaint_id) do update
   set customer_id = excluded.customer_id, reported_by = excluded.reported_by, reported_at = excluded.reported_at,
       fault = excluded.fault, severity = excluded.severity, correctable = excluded.correctable,
       commitment_breached = excluded.commitment_breached, staff_at_fault = excluded.staff_at_fault,
       about = excluded.about, order_id = excluded.order_id, element = excluded.element,
       touchpoint = excluded.touchpoint, channel = excluded.channel, text = excluded.text,
       changes = excluded.changes, withdrawn_by = excluded.withdrawn_by, withdrawn_at = excluded.withdrawn_at
"""
LOAD_COMPLAINTS = "select row_to_json(c)::text as row from complaint c where c.complaint_id = any($1::text[])"

SAVE_NEEDS = """
insert into need (need_id, customer_id, version, upstream_version, source, stated_at, recorded_at, need, cause_id,
                  cause_type)
select need_id, customer_id, version, upstream_version, source, stated_at, recorded_at, need, cause_id, cause_type
  from json_populate_recordset(null::need, $1::json)
on conflict (need_id) do update
   set customer_id = excluded.customer_id, version = excluded.version, stated_at = excluded.stated_at,
       recorded_at = excluded.recorded_at, need = excluded.need, cause_id = excluded.cause_id,
       cause_type = excluded.cause_type
"""

SAVE_TIMELINE = """
insert into timeline (entry_id, customer_id, event_key, at, recorded_at, type, cause_id, cause_type, direction,
                      channel, touchpoint, stage, agent, contact_id, sentiment, note)
select entry_id, customer_id, event_key, at, recorded_at, type, cause_id, cause_type, direction,
       channel, touchpoint, stage, agent, contact_id, sentiment, note
  from json_populate_recordset(null::timeline, $1::json)
on conflict (entry_id) do update
   set customer_id = excluded.customer_id, recorded_at = excluded.recorded_at
"""
LOAD_TIMELINE = "select row_to_json(t)::text as row from timeline t where t.entry_id = any($1::uuid[])"

LEDGERS: tuple[Ledger, ...] = (
    Ledger(Handle, lambda row: row.handle, SAVE_HANDLES, LOAD_HANDLES, routes=True),
    Ledger(Order, lambda row: row.order_id, SAVE_PURCHASES, LOAD_PURCHASES, routes=True),
    Ledger(Complaint, lambda row: row.complaint_id, SAVE_COMPLAINTS, LOAD_COMPLAINTS, routes=True),
    Ledger(NeedEntry, lambda row: row.need_id, SAVE_NEEDS),
    Ledger(TimelineEntry, lambda row: row.entry_id, SAVE_TIMELINE, LOAD_TIMELINE),
)
