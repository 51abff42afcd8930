"""Who else does the reference job, each in a program that says when it began and ended."""

from __future__ import annotations

import asyncio
import subprocess
import time
from abc import abstractmethod
from collections import defaultdict
from collections.abc import Mapping

import asyncpg
import msgspec

from bench.reference.contender import LIMIT_SECONDS, Contender, Done, Failed, Job, chains
from bench.reference.job import Standing
from bench.reference.logs import told_by
from bench.reference.oracle import Change
from bench.reference.verdict import Found
from bench.servers import Ends, ends, values
from holdfast.local.databases import connected
from holdfast.local.jars import ROOT
from holdfast.local.process import start, stop, tail
from shared.contracts.topics import PREFIX

PEERS = ROOT / ".venv-peers" / "bin" / "python"
BATCH = 2_000
CUSTOMERS = """
select id::text as id, last_event, last_contact, last_order, orders, cents, open, scores, answers from customer
"""
SEEN = "select count(*) from seen"
CHANGES = 'select customer::text as customer, was, "is" from change order by n'
OUTPUTS: Mapping[str, str] = {name: f"{PREFIX}reference.{name}" for name in ("naive", "quixstreams")}


class Peer(Contender):
    """A program that says when it began and ended."""

    module: str

    @abstractmethod
    async def arguments(self, job: Job) -> list[str]:
        """What it is told, and its database made."""

    async def start(self, job: Job) -> subprocess.Popen[bytes]:
        command = [str(PEERS), "-m", f"bench.reference.peers.{self.module}", *await self.arguments(job)]
        return start(command, job.log, environment={"PYTHONPATH": str(ROOT)})

    async def done(self, job: Job, process: subprocess.Popen[bytes]) -> Done:
        deadline = time.monotonic() + LIMIT_SECONDS
        while (told := told_by(job.log)) is None:
            if process.poll() is not None or time.monotonic() > deadline:
                raise Failed(f"{self.name} does not end; the end of {job.log}:\n{tail(job.log)}")
            await asyncio.sleep(0.1)
        return Done(told)

    async def stop(self, process: subprocess.Popen[bytes]) -> None:
        """It ends by itself."""
        await asyncio.to_thread(stop, process, 30)


class RawConsume(Peer):
    name, module, uses = "raw_consume", "raw_consume", frozenset({"broker"})

    async def arguments(self, job: Job) -> list[str]:
        return [job.servers.kafka.kafka, job.input.topic, job.name, str(job.input.records)]

    async def found(self, job: Job) -> Found:
        told = told_by(job.log)
        return Found(records=told.records if told else 0)


class RawPostgres(Peer):
    name, module, uses, coalesces = "raw_postgres", "raw_postgres", frozenset({"postgres"}), True

    async def arguments(self, job: Job) -> list[str]:
        self.dsn = await job.servers.fresh_database(self.name)
        return [self.dsn, str(job.input.file), str(BATCH)]

    async def found(self, job: Job) -> Found:  # noqa: ARG002 - of the database that was made for it
        async with connected(self.dsn) as connection:
            found = await _of_tables(connection)
            changes: defaultdict[str, list[Change]] = defaultdict(list)
            for row in await connection.fetch(CHANGES):
                changes[row["customer"]].append((row["was"], row["is"]))
        return found._replace(changes=changes)


class Naive(Peer):
    name, module, uses, few = "naive", "naive", frozenset({"postgres", "broker"}), True

    async def arguments(self, job: Job) -> list[str]:
        self.dsn = await job.servers.fresh_database(self.name)
        to = [job.servers.kafka.kafka, job.input.topic, job.name, OUTPUTS[self.name], self.dsn]
        self.since: Ends = await ends(job.servers.kafka, OUTPUTS[self.name])
        return [*to, str(job.input.records)]

    async def found(self, job: Job) -> Found:
        async with connected(self.dsn) as connection:
            found = await _of_tables(connection)
        said = [value for _, value in await values(job.servers.kafka, OUTPUTS[self.name], self.since)]
        return found._replace(changes=chains(said))


class Quixstreams(Peer):
    name, module, uses = "quixstreams", "quix", frozenset({"broker"})

    async def arguments(self, job: Job) -> list[str]:
        self.since: Ends = await ends(job.servers.kafka, OUTPUTS[self.name])
        to = [job.servers.kafka.kafka, job.input.topic, job.name, OUTPUTS[self.name]]
        return [*to, str(job.folder / f"{job.name}.state"), str(job.input.records)]

    async def found(self, job: Job) -> Found:
        """Its state as its changelog has it: what it would restore."""
        changelog = f"changelog__{job.name}--{job.input.topic}--default"
        standings, seen = {}, 0
        for key, value in await values(job.servers.kafka, changelog):
            customer, _, entry = (key or b"").decode().partition("|")
            if entry == '"standing"':
                standings[customer] = Standing(*msgspec.json.decode(value[value.index(b"[") :]))
            seen += entry.startswith('"seen:')
        said = [value for _, value in await values(job.servers.kafka, OUTPUTS[self.name], self.since)]
        return Found(events=seen, standings=standings, changes=chains(said))


async def _of_tables(connection: asyncpg.Connection) -> Found:
    rows = await connection.fetch(CUSTOMERS)
    standings = {row["id"]: Standing(*list(row.values())[1:]) for row in rows}
    return Found(events=await connection.fetchval(SEEN), standings=standings)
