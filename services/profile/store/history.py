"""How words on the fields of a file are saved."""

from __future__ import annotations

from services.profile.domain.history import FieldWord
from shared.engine.ledger import Ledger

SAVE_FIELD_WORDS = """
insert into field_word (word_id, customer_id, field, value, at, event_id, recorded_at, source, cause_type)
select word_id, customer_id, field, value, at, event_id, recorded_at, source, cause_type
  from json_populate_recordset(null::field_word, $1::json)
on conflict (word_id) do update set customer_id = excluded.customer_id
"""
ERASE_FIELD_WORDS = "delete from field_word where customer_id = any($1::uuid[])"

FIELD_WORDS = Ledger(FieldWord, lambda row: row.word_id, SAVE_FIELD_WORDS, erase=ERASE_FIELD_WORDS)
