"""The servers of a bench: Apache Kafka and Postgres as they run in production, every commit on the disk."""

from __future__ import annotations

import zlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

from holdfast.local.databases import connected, create_databases, drop_databases
from holdfast.local.kafka import ApacheKafka
from holdfast.local.postgres import EmbeddedPostgres
from shared.kafka.settings import KafkaSettings
from shared.kafka.topics import FILE, TopicOptions, create_topics, load_topics

IDLE_MS = 200
Ends = dict[TopicPartition, int]


class Servers(NamedTuple):
    """Both of them, up."""

    broker: ApacheKafka
    postgres: EmbeddedPostgres

    @property
    def kafka(self) -> KafkaSettings:
        return KafkaSettings(kafka=self.broker.bootstrap)

    @property
    def roots(self) -> dict[str, int]:
        """Name -> process id, for what they cost."""
        assert self.broker.process
        assert self.postgres.process
        return {"postgres": self.postgres.process.pid, "broker": self.broker.process.pid}

    async def fresh_database(self, name: str) -> str:
        """DSN of an empty one; what was written before is on the disk, so that nobody pays for it later."""
        await drop_databases(self.postgres.dsn, (name,))
        dsn = (await create_databases(self.postgres.dsn, (name,)))[name]
        async with connected(self.postgres.dsn) as connection:
            await connection.execute("checkpoint")
        return self.postgres.beside(dsn)


@contextmanager
def servers(folder: Path) -> Iterator[Servers]:
    """Started in this folder, which must be new, for as long as the block runs."""
    broker = ApacheKafka(folder / "kafka", folder / "kafka.log")
    postgres = EmbeddedPostgres(folder / "postgres", folder / "postgres.log")
    try:
        broker.start()
        postgres.start()
        yield Servers(broker, postgres)
    finally:
        postgres.stop()
        broker.stop()


async def make_topics(kafka: KafkaSettings, more: Iterable[str], partitions: int) -> None:
    """Those of a deployment, and more of the same prefix; all as `deploy/topics.yaml` has them."""
    named = {name: TopicOptions(retention_days=7) for name in more}
    file = load_topics(FILE)
    await create_topics(kafka, file.model_copy(update={"topics": {**file.topics, **named}}), partitions)


async def load(kafka: KafkaSettings, topic: str, records: Sequence[tuple[bytes, bytes]], partitions: int) -> None:
    """Put (key, value) onto the topic, those of one key in their order."""
    lanes: defaultdict[int, list[tuple[bytes, bytes]]] = defaultdict(list)
    for record in records:
        lanes[zlib.crc32(record[0]) % partitions].append(record)
    producer = AIOKafkaProducer(bootstrap_servers=kafka.kafka, acks="all", max_batch_size=512_000)
    await producer.start()
    try:
        for partition, waiting in lanes.items():
            await _load(producer, topic, partition, waiting)
    finally:
        await producer.stop()


async def _load(producer: AIOKafkaProducer, topic: str, partition: int, records: list[tuple[bytes, bytes]]) -> None:
    batch = producer.create_batch()
    for key, value in records:
        if batch.append(timestamp=None, key=key, value=value) is None:
            await (await producer.send_batch(batch, topic, partition=partition))
            batch = producer.create_batch()
            batch.append(timestamp=None, key=key, value=value)
    await (await producer.send_batch(batch, topic, partition=partition))


async def ends(kafka: KafkaSettings, topic: str) -> Ends:
    """Where each partition ends now."""
    async with _reader(kafka, topic) as reader:
        return dict(await reader.end_offsets(sorted(reader.assignment())))


async def values(kafka: KafkaSettings, topic: str, since: Ends | None = None) -> list[tuple[bytes | None, bytes]]:
    """(key, value) of all records from there on, those of one partition in their order."""
    found: list[tuple[bytes | None, bytes]] = []
    async with _reader(kafka, topic) as reader:
        until = await reader.end_offsets(sorted(reader.assignment()))
        for partition in until:
            reader.seek(partition, (since or {}).get(partition, 0))
        while any([await reader.position(tp) < end for tp, end in until.items()]):
            for records in (await reader.getmany(timeout_ms=IDLE_MS)).values():
                found += [(record.key, record.value) for record in records]
    return found


def _reader(kafka: KafkaSettings, topic: str) -> AIOKafkaConsumer:
    """Of no group: once started it has all partitions."""
    return AIOKafkaConsumer(
        topic, bootstrap_servers=kafka.kafka, enable_auto_commit=False, auto_offset_reset="earliest"
    )
