"""The engine as the four services run it."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time

import asyncpg
import msgspec

from bench.reference import ours
from bench.reference.contender import LIMIT_SECONDS, Contender, Done, Failed, Input, Job, chains
from bench.reference.decider import State, standing_of
from bench.reference.logs import Told, last_relayed, read_batches
from bench.reference.verdict import Found
from bench.servers import Ends, ends, values
from holdfast.local.databases import connected
from holdfast.local.ports import free_port
from holdfast.local.process import start, stop, tail
from holdfast.local.services import environment_of
from shared.contracts.topics import DEFAULT
from shared.postgres.migrations import migrate

APPLIED = """
select (select coalesce(sum(next_offset), 0) from consumer_offset where topic = $1) as read,
       (select count(*) from outbox) as waiting
"""
STATES = "select id::text as id, state from stream where version > 0"
JOURNALED = "select count(*) from journal"
LOOK_SECONDS = 0.25


class Holdfast(Contender):
    """Its first batch, which waits for the start, is not measured."""

    name, uses = "holdfast", frozenset({"postgres", "broker"})

    async def start(self, job: Job) -> subprocess.Popen[bytes]:
        await self.make(job)
        return self.run(job)

    async def make(self, job: Job) -> None:
        """Its database, empty."""
        self.dsn = await job.servers.fresh_database("grading")
        async with connected(self.dsn) as connection:
            await migrate(connection, ours.MIGRATIONS)
        self.since: Ends = await ends(job.servers.kafka, DEFAULT.grading)

    def run(self, job: Job) -> subprocess.Popen[bytes]:
        """Its process."""
        told = {
            "HOLDFAST_DSN": self.dsn,
            "HOLDFAST_KAFKA": job.servers.kafka.kafka,
            "HOLDFAST_TOKEN": "of the bench alone",
        }
        environment = environment_of(0, free_port(), told)
        return start([sys.executable, "-m", "bench.reference.ours"], job.log, environment=environment)

    async def done(self, job: Job, process: subprocess.Popen[bytes]) -> Done:
        deadline = time.monotonic() + LIMIT_SECONDS
        async with connected(self.dsn) as connection:
            while not await is_done(connection, job.input):
                if process.poll() is not None or time.monotonic() > deadline:
                    raise Failed(f"{self.name} does not end; the end of {job.log}:\n{tail(job.log)}")
                await asyncio.sleep(LOOK_SECONDS)
        first, *further = read_batches(job.log)
        until = max(further[-1].at, last_relayed(job.log))
        return Done(Told(first.at, until, sum(batch.records for batch in further)), further)

    async def stop(self, process: subprocess.Popen[bytes]) -> None:
        await asyncio.to_thread(stop, process, 30)

    async def found(self, job: Job) -> Found:
        async with connected(self.dsn) as connection:
            rows = await connection.fetch(STATES)
            events = await connection.fetchval(JOURNALED)
        decode = msgspec.json.Decoder(State).decode
        standings = {row["id"]: standing_of(decode(row["state"])) for row in rows}
        said = [value for _, value in await values(job.servers.kafka, DEFAULT.grading, self.since)]
        return Found(events=events, standings=standings, changes=chains(said))


async def is_done(connection: asyncpg.Connection, input: Input) -> bool:
    """Whether all of it is applied and announced."""
    row = await connection.fetchrow(APPLIED, input.topic)
    return row is not None and row["read"] == input.records and not row["waiting"]
