"""What servers need before the services start: topics, migrated databases, a simulated clock that has been told."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, time

import asyncpg

from holdfast.local.broker import open_partitions
from holdfast.local.clock import clock_hand
from holdfast.local.databases import connected, create_databases, drop_databases
from holdfast.local.jars import ROOT
from holdfast.local.options import Options, Say
from holdfast.local.ports import NotReady
from shared.kafka.settings import KafkaSettings
from shared.kafka.topics import create_topics, load_topics
from shared.postgres.migrations import migrate

CLOCK = "select now from clock"
ANSWER_SECONDS = 60


async def prepare(options: Options, kafka: KafkaSettings, admin: str, say: Say) -> dict[str, str]:
    """Service -> DSN of its migrated database. Databases of an earlier start go where the broker has forgotten it."""
    await _answering(admin)
    if options.kafka is None and (dropped := await drop_databases(admin)):
        say(f"the embedded broker starts empty, so these databases were dropped: {', '.join(dropped)}")
    topics, dsns = await asyncio.gather(
        prepare_topics(kafka, options.kafka is None, options.partitions), create_databases(admin)
    )
    for service, dsn in dsns.items():
        async with connected(dsn) as connection:
            await migrate(connection, ROOT / "services" / service / "migrations")
    if options.clock == "simulated":
        await _tell_time(options, kafka, dsns["profile"])
    if topics and options.kafka:
        say(f"created the topics {', '.join(topics)}")
    return dsns


async def prepare_topics(kafka: KafkaSettings, opened: bool, partitions: int) -> list[str]:
    """Create what is missing, the names; `opened` with a record in every partition, which the embedded broker needs."""
    file = load_topics(ROOT / "deploy" / "topics.yaml")
    created = await create_topics(kafka, file, partitions)
    if opened:
        await open_partitions(kafka, file.partition_counts(kafka.topic_prefix, partitions))
    return created


async def _tell_time(options: Options, kafka: KafkaSettings, profile: str) -> None:
    """The instant asked for; without one a clock that was never told starts at today's 00:00 UTC."""
    now = options.now
    if now is None:
        async with connected(profile) as connection:
            if await connection.fetchval(CLOCK) is not None:
                return
        now = datetime.combine(datetime.now(UTC).date(), time.min, UTC)
    async with clock_hand(kafka) as hand:
        await hand.move(now)


async def _answering(admin: str) -> None:
    """A given server may still be starting. Raises NotReady."""
    problem = ""
    try:
        async with asyncio.timeout(ANSWER_SECONDS):
            while True:
                try:
                    async with connected(admin):
                        return
                except (OSError, TimeoutError, asyncpg.CannotConnectNowError) as error:
                    problem = str(error)
                    await asyncio.sleep(0.2)
    except TimeoutError:
        raise NotReady(f"Postgres does not answer: {problem}") from None
