"""Whom a fact about a thing is told of: the customer whose thing it is, whoever's handle its event carried."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from shared.contracts.data import Data
from shared.engine.decision import Context, Fact


def fact_of(customer_id: UUID, data: Data, at: datetime, context: Context) -> Fact:
    return Fact(data, time=at, subject=customer_id if customer_id != context.stream.id else None)
