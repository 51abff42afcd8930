"""How customers, periods and what is counted in them are saved and loaded."""

from __future__ import annotations

from services.feedback.domain.counts import Counts
from services.feedback.domain.importing import ImportedFigure
from services.feedback.domain.known import Known
from services.feedback.domain.periods import Period
from shared.engine.ledger import Ledger

SAVE_KNOWN = """
insert into known_customer (customer_id, registered_on, gone_on, tier, profit_12m)
select customer_id, registered_on, gone_on, tier, profit_12m
  from json_populate_recordset(null::known_customer, $1::json)
on conflict (customer_id) do update set
  registered_on = excluded.registered_on, gone_on = excluded.gone_on, tier = excluded.tier,
  profit_12m = excluded.profit_12m
"""
FORGET_KNOWN = "delete from known_customer where customer_id = any($1::uuid[])"

SAVE_PERIODS = """
with made as (
  insert into kpi_period (period_id, from_on, to_on, ends_at)
  select period_id, from_on, to_on, ends_at from json_populate_recordset(null::kpi_period, $1::json)
  order by period_id
  on conflict (period_id) do nothing
  returning period_id, ends_at
)
insert into stream (kind, id, wake_at) select 'period', period_id, ends_at from made
on conflict (kind, id) do nothing
"""
"""A new period is a stream that wakes at its end."""
LOAD_COUNTS = """
select (jsonb_build_object('period_id', p.period_id, 'from_on', p.from_on, 'to_on', p.to_on)
        || counted(p.from_on, p.to_on, null, null, 'hotline', null)::jsonb || earned())::text as row
  from kpi_period p where p.period_id = any($1::uuid[])
"""

SAVE_IMPORTED = """
insert into imported_figure (figure_id, kpi, from_on, to_on, value, n, source)
select figure_id, kpi, from_on, to_on, value, n, source from json_populate_recordset(null::imported_figure, $1::json)
on conflict (figure_id) do update set value = excluded.value, n = excluded.n, source = excluded.source
"""

FIGURES: tuple[Ledger, ...] = (
    Ledger(row=Known, key=lambda row: row.customer_id, save=SAVE_KNOWN, forget=FORGET_KNOWN),
    Ledger(row=Period, key=lambda row: row.period_id, save=SAVE_PERIODS, apart=True),
    Ledger(row=ImportedFigure, key=lambda row: row.figure_id, save=SAVE_IMPORTED),
    Ledger(row=Counts, key=lambda row: row.period_id, save=None, load=LOAD_COUNTS),
)
"""Counts are read alone: no rule writes them."""
