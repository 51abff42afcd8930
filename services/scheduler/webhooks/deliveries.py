"""What endpoints are to be told: queued when the topic has it, tried again with back-off, kept for thirty days."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple
from uuid import UUID

import asyncpg
from msgspec import Struct

Item = dict[str, Any]

# A part of the relay's statement: what it takes off the outbox is queued for whoever asked for such facts, at once.
QUEUE = """
  returning o.event_id, o.payload
), told as (
  select event_id, payload, convert_from(payload, 'UTF8')::json ->> 'type' as type
    from acknowledged where exists (select from webhook_endpoint)
), queued as (
  insert into webhook_delivery (endpoint_id, event_id, type, payload, next_at)
  select e.endpoint_id, t.event_id, t.type, t.payload, clock_timestamp()
    from told t join webhook_endpoint e on t.type = any(e.types) and e.disabled_at is null
  on conflict (endpoint_id, event_id) do nothing
"""
# Each endpoint has its own share of a round: one that does not answer keeps nobody else waiting.
CLAIM = """
with due as (
  select d.endpoint_id, d.event_id, e.url, e.secret_number,
         case when e.rotated_at > clock_timestamp() - $3::interval then e.earlier_number end as earlier_number
    from webhook_endpoint e
    cross join lateral (select w.endpoint_id, w.event_id
                          from webhook_delivery w
                         where w.endpoint_id = e.endpoint_id and w.next_at <= now()
                         order by w.next_at limit $1
                           for update skip locked) d
   where e.disabled_at is null
)
update webhook_delivery w
   set attempts = attempts + 1, last_at = clock_timestamp(), next_at = clock_timestamp() + $2::interval
  from due d where w.endpoint_id = d.endpoint_id and w.event_id = d.event_id
returning w.endpoint_id, w.event_id, w.payload, w.attempts, w.last_at, d.url, d.secret_number, d.earlier_number
"""
SETTLE = """
update webhook_delivery w
   set state = u.state, next_at = clock_timestamp() + u.wait, status = u.status, problem = u.problem
  from unnest($1::uuid[], $2::uuid[], $3::text[], $4::interval[], $5::int[], $6::text[])
       as u(endpoint_id, event_id, state, wait, status, problem)
 where w.endpoint_id = u.endpoint_id and w.event_id = u.event_id
"""
DISABLE = """
update webhook_endpoint set disabled_at = clock_timestamp(), disabled_because = $2 where endpoint_id = any($1::uuid[])
"""
PRUNE = """
delete from webhook_delivery where next_at is null and last_at < now() - interval '30 days'
"""
LIST = """
select event_id, type, state, attempts, status, problem, last_at, next_at, created_at
  from webhook_delivery
 where endpoint_id = $1 and ($2::text is null or state = $2)
   and ($3::timestamptz is null or (created_at, event_id) < ($3, $4::uuid))
 order by created_at desc, event_id desc
 limit $5
"""
REPLAY = """
update webhook_delivery set state = 'waiting', attempts = 0, next_at = clock_timestamp(), problem = null, status = null
 where endpoint_id = $1 and (event_id = $2 or ($2::uuid is null and state = 'failed'))
returning event_id
"""
KNOWN = "select endpoint_id from webhook_endpoint where endpoint_id = $1"
LEASE: Final = timedelta(seconds=60)
"""A sender that was killed leaves its deliveries to the next one after so long."""
OVERLAP: Final = timedelta(days=1)
"""How long the secret before the last turn is good."""
RETRIES: Final = tuple(
    timedelta(seconds=seconds) for seconds in (5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400)
)
"""Between tries: the schedule that Standard Webhooks recommends, some three days in all."""


class Delivery(Struct, frozen=True):
    """One fact for one endpoint, claimed for this try."""

    endpoint_id: UUID
    event_id: UUID
    payload: bytes
    attempts: int
    at: datetime
    url: str
    secret_number: int
    earlier_number: int | None


class Outcome(Struct, frozen=True):
    """What came of a try. `gone`: the receiver wants no more."""

    delivered: bool
    status: int | None = None
    problem: str | None = None
    retry_after: timedelta | None = None
    gone: bool = False


class Seen(NamedTuple):
    """The last entry of the page before; nothing on the first page."""

    created_at: datetime | None = None
    event_id: UUID | None = None


async def claim(connection: asyncpg.Connection, most: int) -> list[Delivery]:
    """Up to so many of each endpoint."""
    return [
        Delivery(
            endpoint_id=row["endpoint_id"],
            event_id=row["event_id"],
            payload=row["payload"],
            attempts=row["attempts"],
            at=row["last_at"],
            url=row["url"],
            secret_number=row["secret_number"],
            earlier_number=row["earlier_number"],
        )
        for row in await connection.fetch(CLAIM, most, LEASE, OVERLAP)
    ]


async def settle(connection: asyncpg.Connection, done: Sequence[tuple[Delivery, Outcome]]) -> None:
    """Delivered, to be tried again, or given up."""
    after = [after_try(delivery.attempts, outcome) for delivery, outcome in done]
    await connection.execute(
        SETTLE,
        [delivery.endpoint_id for delivery, _ in done],
        [delivery.event_id for delivery, _ in done],
        [state for state, _ in after],
        [wait for _, wait in after],
        [outcome.status for _, outcome in done],
        [outcome.problem for _, outcome in done],
    )
    if gone := [delivery.endpoint_id for delivery, outcome in done if outcome.gone]:
        await connection.execute(DISABLE, gone, "gone")


def after_try(attempts: int, outcome: Outcome) -> tuple[str, timedelta | None]:
    """The state and how long until the next try; None: there is none."""
    if outcome.delivered:
        return "delivered", None
    if outcome.gone or attempts > len(RETRIES):
        return "failed", None
    return "waiting", max(RETRIES[attempts - 1], min(outcome.retry_after or timedelta(0), RETRIES[-1]))


async def list_deliveries(
    connection: asyncpg.Connection, endpoint: UUID, state: str | None, limit: int, seen: Seen
) -> list[Item] | None:
    """Up to `limit` + 1, newest first; None for an unknown endpoint."""
    if await connection.fetchval(KNOWN, endpoint) is None:
        return None
    return [_delivery(row) for row in await connection.fetch(LIST, endpoint, state, *seen, limit + 1)]


async def replay(connection: asyncpg.Connection, endpoint: UUID, event: UUID | None) -> int | None:
    """Tell this fact again, or all that were given up; how many. None for an unknown endpoint."""
    if await connection.fetchval(KNOWN, endpoint) is None:
        return None
    return len(await connection.fetch(REPLAY, endpoint, event))


def _delivery(row: asyncpg.Record) -> Item:
    times = {name: row[name].isoformat() if row[name] else None for name in ("last_at", "next_at", "created_at")}
    told = {name: row[name] for name in ("type", "state", "attempts", "status", "problem")}
    return {"event_id": str(row["event_id"]), **told, **times}
