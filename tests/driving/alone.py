"""Profile alone, on servers of its own that a test stops and starts."""

from __future__ import annotations

import asyncio
import secrets
from pathlib import Path
from typing import Any

import httpx2
from aiokafka import AIOKafkaProducer

from holdfast.local.broker import EmbeddedBroker
from holdfast.local.databases import connected, create_databases
from holdfast.local.kafka import ApacheKafka
from holdfast.local.ports import free_port
from holdfast.local.postgres import EmbeddedPostgres
from holdfast.local.prepare import prepare_topics
from holdfast.local.services import ServiceProcess, environment_of
from shared.kafka.settings import KafkaSettings
from shared.postgres.migrations import migrate
from tests.driving.events import STRUCTURED, as_bytes
from tests.driving.facts import Facts, Said

MIGRATIONS = Path(__file__).parents[2] / "services" / "profile" / "migrations"
PARTITIONS = 3


class Alone:
    """Its database is made and migrated at once; then both servers are down and nothing runs."""

    def __init__(self, folder: Path, *, apache: bool, **settings: str) -> None:
        self.logs = folder / "logs"
        self.postgres = EmbeddedPostgres(folder / "postgres", self.logs / "postgres.log")
        self.broker: ApacheKafka | EmbeddedBroker = (
            ApacheKafka(folder / "kafka", self.logs / "kafka.log")
            if apache
            else EmbeddedBroker(self.logs / "broker.log", free_port())
        )
        self.kafka = KafkaSettings(kafka=self.broker.bootstrap, embedded_broker=not apache)
        self.token = secrets.token_urlsafe(24)
        self.more = {f"HOLDFAST_{name.upper()}": value for name, value in settings.items()}

    async def prepare(self) -> None:
        """A migrated database; Postgres is down again when this returns."""
        self.postgres.start()
        self.dsn = (await create_databases(self.postgres.dsn, ("profile",)))["profile"]
        async with connected(self.dsn) as connection:
            await migrate(connection, MIGRATIONS)
        self.postgres.stop()

    def start(self) -> None:
        """Start the process; it is not waited for."""
        told = {
            "HOLDFAST_DSN": self.dsn,
            "HOLDFAST_KAFKA": self.kafka.kafka,
            "HOLDFAST_EMBEDDED_BROKER": str(self.kafka.embedded_broker).lower(),
            "HOLDFAST_TOKEN": self.token,
            "HOLDFAST_SECRET": "a secret of the tests alone",
        }
        self.process = ServiceProcess("profile", 0, environment_of(0, free_port(), told | self.more), self.logs)
        self.process.start()
        self.http = httpx2.AsyncClient(
            base_url=self.process.url, timeout=10, headers={"Authorization": f"Bearer {self.token}"}
        )

    async def start_broker(self) -> None:
        await asyncio.to_thread(self.broker.start)
        await prepare_topics(self.kafka, opened=self.kafka.embedded_broker, partitions=PARTITIONS)

    async def start_postgres(self) -> None:
        await asyncio.to_thread(self.postgres.start)

    async def stop_postgres(self) -> None:
        await asyncio.to_thread(self.postgres.stop)

    async def end(self) -> None:
        await self.http.aclose()
        self.process.stop()
        self.postgres.kill()
        self.broker.kill()

    # -- asking

    async def status(self, path: str) -> int:
        """Of a GET; 0 while nobody answers."""
        try:
            return (await self.http.get(path)).status_code
        except httpx2.TransportError:
            return 0

    async def is_ready(self) -> bool:
        return await self.status("/readyz") == 200

    async def is_unready(self) -> bool:
        return await self.status("/readyz") == 503

    async def interactions(self, handle: str) -> int:
        """How many the file of this handle has; -1 while there is no answer."""
        found = await self.http.get("/v1/customers", params={"handle": handle})
        if found.status_code != 200 or not found.json()["items"]:
            return -1
        customer = found.json()["items"][0]["customer_id"]
        totals = (await self.http.get(f"/v1/customers/{customer}")).json()["totals"]
        return int(totals["interactions"])

    async def published(self) -> list[Said]:
        """All facts that the relay has put on profile's topic, once it has nothing more to put there."""
        idle = (await self.http.get("/v1/idle")).json()
        async with Facts(self.kafka) as facts:
            await facts.read_to(idle["published"])
        return [said for said in facts.all if idle["outbox"] == 0 and said["source"] == "holdfast/profile"]

    def lines(self, word: str) -> list[str]:
        """Lines of its log with this word."""
        return [line for line in self.process.log.read_text().splitlines() if word in line]

    async def send(self, events: list[dict[str, Any]]) -> None:
        producer = AIOKafkaProducer(bootstrap_servers=self.kafka.kafka, acks="all")
        await producer.start()
        try:
            for made in events:
                key = str(made["subject"]).encode()
                await producer.send_and_wait("holdfast.upstream.v1", as_bytes(made), key, headers=[*STRUCTURED])
        finally:
            await producer.stop()
