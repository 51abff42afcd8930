"""What is written first: a FastStream handler per message, one transaction each, the change published inside it.

BOOTSTRAP TOPIC GROUP OUTPUT DSN RECORDS.
"""

from __future__ import annotations

import asyncio
import sys
from datetime import datetime
from typing import Any

import asyncpg
from faststream import AckPolicy, FastStream
from faststream.kafka import KafkaBroker
from pydantic import BaseModel

from bench.reference.job import Standing, grade
from bench.reference.oracle import fold
from bench.reference.peers.saying import say

TABLES = """
create table seen (event_id uuid primary key);
create table customer (
  id uuid primary key, last_event bigint not null, last_contact bigint not null, last_order bigint not null,
  orders int not null, cents bigint not null, open int not null, scores int not null, answers int not null,
  grade text not null
) with (fillfactor = 60)
"""
CLAIM = "insert into seen (event_id) values ($1) on conflict do nothing returning 1"
LOAD = """
select last_event, last_contact, last_order, orders, cents, open, scores, answers, grade
  from customer where id = $1 for update
"""
SAVE = """
insert into customer values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
on conflict (id) do update
   set last_event = $2, last_contact = $3, last_order = $4, orders = $5, cents = $6, open = $7, scores = $8,
       answers = $9, grade = $10
"""


class Event(BaseModel):
    """The record as FastStream hands it over."""

    id: str
    type: str
    subject: str
    time: datetime
    data: dict[str, Any]


class Handler:
    """One message after the other, until so many have come."""

    def __init__(self, broker: KafkaBroker, output: str, pool: asyncpg.Pool, records: int) -> None:
        self.broker, self.output, self.pool, self.records = broker, output, pool, records
        self.count = 0
        self.done = asyncio.Event()

    async def handle(self, event: Event) -> None:
        """At least once: the offset is committed after the transaction."""
        if not self.count:
            say("began", records=0)
        async with self.pool.acquire() as connection, connection.transaction():
            if await connection.fetchval(CLAIM, event.id):
                await self._apply(connection, event)
        self.count += 1
        if self.count == self.records:
            say("ended", records=self.count)
            self.done.set()

    async def _apply(self, connection: Any, event: Event) -> None:
        row = await connection.fetchrow(LOAD, event.subject)
        was = row["grade"] if row else None
        standing = Standing(*list(row.values())[:-1]) if row else Standing()
        now = fold(standing, {"type": event.type, "time": event.time.isoformat(), "data": event.data})
        to = grade(now)
        await connection.execute(SAVE, event.subject, *now, to)
        if was != to:
            change = {"subject": event.subject, "data": {"from": was, "to": to}}
            await self.broker.publish(change, self.output, key=event.subject.encode())


async def main(bootstrap: str, topic: str, group: str, output: str, dsn: str, records: int) -> None:
    """The service, which ends by itself here."""
    pool = await asyncpg.create_pool(dsn, min_size=1, max_size=4)
    await pool.execute(TABLES)
    broker = KafkaBroker(bootstrap, acks="all")
    handler = Handler(broker, output, pool, records)
    subscribe = broker.subscriber(
        topic, group_id=group, auto_offset_reset="earliest", ack_policy=AckPolicy.NACK_ON_ERROR
    )
    subscribe(handler.handle)
    app = FastStream(broker)
    running = asyncio.create_task(app.run(log_level=30))
    await handler.done.wait()
    app.exit()
    await running
    await pool.close()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:6], int(sys.argv[6])))
