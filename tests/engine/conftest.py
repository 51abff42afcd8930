"""An engine over a real Postgres, with the toy rules and a clock that the test moves."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import msgspec
import pytest

from holdfast.local.databases import connected
from shared.contracts.data import Data
from shared.contracts.envelope import Envelope, encode
from shared.contracts.ids import derived
from shared.contracts.policy import default_policy, document
from shared.contracts.reading import dump_data
from shared.contracts.topics import topics
from shared.engine import policies
from shared.engine.apply import Engine
from shared.engine.attempts import Attempts
from shared.engine.clocks import Clock
from shared.engine.decision import Event
from shared.engine.inputs import Input, Origin, Raw
from shared.engine.subscriptions import reads
from shared.postgres.pool import open_pool
from tests.engine import toy
from tests.harness.databases import Databases

START = datetime(2025, 3, 1, tzinfo=UTC)
CUSTOMER = UUID(int=1)
OTHER = UUID(int=2)
FIRST = "insert into consumer_offset (topic, part, next_offset) values ('holdfast.profile.v1', 0, 0)"


@dataclass
class Bench:
    """The engine, and inputs made as the reader would make them."""

    engine: Engine
    pool: asyncpg.Pool
    dsn: str
    offset: int = 0
    made: list[Input] = field(default_factory=list)

    def event(
        self,
        id: str,
        data: Data,
        at: float = 0,
        customer: UUID = CUSTOMER,
        door: Any = "kafka",
        offset: int | None = None,
        home: UUID | None = None,
        cause: str | None = None,
    ) -> Input:
        """An event of profile's at `at` seconds after the start, at the next offset of partition 0."""
        recorded = START + timedelta(seconds=at)
        key = derived("toy", id)
        envelope = Envelope(
            specversion="1.0", id=str(key), source="holdfast/profile", type=data.TYPE, subject=str(customer),
            time=recorded, recordedtime=recorded, data=msgspec.Raw(dump_data(data)),
            homeid=str(home) if home else None, causationid=cause,
        )  # fmt: skip
        event = Event(
            key, str(key), envelope.source, envelope.type, recorded, recorded, str(customer), data, cause, home
        )
        place = self.offset if offset is None else offset
        origin = Origin("holdfast.profile.v1", 0, place, place, 0) if door == "kafka" else None
        if door == "kafka" and offset is None:
            self.offset += 1
        body = encode(envelope)
        return Input(door, recorded, event, raw=Raw(body), origin=origin, body=body)

    async def clock(self, seconds: float) -> None:
        now = START + timedelta(seconds=seconds)
        await self.pool.execute("update clock set now = $1", now)

    async def state(self, customer: UUID = CUSTOMER) -> Any:
        body = await self.pool.fetchval("select state from stream where id = $1", customer)
        return msgspec.json.decode(body, type=toy.State)

    async def facts(self) -> list[tuple[str, dict[str, Any]]]:
        rows = await self.pool.fetch("select payload from outbox order by id")
        events = [msgspec.json.decode(row["payload"]) for row in rows]
        return [(event["type"].removeprefix("holdfast.").removesuffix(".v1"), event["data"]) for event in events]

    async def dead(self) -> list[asyncpg.Record]:
        return list(await self.pool.fetch("select * from dead_letter order by first_at, id"))

    def attempts(self, outage_seconds: float = 5) -> Attempts:
        return Attempts(self.engine, outage_seconds)


@pytest.fixture
async def bench(databases: Databases, migrations: Path) -> AsyncIterator[Bench]:
    dsn = await databases.fresh(migrations)
    async with connected(dsn) as connection:
        await policies.install(connection, msgspec.json.encode(document(default_policy())))
        await connection.execute("insert into clock (single, now) values (true, $1)", START)
        await connection.execute(FIRST)
    pool = await open_pool(dsn, "toy")
    reading = reads(toy.SUBSCRIPTIONS, (), topics())
    yield Bench(Engine(toy.RULES, (toy.NOTES,), pool, Clock("simulated"), reading), pool, dsn)
    await pool.close()
    await databases.drop(dsn)


@pytest.fixture(scope="session")
def migrations(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The toy's own table."""
    folder = tmp_path_factory.mktemp("toy") / "migrations"
    folder.mkdir()
    (folder / "0001_toy.sql").write_text(toy.MIGRATION)
    return folder
