"""Which events the journal holds already: read under the streams' locks, beside the ledgers' rows."""

from __future__ import annotations

from uuid import UUID

from msgspec import Struct

from shared.engine.ledger import Ledger

LOAD = """
select json_build_object('event_key', event_key)::text as row from journal where event_key = any($1::uuid[])
"""


class Claim(Struct, frozen=True):
    """An input that has been applied."""

    event_key: UUID


CLAIMS = Ledger(row=Claim, key=lambda row: row.event_key, save=None, load=LOAD)
