"""The open follow-up by a policy that was activated just now: shown at once, its facts follow with the job."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import asyncpg
import msgspec

from services.scheduler.domain.decide import redecide
from services.scheduler.domain.rows import Followup
from services.scheduler.domain.state import CustomerState
from shared.contracts.policy import Policy
from shared.engine.decision import Cause, Context, Rows, StreamKey
from shared.engine.policies import ACTIVE_ID

STALE = """
select state from stream
 where kind = 'customer' and id = $1 and version > 0 and policy_id <> $2 and erased_at is null
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
