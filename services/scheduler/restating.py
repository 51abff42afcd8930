"""The open follow-ups by a policy that was activated just now: shown at once, their facts follow with the job."""

from __future__ import annotations

from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

import asyncpg
import msgspec

from services.scheduler.domain.decide import redecide
from services.scheduler.domain.rows import Followup
from services.scheduler.domain.state import CustomerState
from shared.clock import business_date
from shared.contracts.policy import Policy
from shared.contracts.values import Grade, Tier
from shared.engine.decision import Cause, Context, Rows, StreamKey
from shared.engine.policies import ACTIVE_ID
from shared.engine.redecide import KIND
from shared.working_days import ONE_DAY, earlier_working_day

STALE = """
select state from stream
 where kind = 'customer' and id = $1 and version > 0 and policy_id <> $2 and erased_at is null
"""
IS_UNDER_WAY = """
select exists (select from job where kind = $1 and state <> 'done' and given ->> 'policy_id' = $2)
"""
_states = msgspec.json.Decoder(CustomerState)


async def restated(connection: asyncpg.Connection, customer: UUID, now: datetime, policy: Policy) -> Followup | None:
    """None where the customer stands by the active policy already, or has nothing open.

    Nothing is kept: the follow-up that is open until the job comes stands for this one.
    """
    id = await connection.fetchval(ACTIVE_ID)
    state = await connection.fetchval(STALE, customer, id)
    if state is None:
        return None
    cause, stream = Cause("shown", "policy.activated"), StreamKey("customer", customer)
    context = Context(now=now, policy=policy, policy_id=id, stream=stream, cause=cause, rows=Rows())
    after: CustomerState = redecide(_states.decode(state), context).state
    return after.open


class Formula(NamedTuple):
    """What the active policy makes due dates of, in the order in which `work_item_by` takes it."""

    now: datetime
    time_zone: str
    cadences: list[int]
    floors: list[int | None]
    urgent_days: int
    first_on: date
    earlier: list[date]
    later: list[date]


async def formula_of(connection: asyncpg.Connection, now: datetime, policy: Policy) -> Formula | None:
    """None once everybody has been decided again: what is stored is what the formula gives."""
    if not await connection.fetchval(IS_UNDER_WAY, KIND, await connection.fetchval(ACTIVE_ID)):
        return None
    cadences = [policy.cadence.days[grade] for grade in Grade]
    floors = [policy.tier.floor_days.get(tier) for tier in Tier]
    first_on = business_date(now, policy.calendar.time_zone) - ONE_DAY
    longest = max(*cadences, *policy.tier.floor_days.values(), policy.complaint.urgent_days)
    days = [first_on + n * ONE_DAY for n in range(longest + 3)] if policy.calendar.working_days != "off" else []
    return Formula(
        now,
        policy.calendar.time_zone,
        cadences,
        floors,
        policy.complaint.urgent_days,
        first_on,
        [earlier_working_day(day, date.min, policy.calendar) for day in days],
        [earlier_working_day(day, date.max, policy.calendar) for day in days],
    )
