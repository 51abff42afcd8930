"""The life of a policy: draft, shadow, active, retired; and what its activation sets going."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

import asyncpg
import msgspec
import structlog

from shared.contracts.envelope import Envelope, encode
from shared.contracts.ids import derived, fact_id
from shared.contracts.policy import Policy, document, policy_id
from shared.contracts.reading import dump_data
from shared.contracts.types import FACTS
from shared.engine import jobs, together
from shared.engine.apply import ClockUnset, Engine
from shared.engine.policies import ACTIVE_ID, CHANGED, changing, install
from shared.engine.records import OutboxRow
from shared.engine.redecide import KIND
from shared.engine.streams import NEVER
from shared.engine.tables import outbox_part
from shared.postgres.pool import borrow

log = structlog.get_logger(__name__)

ADD = """
insert into policy (id, name, state, based_on, body) values ($1, $2, 'draft', $3, $4)
on conflict (id) do nothing returning id
"""
STATE = "select state from policy where id = $1"
RETIRE = "update policy set state = 'retired' where state = 'active' and id <> $1"
ACTIVATE = "update policy set state = 'active', activated_at = $2, activation = $3 where id = $1"
TAKE_BACK = "update policy set state = 'draft' where state = 'shadow' and id <> $1"
SHADOW = "update policy set state = 'shadow' where id = $1"
OUTDATED = """
update job set state = 'cancelled', claimed_by = null, claimed_until = null, ended_at = clock_timestamp()
 where state in ('waiting', 'running') and due_at >= '1800-01-01T00:00:00Z' and kind = $1
"""
COUNT_SHADOW = "count_shadow"
"""The job that counts what the shadow would make of everybody, in a service that has one."""
STARTED = "select digest from started_with where single"
START = """
insert into started_with (single, digest) values (true, $1)
on conflict (single) do update set digest = excluded.digest
"""

Door = Literal["start", "http"]


class IsActive(Exception):
    """The active policy cannot become the shadow: nothing would decide."""


async def add(engine: Engine, policy: Policy, name: str | None, based_on: str | None) -> tuple[str, bool]:
    """Keep it as a draft; its id, and whether it is new. Raises ClockUnset."""
    async with borrow(engine.pool) as connection, changing(connection):
        now = await _now(engine, connection)
        id = policy_id(policy)
        new = await _add(connection, policy, name, based_on)
        if new:
            await connection.execute(CHANGED, id, "draft", now, "http")
    return id, new


async def activate(engine: Engine, id: str) -> bool:
    """Every decision from now on is by this policy, and those who were decided by another are, by a job, again.

    False for an unknown id; the active one stays. Raises ClockUnset.
    """
    async with borrow(engine.pool) as connection, changing(connection):
        now = await _now(engine, connection)
        if await connection.fetchval(STATE, id) is None:
            return False
        await _activate(engine, connection, id, now, "http")
    return True


async def shadow(engine: Engine, id: str) -> bool:
    """This one is looked at beside the active policy and publishes nothing; the one before it is a draft again.

    False for an unknown id. Raises IsActive, ClockUnset.
    """
    async with borrow(engine.pool) as connection, changing(connection):
        now = await _now(engine, connection)
        state = await connection.fetchval(STATE, id)
        if state == "active":
            raise IsActive(id)
        if state not in (None, "shadow"):
            await connection.execute(TAKE_BACK, id)
            await connection.execute(SHADOW, id)
            await connection.execute(CHANGED, id, "shadow", now, "http")
            if COUNT_SHADOW in engine.jobs:
                await jobs.add(connection, derived(COUNT_SHADOW, id, now.isoformat()), COUNT_SHADOW, {"policy_id": id})
    return state is not None


async def start(engine: Engine, policy: Policy, digest: str) -> None:
    """What a start makes of its settings: the first one installs its policy, a later one with others activates it.

    With the settings of the start before nothing changes, whatever was activated since.
    """
    async with borrow(engine.pool) as connection, changing(connection):
        if await connection.fetchval(STARTED) == digest:
            return
        active, id = await connection.fetchval(ACTIVE_ID), policy_id(policy)
        if active is None:
            await install(connection, body_of(policy))
        else:
            await _add(connection, policy, "start", None)
            await _activate(engine, connection, id, await engine.clock.read(connection), "start")
        await connection.execute(START, digest)
        log.info("policy_of_start", policy_id=id, before=active)


async def _add(connection: asyncpg.Connection, policy: Policy, name: str | None, based_on: str | None) -> bool:
    return await connection.fetchval(ADD, policy_id(policy), name, based_on, body_of(policy)) is not None


def body_of(policy: Policy) -> bytes:
    """As the table keeps it."""
    return msgspec.json.encode(document(policy))


async def _activate(engine: Engine, connection: asyncpg.Connection, id: str, now: datetime | None, door: Door) -> None:
    if await connection.fetchval(ACTIVE_ID) == id:
        return
    fact = _fact(engine, id, now or NEVER)
    await connection.execute(RETIRE, id)
    await connection.execute(ACTIVATE, id, now, fact.event_id)
    await connection.execute(CHANGED, id, "active", now, door)
    await together.execute(connection, [outbox_part([fact])])
    await connection.execute(OUTDATED, KIND)
    await jobs.add(connection, derived("decide again", id, (now or NEVER).isoformat()), KIND, {"policy_id": id})
    log.info("policy_activated", policy_id=id, door=door)


def _fact(engine: Engine, id: str, now: datetime) -> OutboxRow:
    service = engine.rules.service
    type_ = f"holdfast.{service}.policy.activated.v1"
    data = dump_data(FACTS[service][type_].model_validate({"policy_id": id}))
    event_id = fact_id(service, derived("policy", id, now.isoformat()), type_, 0, data, now)
    envelope = Envelope(
        specversion="1.0",
        id=str(event_id),
        source=f"holdfast/{service}",
        type=type_,
        time=now,
        datacontenttype="application/json",
        recordedtime=now,
        data=msgspec.Raw(data),
    )
    return OutboxRow(engine.rules.outbound, id.encode(), event_id, encode(envelope))


async def _now(engine: Engine, connection: asyncpg.Connection) -> datetime:
    now = await engine.clock.read(connection)
    if now is None:
        raise ClockUnset("the simulated clock has not been set: send clock.moved first")
    return now
