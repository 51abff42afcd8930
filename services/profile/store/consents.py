"""How statements about consent are saved."""

from __future__ import annotations

from services.profile.domain.consents import ConsentWord
from shared.engine.ledger import Ledger

SAVE_CONSENT_WORDS = """
insert into consent_word (event_key, customer_id, channel, purpose, granted, at, event_id, source, recorded_at)
select event_key, customer_id, channel, purpose, granted, at, event_id, source, recorded_at
  from json_populate_recordset(null::consent_word, $1::json)
on conflict (event_key) do update set customer_id = excluded.customer_id
"""

ERASE_CONSENT_WORDS = "delete from consent_word where customer_id = any($1::uuid[])"

CONSENT_WORDS = Ledger(ConsentWord, lambda row: row.event_key, SAVE_CONSENT_WORDS, erase=ERASE_CONSENT_WORDS)
