"""What profile shows: the file, its timeline and its needs, as `events.md` names the fields."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import asyncpg
import msgspec
from msgspec.structs import asdict

from services.profile.domain.file import kind_of, registered_on, zone_of
from services.profile.domain.handles import normal_handle
from services.profile.domain.state import CustomerState
from shared.clock import business_date
from shared.contracts.policy import Policy

Connection = asyncpg.Connection
DECODER = msgspec.json.Decoder(CustomerState)

STATE = "select state from stream where kind = 'customer' and id = $1 and version > 0 and state <> ''"
OWNER = "select customer_id from handle where handle = $1"
HANDLES = "select handle from handle where customer_id = $1 order by since, handle"
FIRST_TOUCH = "select min(at) from timeline where customer_id = $1"
TOTALS = """
select (select count(*) from purchase where customer_id = $1 and placed_by is not null) as purchases,
       (select count(*) from complaint where customer_id = $1 and reported_by is not null) as complaints,
       0::bigint as suggestions,
       (select count(*) from timeline where customer_id = $1 and type = 'interaction.recorded') as interactions
"""
WON = """
select exists (select from purchase
                where customer_id = $1 and placed_by is not null and cancelled_by is null
                  and (refunded_amount is null or refunded_amount < amount))
"""
OWNED = """
select p.order_id, line ->> 'sku' as sku, line ->> 'category' as category, p.delivered_on, p.guarantee_until_on
  from purchase p
  left join lateral jsonb_array_elements(p.lines) with ordinality as lines (line, place) on true
 where p.customer_id = $1 and p.delivered_by is not null
 order by p.delivered_at, p.order_id, place
"""
TIMELINE = """
select entry_id, at, recorded_at, type, channel, touchpoint, stage, agent, contact_id, sentiment,
       case when contact_id is null or contact_id = $2 then note end as note,
       json_build_object('event_id', cause_id, 'type', cause_type)::text as cause
  from timeline
 where customer_id = $1
   and ($2::text is null or contact_id = $2)
   and ($3::timestamptz is null or at >= $3)
   and ($4::timestamptz is null or at < $4)
   and ($5::timestamptz is null or (at, entry_id) > ($5, $6::uuid))
 order by at, entry_id
 limit $7
"""
NEEDS = """
select version, upstream_version, source, recorded_at, need::text as need,
       json_build_object('event_id', cause_id, 'type', cause_type)::text as cause
  from need
 where customer_id = $1 and ($2::int is null or version < $2)
 order by version desc
 limit $3
"""


class Span(NamedTuple):
    """Which entries of a timeline are asked for: None is no bound. `until_at` is the first instant after them."""

    contact_id: str | None = None
    from_at: datetime | None = None
    until_at: datetime | None = None


async def load_state(connection: Connection, customer: UUID) -> CustomerState | None:
    """The file of the surviving customer; None where nothing has opened one."""
    state = await connection.fetchval(STATE, customer)
    found = DECODER.decode(state) if state else None
    return found if found and found.first_at else None


async def list_by_handle(connection: Connection, handle: str) -> list[dict[str, Any]]:
    """The one customer who is known by this handle, or nobody."""
    customer = await connection.fetchval(OWNER, normal_handle(handle) or handle)
    state = await load_state(connection, customer) if customer else None
    if state is None:
        return []
    lifecycle = await _lifecycle(connection, customer, state)
    file = state.file
    return [{"customer_id": customer, "party": file.party, "name": file.name, "lifecycle": lifecycle}]


async def show_customer(connection: Connection, customer: UUID, state: CustomerState, policy: Policy) -> dict[str, Any]:
    """The whole file. Contacts, consents and memberships are not kept yet."""
    first_touch = await connection.fetchval(FIRST_TOUCH, customer)
    totals = await connection.fetchrow(TOTALS, customer)
    file = asdict(state.file)
    return {
        "customer_id": customer,
        **file,
        "kind": kind_of(state.file),
        "handles": [row["handle"] for row in await connection.fetch(HANDLES, customer)],
        "dates": [asdict(day) for day in state.file.dates],
        "lifecycle": await _lifecycle(connection, customer, state),
        "registered_on": registered_on(state, policy),
        "first_touch_on": business_date(first_touch, zone_of(state, policy)) if first_touch else None,
        "need": asdict(state.need.snapshot) if state.need else None,
        "contacts": [],
        "consents": [],
        "owned_products": [dict(row) for row in await connection.fetch(OWNED, customer)],
        "memberships": [],
        "totals": dict(totals) if totals else {},
    }


async def _lifecycle(connection: Connection, customer: UUID, state: CustomerState) -> str:
    """As far as facts alone say; the stages that people and time decide come with the life cycle (PR-22)."""
    if await connection.fetchval(WON, customer):
        return "active"
    return "negotiating" if state.need and state.need.snapshot.negotiating else "prospect"


async def list_timeline(
    connection: Connection, customer: UUID, span: Span, after: tuple[datetime, UUID] | None, limit: int
) -> list[dict[str, Any]]:
    """Entries by occurrence, up to one more than `limit`. Notes about a contact show for that contact alone."""
    at, entry = after or (None, None)
    found = await connection.fetch(TIMELINE, customer, *span, at, entry, limit + 1)
    return [_with_json(row, "cause") for row in found]


async def list_needs(connection: Connection, customer: UUID, after: int | None, limit: int) -> list[dict[str, Any]]:
    """Versions, newest first, one more than `limit` where there are more."""
    return [_with_json(row, "need", "cause") for row in await connection.fetch(NEEDS, customer, after, limit + 1)]


def _with_json(row: asyncpg.Record, *columns: str) -> dict[str, Any]:
    return {**row, **{column: msgspec.json.decode(row[column]) for column in columns}}
