"""The relay: outbox rows onto their topics in id order, by one leader per service, deleted once acknowledged."""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict
from collections.abc import Callable, Coroutine, Iterable, Sequence
from contextlib import suppress
from typing import Any

import asyncpg
import structlog
from aiokafka import AIOKafkaProducer
from aiokafka.errors import InvalidMessageError, KafkaError, MessageSizeTooLargeError, RecordTooLargeError
from aiokafka.partitioner import murmur2

from shared.backoff import Backoff
from shared.contracts.ids import derived
from shared.engine.crash import reached
from shared.engine.outlet import Outlet
from shared.postgres.pool import INFRASTRUCTURE
from shared.traces.spans import Spans, words_of

log = structlog.get_logger(__name__)

LEAD = "select pg_try_advisory_lock(7226002)"
HOLD_SECONDS, LEASE_SECONDS = 5, 30
"""How often the leader's connection is heard of, and how long it may take to answer; without a word for longer the
server ends it, which frees the lead of one that was cut off and knows nothing of it. Less, with the seconds that a
producer takes to stop, than the lease: whoever leads next leads alone."""
LEASE = f"set idle_session_timeout = '{LEASE_SECONDS}s'"
READ = "select id, topic, key, event_id, payload from outbox order by id limit $1"
SETTLE = """
with acknowledged as (
  delete from outbox o using unnest($1::bigint[], $2::uuid[]) as u(id, event_id)
   where o.id = u.id and o.event_id = u.event_id
{queue})
insert into published_offset (topic, part, next_offset)
select * from unnest($3::text[], $4::int[], $5::bigint[])
on conflict (topic, part) do update set next_offset = excluded.next_offset
"""
FORGET = """
delete from published_offset p using unnest($1::text[], $2::int[], $3::bigint[]) as u(topic, part, next)
 where p.topic = u.topic and p.next_offset > u.next
   and exists (select from published_offset q
                where q.topic = u.topic and q.part = u.part and q.next_offset > u.next)
"""
SET_ASIDE = """
with gone as (delete from outbox where id = $1 and event_id = $2 returning topic, key, event_id, payload)
insert into dead_letter (id, event_key, event_id, origin_topic, key, body, reason, detail, first_at, last_at)
select $3, event_id, event_id::text, topic, key, payload, 'undeliverable', $4, clock_timestamp(), clock_timestamp()
  from gone
on conflict (id) do nothing
"""
WINDOW, WIDEST = 2_000, 50_000
PARTS = 5_000
"""Keys whose partition a process remembers: some 1 MB at most."""
APART = 0.015
"""Seconds from one window to the next: what many small transactions say goes out, and comes in, together."""

UNDELIVERABLE = (MessageSizeTooLargeError, RecordTooLargeError, InvalidMessageError)


class LostLead(Exception):
    """The connection that held the lead is gone."""


class Relay:
    """One per process; only the one that holds the session lock sends."""

    def __init__(
        self,
        pool: asyncpg.Pool,
        connect: Callable[[], Any],
        produce: Callable[[], AIOKafkaProducer],
        outlet: Outlet | None = None,
    ) -> None:
        self.pool = pool
        self.connect = connect
        self.produce = produce
        self.settle = SETTLE.format(queue=outlet.queue if outlet else "")
        self.spans: Spans | None = None
        self.woken = asyncio.Event()
        self.window = WINDOW
        self.stopping = False
        self.drained = asyncio.Event()
        """Set after a look that found the outbox empty."""
        self._parts: dict[bytes, int] = {}
        self._upto: dict[tuple[str, int], int] = {}

    async def run(self) -> None:
        """Until `stopping`; whatever fails is tried again with a new producer and a new lead."""
        backoff = Backoff(0.1, 5.0)
        while not self.stopping:
            try:
                await self._lead()
                backoff = Backoff(0.1, 5.0)
            except (KafkaError, LostLead, *INFRASTRUCTURE) as error:
                log.warning("relay_retry", error=repr(error))
                await asyncio.sleep(backoff.next())

    async def _lead(self) -> None:
        direct: asyncpg.Connection = await self.connect()
        producer: AIOKafkaProducer | None = None
        try:
            await direct.execute(LEASE)
            await direct.add_listener("outbox", lambda *_: self.woken.set())
            while not self.stopping and not await direct.fetchval(LEAD):  # noqa: ASYNC110 - another process leads
                await asyncio.sleep(0.5)
            producer = self.produce()
            await _first_to_end(self._send(producer), _hold(direct))
        finally:
            await _close(direct, producer)

    async def _send(self, producer: AIOKafkaProducer) -> None:
        await producer.start()
        while not self.stopping:
            self.woken.clear()
            began = time.monotonic()
            if await self.drain(producer) < self.window:
                await self._sleep()
                await asyncio.sleep(began + APART - time.monotonic())

    async def _sleep(self) -> None:
        try:
            await asyncio.wait_for(self.woken.wait(), 0.5)
        except TimeoutError:
            return

    async def drain(self, producer: AIOKafkaProducer) -> int:
        """Send one window of rows; how many there were. Raises the first error after settling what was acknowledged."""
        rows = await self.pool.fetch(READ, self.window)
        if not rows:
            self.drained.set()
            return 0
        counts = {topic: len(await producer.partitions_for(topic)) for topic in {row["topic"] for row in rows}}
        lanes: defaultdict[tuple[str, int], list[asyncpg.Record]] = defaultdict(list)
        for row in rows:
            lanes[row["topic"], self._hash(row) % counts[row["topic"]]].append(row)
        began = time.time_ns()
        reached("mid_relay")
        sent = await asyncio.gather(*(self._lane(producer, *lane, found) for lane, found in lanes.items()))
        reached("after_ack_before_delete")
        if self.spans is not None:
            for lane, (done, _, _) in zip(lanes, sent, strict=True):
                self.spans.published(*lane, (row["payload"] for row in done), began)
        acknowledged = [(lane, done, upto) for lane, (done, upto, _) in zip(lanes, sent, strict=True) if done]
        if acknowledged:
            await self._settle(acknowledged)
        errors = [error for _, _, error in sent if error is not None]
        self.window = min(WIDEST, self.window * 2) if errors else WINDOW  # one dead partition must not fill the window
        if errors:
            raise errors[0]
        return len(rows)

    def _hash(self, row: asyncpg.Record) -> int:
        """What says, with the number of its topic's partitions, which of them is its own."""
        key: bytes = row["key"] or row["event_id"].bytes
        if (hashed := self._parts.get(key)) is None:
            if len(self._parts) > PARTS:
                self._parts.clear()
            hashed = self._parts[key] = murmur2(key) & 0x7FFFFFFF
        return hashed

    async def _lane(
        self, producer: AIOKafkaProducer, topic: str, part: int, rows: Sequence[asyncpg.Record]
    ) -> tuple[list[asyncpg.Record], int, Exception | None]:
        """Send one partition's rows, batch after batch; those acknowledged, the offset after the last, the error."""
        done: list[asyncpg.Record] = []
        upto = 0
        waiting = list(rows)
        try:
            while waiting:
                batch, count = producer.create_batch(), 0
                while (
                    count < len(waiting)
                    and batch.append(
                        timestamp=None, key=waiting[count]["key"], value=waiting[count]["payload"], headers=HEADERS
                    )
                    is not None
                ):
                    count += 1
                if count == 0:
                    await self._set_aside(waiting.pop(0), "it is larger than a batch may be")
                    continue
                answer = await (await producer.send_batch(batch, topic, partition=part))
                upto = answer.offset + count
                done += waiting[:count]
                del waiting[:count]
        except UNDELIVERABLE as error:
            await self._one_by_one(waiting[:count], error)
        except (KafkaError, OSError, TimeoutError) as error:
            return done, upto, error
        return done, upto, None

    async def _one_by_one(self, rows: Iterable[asyncpg.Record], error: Exception) -> None:
        """The broker called a batch invalid: the largest record in it is set aside, the rest is sent next time."""
        culprit = max(rows, key=lambda row: len(row["payload"]))
        await self._set_aside(culprit, f"the broker refused it: {error}")

    async def _set_aside(self, row: asyncpg.Record, why: str) -> None:
        trace = words_of(row["payload"])
        log.error("undeliverable", event_id=str(row["event_id"]), topic=row["topic"], why=why, **trace)
        id = derived("undeliverable", row["event_id"].bytes)
        await self.pool.execute(SET_ASIDE, row["id"], row["event_id"], id, why)

    async def _settle(self, acknowledged: Sequence[tuple[tuple[str, int], list[asyncpg.Record], int]]) -> None:
        rows = [row for _, done, _ in acknowledged for row in done]
        topics, parts = [lane[0] for lane, _, _ in acknowledged], [lane[1] for lane, _, _ in acknowledged]
        upto = [upto for _, _, upto in acknowledged]
        if any(next <= self._upto.get(lane, next) for lane, _, next in acknowledged):  # unknown, or made again
            await self.pool.execute(FORGET, topics, parts, upto)
        self._upto.update((lane, next) for lane, _, next in acknowledged)
        await self.pool.execute(
            self.settle, [r["id"] for r in rows], [r["event_id"] for r in rows], topics, parts, upto
        )
        log.info("relayed", facts=len(rows), partitions=len(acknowledged))


HEADERS = [("content-type", b"application/cloudevents+json")]


async def _hold(direct: asyncpg.Connection) -> None:
    """For as long as the lead is held. Raises LostLead."""
    lost = asyncio.Event()
    direct.add_termination_listener(lambda _: lost.set())
    while not direct.is_closed():
        try:
            await direct.fetchval("select 1", timeout=HOLD_SECONDS)
        except INFRASTRUCTURE as error:
            raise LostLead(f"the leader's connection does not answer: {error!r}") from error
        with suppress(TimeoutError):
            await asyncio.wait_for(lost.wait(), HOLD_SECONDS)
    raise LostLead("the leader's connection was closed")


async def _first_to_end(*works: Coroutine[Any, Any, None]) -> None:
    """The others are cut off; raises what ended it."""
    tasks = [asyncio.create_task(work) for work in works]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    for task in tasks:
        if not task.cancelled():
            task.result()


async def _close(direct: asyncpg.Connection, producer: AIOKafkaProducer | None) -> None:
    try:
        if producer is not None:
            await asyncio.wait_for(producer.stop(), 5)
    except (KafkaError, OSError, TimeoutError) as error:
        log.warning("producer_stop", error=repr(error))
    try:
        await direct.close(timeout=2)
    except INFRASTRUCTURE as error:
        log.warning("connection_close", error=repr(error))
