"""The file as it is shown, and who a handle is."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

import msgspec
from msgspec.structs import asdict

from services.profile.domain.file import kind_of, registered_on, zone_of
from services.profile.domain.state import CustomerState, Signals
from services.profile.queries.consents import show_consents
from services.profile.queries.contacts import list_contacts
from services.profile.queries.rows import Connection
from services.profile.queries.sentiment import sentiment_of
from shared.clock import business_date
from shared.contracts.policy import Policy
from shared.engine.alias import family

DECODER = msgspec.json.Decoder(CustomerState)

STATE = "select state from stream where kind = 'customer' and id = $1 and version > 0 and state <> ''"
STATES = "select id, state from stream where kind = 'customer' and id = any($1::uuid[]) and state <> ''"
OWNER = "select customer_id from handle where handle = $1"
HANDLES = "select handle from handle where customer_id = any($1::uuid[]) order by handle"
FIRST_TOUCH = "select min(at) from timeline where customer_id = $1"
TOTALS = """
select (select count(*) from purchase where customer_id = $1 and placed_by is not null) as purchases,
       (select count(*) from complaint where customer_id = $1 and reported_by is not null) as complaints,
       (select count(*) from timeline where customer_id = $1 and direction is not null
           and type = 'interaction.recorded') as interactions
"""
FREQUENCY = """
select count(*) as orders, min(ordered_on) as first_on, max(ordered_on) as last_on,
       percentile_cont(0.5) within group (order by gap) as median_gap_days
  from (select ordered_on, ordered_on - lag(ordered_on) over (order by ordered_on) as gap
          from (select (placed_at at time zone $2::text)::date as ordered_on from purchase
                 where customer_id = $1 and placed_by is not null and cancelled_by is null
                   and (refunded_amount is null or refunded_amount < amount)) placed) bought
"""
MEMBERSHIPS = """
select membership_id, from_on, to_on from membership where customer_id = $1 order by from_on, membership_id
"""
REFERRALS = """
select distinct on (referred_customer_id) referred_customer_id as customer_id, at from referral
 where customer_id = $1 order by referred_customer_id, at
"""
REFERRED_BY = "select customer_id from referral where referred_customer_id = $1 order by at, referral_id limit 1"
OWNED = """
select p.order_id, line ->> 'sku' as sku, line ->> 'category' as category,
       (p.delivered_at at time zone $2::text)::date as delivered_on, p.guarantee_until_on
  from purchase p
  left join lateral jsonb_array_elements(p.lines) with ordinality as lines (line, place) on true
 where p.customer_id = $1 and p.delivered_by is not null
 order by p.delivered_at, p.order_id, place
"""


async def load_state(connection: Connection, customer: UUID) -> CustomerState | None:
    """The file of the surviving customer; None where nothing has opened one."""
    state = await connection.fetchval(STATE, customer)
    found = DECODER.decode(state) if state else None
    return found if found and found.first_at else None


async def list_of(connection: Connection, customers: list[UUID]) -> list[dict[str, Any]]:
    """These customers in short, in this sequence, without those that have no file."""
    found = {row["id"]: DECODER.decode(row["state"]) for row in await connection.fetch(STATES, customers)}
    return [
        {
            "customer_id": customer,
            "party": state.file.party,
            "name": state.file.name,
            "lifecycle": state.lifecycle.stage,
        }
        for customer in customers
        if (state := found.get(customer)) is not None and state.first_at
    ]


async def show_customer(connection: Connection, customer: UUID, state: CustomerState, policy: Policy) -> dict[str, Any]:
    """The whole file; its days are the customer's, by the zone that is known now."""
    zone = zone_of(state, policy)
    first_touch = await connection.fetchval(FIRST_TOUCH, customer)
    totals = await connection.fetchrow(TOTALS, customer)
    frequency = await connection.fetchrow(FREQUENCY, customer, zone)
    file = asdict(state.file)
    return {
        "customer_id": customer,
        **file,
        "kind": kind_of(state.file),
        "handles": [row["handle"] for row in await connection.fetch(HANDLES, await family(connection, customer))],
        "dates": [asdict(day) for day in state.file.dates],
        "lifecycle": state.lifecycle.stage,
        "registered_on": registered_on(state, policy),
        "first_touch_on": business_date(first_touch, zone) if first_touch else None,
        "purchase_frequency": dict(frequency) if frequency else None,
        "priority_needs": state.stated.snapshot.tags if state.stated else (),
        "signals": _days(state.signals, zone),
        "groups": state.groups,
        "sentiment": await sentiment_of(connection, customer),
        "need": asdict(state.need.snapshot) if state.need else None,
        "contacts": await list_contacts(connection, customer),
        "consents": show_consents(state, policy),
        "owned_products": [dict(row) for row in await connection.fetch(OWNED, customer, zone)],
        "memberships": [dict(row) for row in await connection.fetch(MEMBERSHIPS, customer)],
        "referrals": [dict(row) for row in await connection.fetch(REFERRALS, customer)],
        "referred_by": await connection.fetchval(REFERRED_BY, customer),
        "totals": {**(dict(totals) if totals else {}), "suggestions": state.suggestions},
    }


def _days(signals: Signals, zone: str) -> dict[str, dict[str, date]]:
    return {
        kind: {name: business_date(at, zone) for name, at in last.items()} for kind, last in asdict(signals).items()
    }
