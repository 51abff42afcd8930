"""Journal rows of all services as they were applied."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from uuid import UUID

import asyncpg
import msgspec
from msgspec import Struct

from holdfast.journal.databases import Connections
from shared.contracts.envelope import Envelope
from shared.contracts.topics import WRITERS

JOURNAL = """
select id, seq, event_key, door, type, now, outcome, body from journal j
 where (door = 'wake' or body <> '')
   and not exists (select from stream s where s.kind = j.kind and s.id = j.id and s.erased_at is not null)
 order by id, seq
"""
NOTHING = Envelope(specversion="1.0", id="-", source="-", type="-", time=datetime.fromisoformat("1900-01-01T00:00Z"))
OUR_SOURCES = frozenset(f"holdfast/{writer}" for writer in WRITERS)


class Row(Struct, frozen=True, kw_only=True):
    """One input of one stream in one service, most often a customer's; a wake-up has no event."""

    service: str
    customer: UUID
    seq: int
    key: UUID
    door: str
    type: str
    now: datetime
    outcome: str
    event: Envelope

    @property
    def writer(self) -> str | None:
        """The service that announced it; None for what came from outside."""
        return self.event.source.removeprefix("holdfast/") if self.event.source in OUR_SOURCES else None

    @property
    def is_external(self) -> bool:
        return self.door not in ("wake", "job", "policy") and self.writer is None


Stream = tuple[str, UUID]
Journals = Mapping[Stream, Sequence[Row]]
"""(service, customer) -> its rows in the order in which they were folded."""


async def load_journals(connections: Connections) -> Journals:
    """All rows of all services, but of persons who were erased."""
    found: defaultdict[Stream, list[Row]] = defaultdict(list)
    for service, connection in connections.items():
        for row in await connection.fetch(JOURNAL):
            customer = row["id"]
            found[service, customer].append(_row(service, customer, row))
    return found


def external(journals: Journals) -> Iterator[Row]:
    """What came from outside, stream by stream."""
    return (row for rows in journals.values() for row in rows if row.is_external)


def _row(service: str, customer: UUID, row: asyncpg.Record) -> Row:
    body: bytes = row["body"]
    return Row(
        service=service,
        customer=customer,
        seq=row["seq"],
        key=row["event_key"],
        door=row["door"],
        type=row["type"],
        now=row["now"],
        outcome=row["outcome"],
        event=msgspec.json.decode(body, type=Envelope) if body and row["door"] != "policy" else NOTHING,
    )
