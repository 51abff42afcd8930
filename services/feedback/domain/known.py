"""Whom we know since when, and what they are worth: the base that retention is counted on (KP-03, GR-16)."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace

from services.feedback.domain.state import CustomerState
from shared.contracts.grading import ValueComputed
from shared.contracts.values import Tier
from shared.engine.decision import Accepted, Context, Decision, Event


class Known(Struct, frozen=True):
    """One customer as figures count them."""

    customer_id: UUID
    tier: Tier
    registered_on: date | None = None
    gone_on: date | None = None
    profit_12m: int | None = None


def decide_value(state: CustomerState, _event: Event, data: ValueComputed, context: Context) -> Decision:
    """What grading says a customer earns us."""
    return seen(Accepted(replace(state, profit_12m=data.profit_12m)), context)


def seen(decided: Accepted, context: Context) -> Accepted:
    """With the customer's row as the state has it."""
    state: CustomerState = decided.state
    row = Known(
        customer_id=context.stream.id,
        tier=state.tier,
        registered_on=state.registered_on,
        gone_on=state.gone_on,
        profit_12m=state.profit_12m,
    )
    return replace(decided, rows=(*decided.rows, row))
