"""Bugs between the outbox and the topic."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import uuid4

from shared.engine import records, relay
from shared.engine.relay import Relay

CURSOR = "create table if not exists relay_cursor (last bigint not null)"
AFTER = """
select id, topic, key, event_id, payload from outbox
 where id > (select coalesce(max(last), 0) from relay_cursor) order by id limit $1
"""
ADVANCE = "insert into relay_cursor values ($1)"
TAKE = "delete from outbox where id = any($1::bigint[])"


def relay_by_id_cursor() -> None:
    """The relay reads on behind the last id that it has sent."""
    settle, lead = Relay._settle, Relay._lead
    relay.READ = AFTER

    async def first_a_table(self: Any) -> None:
        await self.pool.execute(CURSOR)
        await lead(self)

    async def and_advance(self: Any, acknowledged: Any) -> None:
        await settle(self, acknowledged)
        await self.pool.execute(ADVANCE, max(row["id"] for _, rows, _ in acknowledged for row in rows))

    Relay._lead = first_a_table  # type: ignore[method-assign]
    Relay._settle = and_advance  # type: ignore[method-assign]


def delete_before_acknowledgement() -> None:
    """Rows are deleted when they are sent, not when the broker has them."""
    lane = Relay._lane

    async def gone_first(self: Any, producer: Any, topic: str, part: int, rows: Any) -> Any:
        await self.pool.execute(TAKE, [row["id"] for row in rows])
        await asyncio.sleep(0.05)  # a broker that takes its time
        return await lane(self, producer, topic, part, rows)

    Relay._lane = gone_first  # type: ignore[method-assign]


def random_fact_ids() -> None:
    """A fact that is derived again has another id."""
    module: Any = records
    module.fact_id = lambda *_: uuid4()
