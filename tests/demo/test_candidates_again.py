"""What a person said of two files is recorded, and said again of the two that they are where ids are others."""

from __future__ import annotations

from asyncio import Semaphore
from contextlib import asynccontextmanager
from datetime import datetime
from types import SimpleNamespace

import httpx2
import pytest

from holdfast.journal.compare import compare
from holdfast.journal.databases import connections_to
from holdfast.journal.held import contents_of
from holdfast.journal.record import record
from holdfast.journal.replay import Replayer
from holdfast.outside.api import Api
from services.profile.api import router
from services.profile.domain.rules import rules
from services.profile.store import LEDGERS
from services.profile.subscriptions import SUBSCRIPTIONS
from shared.contracts.topics import DEFAULT, WRITERS
from shared.engine.inputs import Raw
from shared.engine.intake import Intake
from shared.engine.subscriptions import reads
from tests.driving.events import as_bytes, event
from tests.harness.engines import routes

DAY = "2025-03-0{}T09:00:00+00:00"


class Alone(Api):
    """Profile's routes and nobody else's; it is also the feed and the calm of a replay."""

    def __init__(self, engine, client: httpx2.AsyncClient) -> None:
        self.engine, self.http = engine, {"profile": client}
        self.requests, self._places = 0, Semaphore(8)
        self.intake = Intake(
            reads(SUBSCRIPTIONS, engine.rules.commands, DEFAULT), simulated=True, log_append_time=False
        )

    async def get(self, service, path, **query):
        if path == "/v1/idle":
            return {"now": (await self.engine.clock.read(self.engine.pool)).isoformat()}
        return {"customers": 0} if service != "profile" else await super().get(service, path, **query)

    async def send_events(self, records):
        now = await self.engine.clock.read(self.engine.pool)
        read = [self.intake.event(Raw(each.value), DEFAULT.upstream, None, now) for each in records]
        assert (await self.engine.apply(read)).dead == 0

    async def move_clock(self, to):
        await self.engine.pool.execute("update clock set now = $1", to)

    async def rest(self, *_):
        pass


@pytest.fixture
def service(engine_of, databases):
    """`async with service(secret)`: profile under this secret, and the DSN of its database."""

    @asynccontextmanager
    async def made(secret):
        engine = await engine_of(rules(secret), LEDGERS, SUBSCRIPTIONS, "2025-02-28T00:00:00+00:00")
        async with routes(engine, router) as client:
            yield Alone(engine, client), databases.dsn(await engine.pool.fetchval("select current_database()"))

    return made


async def _pairs(alone):
    """Two and two who share a number: the ones are said to be one, and to be two after all, the others to be two."""
    shared = {"shop:1": "phone:+8613800000001", "shop:2": "phone:+8613800000001"}
    shared |= {"shop:3": "phone:+8613800000003", "shop:4": "phone:+8613800000003"}
    for day, (who, phone) in enumerate(shared.items(), 1):
        await alone.move_clock(datetime.fromisoformat(DAY.format(day)))
        said = {"party": "individual", "handles": [phone]}
        made = event("customer.registered", said, DAY.format(day), subject=who, id=who)
        await alone.send_events([SimpleNamespace(value=as_bytes(made))])
    await alone.move_clock(datetime.fromisoformat(DAY.format(5)))
    one, two = await alone.items("profile", "/v1/candidates")
    assert (await alone.post("profile", f"/v1/candidates/{one['candidate_id']}/accept", {})).status == 200
    assert (await alone.post("profile", f"/v1/candidates/{two['candidate_id']}/reject", {})).status == 200
    await alone.move_clock(datetime.fromisoformat(DAY.format(6)))
    both = (await alone.get("profile", "/v1/customers", handle="shop:1"))["items"][0]["customer_id"]
    assert (await alone.post("profile", f"/v1/customers/{both}/split", {"other": "shop:2"})).status == 200


async def test_a_persons_word_on_a_candidate_is_played_again(service, database_of):
    others = {writer: database_of(writer) for writer in WRITERS if writer != "profile"}
    async with service(b"a secret of sixteen bytes") as (first, dsn):
        await _pairs(first)
        async with connections_to(others | {"profile": dsn}) as connections:
            lines, stood = await record(connections), await contents_of(connections)
    said = {line.input["type"].split(".")[3] for line in lines if line.door == "http"}
    assert said == {"accept_candidate", "reject_candidate", "split_file"}

    async with service(b"quite another secret of theirs") as (again, dsn):
        feed = SimpleNamespace(send=again.send_events, move_clock=again.move_clock)
        await Replayer(again, again, feed).play(lines)
        async with connections_to(others | {"profile": dsn}) as connections:
            found = compare(stood, await contents_of(connections))
    assert found.differences == []
    assert found.rows > 20
