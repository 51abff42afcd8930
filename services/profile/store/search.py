"""How that is saved which files are found by."""

from __future__ import annotations

from services.profile.domain.search import SearchEntry
from shared.engine.ledger import Ledger

SAVE_SEARCH_ENTRIES = """
insert into search_entry (customer_id, folded, grams, owner, tags)
select customer_id, folded, grams, owner, tags from json_populate_recordset(null::search_entry, $1::json)
on conflict (customer_id) do update
   set folded = excluded.folded, grams = excluded.grams, owner = excluded.owner, tags = excluded.tags
"""
FORGET_SEARCH_ENTRIES = "delete from search_entry where customer_id = any($1::uuid[])"

SEARCH_ENTRIES = Ledger(SearchEntry, lambda row: row.customer_id, SAVE_SEARCH_ENTRIES, forget=FORGET_SEARCH_ENTRIES)
