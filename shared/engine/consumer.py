"""The Kafka door: poll, keep partitions in step, apply, and never believe an offset that the database does not."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

import structlog
from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener, TopicPartition
from aiokafka.errors import KafkaError, NoOffsetForPartitionError, OffsetOutOfRangeError

from shared.backoff import Backoff
from shared.engine import offsets
from shared.engine.attempts import Attempts, OutageTooLong
from shared.engine.backlog import Backlog
from shared.engine.clocks import ReadersClock
from shared.engine.fence import FenceLost
from shared.engine.intake import Intake
from shared.engine.reading import Reading, RetentionPassed
from shared.engine.step import take
from shared.engine.watermarks import Watermarks
from shared.postgres.pool import INFRASTRUCTURE

log = structlog.get_logger(__name__)

FULL, EMPTY, BATCH, POLL = 2_000, 1_000, 2_000, 2_000
"""Records: what a partition may hold back before it is paused, and below which it is read on; of a transaction and of a
poll."""
MOST = 3 * BATCH
"""In all partitions together, beside what those below `EMPTY` still read: it is what a catch-up costs in memory."""
METADATA_TRIES = 100


class Consumer(ConsumerRebalanceListener):  # type: ignore[misc]
    """Reads the service's topics for as long as the process lives; outages are waited out."""

    def __init__(
        self,
        connect: Callable[[], AIOKafkaConsumer],
        asking: Callable[[], Watermarks],
        topics: Sequence[str],
        intake: Intake,
        attempts: Attempts,
        in_group: bool = True,
    ) -> None:
        self.connect = connect
        self.asking = asking
        self.topics = list(topics)
        self.intake = intake
        self.attempts = attempts
        self.in_group = in_group
        self.engine = attempts.engine
        self.backlog = Backlog(self.engine.pool, simulated=self.engine.clock.simulated)
        self.busy = asyncio.Lock()
        self.progressed = asyncio.Event()
        """Set after every batch and whenever partitions are known to be read further in time."""
        self.stopping = False
        self.readings: dict[TopicPartition, Reading] = {}
        self.generation = 0
        self._partitions = 0
        self.clock = ReadersClock(self.engine.clock, self.engine.pool, intake.clock_topic)
        self._hinted = 0.0
        self._outage: tuple[Backoff, float] | None = None
        self.turns = 0
        """Counts turns of the loop, retries included: the sign of life."""

    async def on_partitions_revoked(self, revoked: Sequence[TopicPartition]) -> None:  # noqa: ARG002 - eager: all go
        """Wait for the running batch; nothing polled so far will be applied."""
        self.generation += 1
        async with self.busy:
            self._forget({})

    async def on_partitions_assigned(self, assigned: Sequence[TopicPartition]) -> None:
        """Every assigned partition starts from its row, whatever was held before."""
        self.generation += 1
        self.kafka.pause(*assigned)
        self._forget({tp: Reading(tp, self.intake.rank(tp.topic)) for tp in sorted(assigned)})

    async def run(self) -> None:
        """Until `stopping`; a broker or database that is away is tried again with back-off."""
        backoff = Backoff(0.2, 5.0)
        while not self.stopping:
            try:
                await self._session()
                backoff = Backoff(0.2, 5.0)
            except (KafkaError, OutageTooLong, *INFRASTRUCTURE) as error:
                log.warning("subscription_stopped", error=repr(error), action="started again with back-off")
                self.turns += 1
                await asyncio.sleep(backoff.next())

    async def _session(self) -> None:
        await self.engine.pool.fetchval("select 1")
        self.kafka = self.connect()
        self.marks = self.asking()
        try:
            await self.marks.kafka.start()
            await self.kafka.start()
            self.kafka.subscribe(self.topics, listener=self)  # from now on the client asks the broker for these topics
            await self._know_partitions()
            if not self.in_group:
                await self._take_all()
            anew = not self.in_group
            while not self.stopping:
                if self.readings and not anew:
                    anew = True
                    self._join_anew()
                await self._patient_turn()
                self.turns += 1
        finally:
            self._forget({})
            await self._leave()

    async def _leave(self) -> None:
        """Raises TimeoutError, but nothing that the clients raise.

        One whose broker has been away for longer than its session stops half way, by the cancellation of a task of its
        own: that would be this loop's end.
        """
        async with asyncio.timeout(15):
            both = self.kafka, self.marks.kafka
            found = await asyncio.gather(*(client.stop() for client in both), return_exceptions=True)
            if errors := [repr(error) for error in found if error is not None]:
                log.warning("client_stop", errors=errors)
                await asyncio.gather(*(client._client.close() for client in both), return_exceptions=True)  # noqa: SLF001

    def _join_anew(self) -> None:
        """Have the group dealt out once more, by what topics there are now.

        A member that comes back under its name is handed what it held, however long ago that was worked out, and its
        client then looks for no topic that came since.
        """
        self._forget({})
        self.kafka.subscribe(self.topics, listener=self)

    async def _know_partitions(self) -> None:
        """A row for each, once the broker has named them; raises KafkaError for a topic that it does not know."""
        for _ in range(METADATA_TRIES):
            missing = [topic for topic in self.topics if not self.kafka.partitions_for_topic(topic)]
            if not missing:
                break
            await asyncio.sleep(0.05)
        else:
            raise KafkaError(f"topic {missing[0]} does not exist yet: create it from deploy/topics.yaml")
        found = [(topic, part) for topic in self.topics for part in self.kafka.partitions_for_topic(topic) or ()]
        self._partitions = len(found)
        await offsets.ensure(self.engine.pool, found)

    async def _take_all(self) -> None:
        """Without a group the client assigns every partition that it knows of, and tells nobody."""
        while len(assigned := self.kafka.assignment()) < self._partitions:  # noqa: ASYNC110 - in the client's hands
            await asyncio.sleep(0.01)
        await self.on_partitions_assigned(list(assigned))

    async def _patient_turn(self) -> None:
        """One turn; a database that is away is waited for here, in the group, as long as that is allowed."""
        try:
            await self._turn()
            self._outage = None
        except INFRASTRUCTURE as error:
            self._start_again()
            backoff, since = self._outage or (Backoff(0.05, 2.0), time.monotonic())
            self._outage = (backoff, since)
            if time.monotonic() - since > self.attempts.outage_seconds:
                raise OutageTooLong(str(error)) from error
            log.warning("database_retry", error=repr(error), tries=backoff.tries)
            await asyncio.sleep(backoff.next())

    async def _turn(self) -> None:
        clock = await self._now()
        await self._start_partitions()
        self._open_and_close(clock is not None)
        generation = self.generation
        records = await self._poll()
        if generation != self.generation:
            return  # every partition that is still ours starts again from its row
        for tp, found in records.items():
            await self._take_in(tp, found, clock)
        await self._apply_in_step(generation)
        if generation == self.generation and (clock := await self._now()) is not None:
            await self._note_read(clock, generation)
        if await self.backlog.rows_moved(self.readings.values()) and generation == self.generation:
            log.warning("rows_moved", action="rows are read again")
            self._start_again()

    async def _note_read(self, clock: datetime, generation: int) -> None:
        readings = [r for r in self.readings.values() if r.topic != self.intake.clock_topic and r.started]
        noted = await self.backlog.note(
            readings, self.kafka, self.marks, clock, lambda: generation == self.generation, alone=self._reads_all()
        )
        if noted:
            self.progressed.set()

    async def _now(self) -> datetime | None:
        return await self.clock.now(self.marks, alone=self._reads_all())

    def _reads_all(self) -> bool:
        """No replica reads partitions of its own."""
        return len(self.readings) == self._partitions

    async def _poll(self) -> dict[TopicPartition, list[Any]]:
        """Raises KafkaError, also where the client fetches no more, of which it says nothing."""
        if (fetching := self.kafka._fetcher.error_future).done():  # noqa: SLF001 - aiokafka asks it for single records alone
            fetching.result()
            raise KafkaError("the client fetches no more")
        try:
            return dict(await self.kafka.getmany(timeout_ms=100, max_records=POLL))
        except NoOffsetForPartitionError:
            self._start_again()
        except OffsetOutOfRangeError as error:
            for tp in error.args[0]:
                if (reading := self.readings.get(tp)) is not None:
                    await reading.made_again(self.kafka, self.engine.pool, self.marks)
        return {}

    async def _take_in(self, tp: TopicPartition, records: Sequence[Any], clock: datetime | None) -> None:
        reading = self.readings.get(tp)
        if reading is None or not reading.started:
            return
        if not reading.continues(records[0], self.kafka):
            return
        verified = reading.verified(records)
        if verified is None:
            await reading.made_again(self.kafka, self.engine.pool, self.marks)
            return
        for record in verified:
            reading.waiting.append(self.intake.read(record, reading.next_offset, self.clock.at(record) or clock))
            reading.next_offset = record.offset + 1

    async def _apply_in_step(self, generation: int) -> None:
        mine = [(r.topic, r.number) for r in self.readings.values()]
        clock_topic = self.intake.clock_topic
        if not any(r.waiting for r in self.readings.values()):
            return
        others = None if self._reads_all() else await offsets.others(self.engine.pool, clock_topic, mine)
        async with self.busy:
            if generation != self.generation:
                return
            await self._apply_clock([r for r in self.readings.values() if r.topic == clock_topic and r.waiting])
            while batch := take(
                [r for r in self.readings.values() if r.topic != clock_topic], others, self.engine.clock.grace, BATCH
            ):
                await self._commit(batch)
        await self._hint()

    async def _apply_clock(self, readings: list[Reading]) -> None:
        for reading in readings:  # the clock waits for nobody
            batch = list(reading.waiting)
            reading.waiting.clear()
            self.clock.moves()
            await self._commit(batch)

    async def _commit(self, batch: list[Any]) -> None:
        try:
            await self.attempts.apply(batch)
        except FenceLost as lost:
            log.warning("fence_lost", at=str(lost), action="rows are read again")
            self._start_again()
        self.progressed.set()

    def _start_again(self) -> None:
        """Forget all that was polled and seek to where the rows say."""
        self._forget({tp: Reading(tp, r.rank) for tp, r in self.readings.items()})

    def _forget(self, readings: dict[TopicPartition, Reading]) -> None:
        self.readings = readings
        self.clock.forget()
        self.generation += 1

    async def _hint(self) -> None:
        """Kafka's committed offset, every few seconds, is for dashboards: errors change nothing."""
        if not self.in_group or time.monotonic() - self._hinted < 5:
            return
        self._hinted = time.monotonic()
        applied = {tp: r.next_offset - len(r.waiting) for tp, r in self.readings.items() if r.started and not r.waiting}
        try:
            if applied:
                await asyncio.wait_for(self.kafka.commit(applied), 2)
        except (KafkaError, TimeoutError, ValueError) as error:
            log.debug("offset_hint_failed", error=repr(error))

    def lag(self) -> dict[str, int]:
        """Topic -> records not applied yet on the partitions of this process, as far as their ends are known."""
        found: dict[str, int] = {}
        for tp in self.readings.keys() & (self.kafka.assignment() if self.readings else ()):
            reading, end = self.readings[tp], self.kafka.highwater(tp)
            if reading.started and end is not None:
                waits = max(0, end - reading.next_offset) + len(reading.waiting)
                found[tp.topic] = found.get(tp.topic, 0) + waits
        return found

    async def _start_partitions(self) -> None:
        for reading in list(self.readings.values()):
            if not reading.started:
                try:
                    await reading.start(self.kafka, self.engine.pool, self.marks)
                except RetentionPassed as gone:
                    log.error("records_lost_to_retention", detail=str(gone))  # noqa: TRY400 - the sentence says it all
                    await asyncio.sleep(1)

    def _open_and_close(self, clock_known: bool) -> None:
        """Pause what is far ahead of the others, and all but the clock until the time is known."""
        most = FULL if sum(len(reading.waiting) for reading in self.readings.values()) < MOST else EMPTY
        for tp, reading in self.readings.items():
            blocked = not clock_known and tp.topic != self.intake.clock_topic
            wanted = reading.started and not blocked and len(reading.waiting) < (most if reading.open else EMPTY)
            if wanted != reading.open or reading.fresh:
                (self.kafka.resume if wanted else self.kafka.pause)(tp)
                reading.open, reading.fresh = wanted, False
