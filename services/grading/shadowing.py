"""What a customer would be under the policy in the shadow, worked out when it is asked."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, NamedTuple
from uuid import UUID

import asyncpg
import msgspec
from fastapi import Depends, Request

from services.grading.domain import shadow
from services.grading.domain.state import CustomerState
from shared.clock import business_date
from shared.contracts.policy import Policy
from shared.engine.alias import canonical
from shared.engine.policies import SHADOW_ID
from shared.web.deps import Db, engine_of

STATE = "select state from stream where kind = 'customer' and id = $1"
_states = msgspec.json.Decoder(CustomerState)


class InShadow(NamedTuple):
    """The policy that is in the shadow."""

    policy_id: str
    policy: Policy


async def _shadow(request: Request, connection: Db) -> InShadow | None:
    id = await connection.fetchval(SHADOW_ID)
    return InShadow(id, await engine_of(request).policies.known(connection, id)) if id else None


Shadow = Annotated[InShadow | None, Depends(_shadow)]


async def shadow_of(
    connection: asyncpg.Connection, customer: UUID, now: datetime, other: InShadow | None
) -> dict[str, Any] | None:
    """Axes and next letter under it; None where there is no shadow."""
    if other is None:
        return None
    state = _states.decode(await connection.fetchval(STATE, await canonical(connection, customer)))
    day = business_date(now, state.time_zone or other.policy.calendar.time_zone)
    found = shadow.shadow_of(state, day, other.policy)
    if found is None:
        return None
    axes: dict[str, Any] = msgspec.to_builtins(found.axes)
    coming = {"grade": str(found.next.grade), "on": found.next.on.isoformat()} if found.next else None
    return {"policy_id": other.policy_id, **axes, "next": coming}
