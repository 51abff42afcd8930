"""The floor of durable, set-based work: decode, drop what is known, one upsert per batch; no Kafka, no history.

DSN FILE BATCH.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import asyncpg
import msgspec

from bench.reference.job import COMPLAINT, INTERACTION, NEVER, ORDER, SURVEY
from bench.reference.peers.saying import say

TABLES = """
create table seen (event_id uuid primary key);
create table customer (
  id uuid primary key, last_event bigint not null, last_contact bigint not null, last_order bigint not null,
  orders int not null, cents bigint not null, open int not null, scores int not null, answers int not null,
  grade text not null
) with (fillfactor = 60);
create table change (n bigint generated always as identity primary key, customer uuid, was text, "is" text not null)
"""
SESSION = "set plan_cache_mode = force_generic_plan; set enable_hashjoin = off; set enable_mergejoin = off"
CLAIM = "insert into seen (event_id) select * from unnest($1::uuid[]) on conflict do nothing returning event_id"
FOLD = f"""
with given as (
  select * from unnest($1::uuid[], $2::bigint[], $3::text[], $4::bigint[]) as u(customer, at, type, amount)
), sums as (
  select customer, max(at) as last_event,
         max(at) filter (where type = '{INTERACTION}') as last_contact,
         max(at) filter (where type = '{ORDER}') as last_order,
         count(*) filter (where type = '{ORDER}') as orders,
         coalesce(sum(amount) filter (where type = '{ORDER}'), 0) as cents,
         coalesce(sum(amount) filter (where type = '{COMPLAINT}'), 0) as open,
         coalesce(sum(amount) filter (where type = '{SURVEY}'), 0) as scores,
         count(*) filter (where type = '{SURVEY}') as answers
    from given group by customer
), merged as (
  select s.customer as id, greatest(c.last_event, s.last_event) as last_event,
         greatest(c.last_contact, s.last_contact, {NEVER}) as last_contact,
         greatest(c.last_order, s.last_order, {NEVER}) as last_order,
         coalesce(c.orders, 0) + s.orders as orders, coalesce(c.cents, 0) + s.cents as cents,
         coalesce(c.open, 0) + s.open as open, coalesce(c.scores, 0) + s.scores as scores,
         coalesce(c.answers, 0) + s.answers as answers, c.grade as was
    from sums s left join customer c on c.id = s.customer
), pointed as (
  select *, (last_event - last_order <= 365 * 86400)::int + (last_event - last_order <= 180 * 86400)::int
            + (last_event - last_order <= 90 * 86400)::int + (last_event - last_order <= 30 * 86400)::int
            + (orders >= 1)::int + (orders >= 2)::int + (orders >= 5)::int + (orders >= 10)::int
            + (cents >= 1)::int + (cents >= 20000)::int + (cents >= 50000)::int + (cents >= 100000)::int
            + case when answers = 0 then 0 when scores >= 4.5 * answers then 1
                   when scores < 2.5 * answers then -2 else 0 end
            - 2 * least(open, 3) + (last_event - last_contact <= 60 * 86400)::int as points
    from merged
), graded as (
  select *, case when points >= 11 then 'A' when points >= 8 then 'B' when points >= 5 then 'C'
                 when points >= 2 then 'D' else 'E' end as grade
    from pointed
), saved as (
  insert into customer
  select id, last_event, last_contact, last_order, orders, cents, open, scores, answers, grade from graded
  on conflict (id) do update
     set last_event = excluded.last_event, last_contact = excluded.last_contact, last_order = excluded.last_order,
         orders = excluded.orders, cents = excluded.cents, open = excluded.open, scores = excluded.scores,
         answers = excluded.answers, grade = excluded.grade
)
insert into change (customer, was, "is") select id, was, grade from graded where was is distinct from grade
"""


class Event(msgspec.Struct):
    """What the job needs of a record."""

    id: str
    type: str
    subject: str
    time: datetime
    data: dict[str, Any]

    @property
    def amount(self) -> int:
        """What it adds: cents, a score, a complaint more or less."""
        data = self.data
        if "status" in data:
            return 1 if data["status"] == "opened" else -1
        return int(data.get("cents") or data.get("score") or 0)


async def main(dsn: str, file: Path, batch: int) -> None:
    """A transaction per batch."""
    connection = await asyncpg.connect(dsn)
    await connection.execute(TABLES)
    await connection.execute(SESSION)
    say("began", records=0)
    count, decoder = 0, msgspec.json.Decoder(Event)
    for lines in _batches(file, batch):
        count += len(lines)
        events = {event.id: event for event in map(decoder.decode, lines)}
        async with connection.transaction():
            fresh = await connection.fetch(CLAIM, list(events))
            await _fold(connection, [events[str(row["event_id"])] for row in fresh])
    say("ended", records=count)
    await connection.close()


async def _fold(connection: asyncpg.Connection, events: Sequence[Event]) -> None:
    customers = [event.subject for event in events]
    instants = [int(event.time.timestamp()) for event in events]
    await connection.execute(FOLD, customers, instants, [e.type for e in events], [e.amount for e in events])


def _batches(file: Path, size: int) -> Iterator[list[bytes]]:
    with file.open("rb") as lines:
        while found := [line for _, line in zip(range(size), lines, strict=False)]:
            yield found


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])))
