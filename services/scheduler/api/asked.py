"""What the scheduler's routes have in common: whose stream is meant, today, and a page of ranked items."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

import asyncpg
from fastapi import Depends, Request

from services.scheduler.queries import Item
from services.scheduler.restating import Formula, formula_of
from services.scheduler.worklist import Moment, Place
from shared.clock import business_date
from shared.contracts.policy import Policy
from shared.engine.apply import ClockUnset, Engine
from shared.postgres.pool import borrow
from shared.web.deps import ActivePolicy, Db, Now, PageOf, engine_of
from shared.web.pages import encode, seek
from shared.web.problems import not_found


async def _today(now: Now, policy: ActivePolicy) -> date:
    return business_date(now, policy.calendar.time_zone)


Today = Annotated[date, Depends(_today)]
"""The deployment's."""


async def _moment(now: Now, policy: ActivePolicy) -> Moment:
    return Moment(now, policy.calendar.time_zone)


ThisMoment = Annotated[Moment, Depends(_moment)]


async def _restated(connection: Db, now: Now, policy: ActivePolicy) -> Formula | None:
    return await formula_of(connection, now, policy)


Restated = Annotated[Formula | None, Depends(_restated)]
"""By what open follow-ups are shown while an activated policy has not been told to everybody."""


async def now_of(engine: Engine, connection: asyncpg.Connection) -> datetime:
    """Now, on a connection that there is: a route that decides must not hold another one meanwhile."""
    now = await engine.clock.read(connection)
    if now is None:
        raise ClockUnset("the simulated clock has not been set: send clock.moved first")
    return now


async def moment_of(engine: Engine, connection: asyncpg.Connection) -> tuple[datetime, Policy]:
    """Now and by what, likewise."""
    return await now_of(engine, connection), await engine.policies.active(connection)


async def owner_of(
    request: Request, find: Callable[[asyncpg.Connection, UUID], Awaitable[UUID | None]], id: UUID, what: str
) -> UUID:
    """Whose stream a command is folded into; the connection is given back before the fold takes its own."""
    async with borrow(engine_of(request).pool) as connection:
        found = await find(connection, id)
    if found is None:
        raise not_found(f"{what} {id}")
    return found


def ranked(found: Sequence[tuple[Item, tuple[Any, ...]]], limit: int) -> Item:
    """A page of items with their places."""
    more = len(found) > limit
    cursor = encode(list(found[limit - 1][1])) if more else None
    return {"items": [item for item, _ in found[:limit]], "next_cursor": cursor}


def place_asked(asked: PageOf) -> Place:
    """Where the page begins."""

    def read(late: Any, urgency: Any, tier: Any, grade: Any, due_on: Any, id: Any) -> Place:
        return Place(int(late), int(urgency), int(tier), str(grade), date.fromisoformat(due_on), UUID(id))

    return seek(asked.after, read) or Place()
