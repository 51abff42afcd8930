"""How timeline entries are loaded and saved."""

from __future__ import annotations

from services.profile.domain.ledgers import TimelineEntry
from shared.engine.ledger import Ledger

SAVE_TIMELINE = """
insert into timeline (entry_id, customer_id, event_key, at, recorded_at, type, cause_id, cause_type, direction,
                      channel, touchpoint, stage, agent, contact_id, sentiment, note, details, handle)
select entry_id, customer_id, event_key, at, recorded_at, type, cause_id, cause_type, direction,
       channel, touchpoint, stage, agent, contact_id, sentiment, note, details, handle
  from json_populate_recordset(null::timeline, $1::json)
on conflict (entry_id) do update
   set customer_id = excluded.customer_id, recorded_at = excluded.recorded_at
"""
LOAD_TIMELINE = "select row_to_json(t)::text as row from timeline t where t.entry_id = any($1::uuid[])"

ERASE_TIMELINE = "delete from timeline where customer_id = any($1::uuid[])"

TIMELINE = Ledger(TimelineEntry, lambda row: row.entry_id, SAVE_TIMELINE, LOAD_TIMELINE, erase=ERASE_TIMELINE)
