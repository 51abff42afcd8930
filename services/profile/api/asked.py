"""What profile's routes have in common: the file that a path names, and the types of their filters."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Annotated
from uuid import UUID

import asyncpg
from fastapi import Depends, Query
from msgspec import Struct

from services.profile.domain.file import zone_of
from services.profile.domain.state import CustomerState
from services.profile.queries.files import load_state
from shared.clock import start_of_day
from shared.contracts.policy import Policy
from shared.engine.alias import canonical
from shared.web.deps import Db
from shared.web.erased import missing

Day = Annotated[date | None, Query(ge=date(1900, 1, 1), le=date(2200, 12, 31))]
Text = Annotated[str, Query(max_length=600, pattern=r"^[^\x00]*$")]


class Asked(Struct, frozen=True):
    """The surviving customer and the file."""

    customer: UUID
    state: CustomerState


async def file_of(connection: asyncpg.Connection, customer_id: UUID) -> Asked:
    """Raises Problem 404 where nobody has this id, 410 where the person was erased."""
    customer = await canonical(connection, customer_id)
    state = await load_state(connection, customer)
    if state is None:
        raise await missing(connection, customer)
    return Asked(customer, state)


async def _file(connection: Db, customer_id: UUID) -> Asked:
    return await file_of(connection, customer_id)


File = Annotated[Asked, Depends(_file)]


def span_of(
    file: Asked, policy: Policy, from_on: date | None, to_on: date | None
) -> tuple[datetime | None, datetime | None]:
    """The instants from and until which the customer's days last, both days inclusive; None is no bound."""
    zone = zone_of(file.state, policy)
    return (
        start_of_day(from_on, zone) if from_on else None,
        start_of_day(to_on + timedelta(days=1), zone) if to_on else None,
    )
