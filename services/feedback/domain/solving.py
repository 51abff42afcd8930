"""Who ends the steps of cases and win-backs, and whether in time: what an incentive looks at (KP-08)."""

from __future__ import annotations

from datetime import date, datetime

from services.feedback.domain.case import zone_of
from services.feedback.domain.commands import CompleteStep
from services.feedback.domain.rows import step_key
from services.feedback.domain.signals import Signal, SignalKind, signal_id_of
from services.feedback.domain.state import CustomerState
from shared.clock import business_date
from shared.contracts.values import StepResult
from shared.engine.decision import Context


def solved(
    state: CustomerState, data: CompleteStep, due_on: date, context: Context, paused_at: datetime | None = None
) -> Signal:
    """One step's end; while a case is paused, its deadline stands still."""
    zone = zone_of(state, context)
    in_time = business_date(paused_at or context.now, zone) <= due_on
    status = ("on_time" if in_time else "late") if data.result == StepResult.DONE else str(data.result)
    return Signal(
        signal_id=signal_id_of(SignalKind.STEP, step_key(data.case_id, data.step)),
        kind=SignalKind.STEP,
        customer_id=context.stream.id,
        at=context.now,
        on_day=business_date(context.now, zone),
        channel=data.channel,
        agent=data.agent,
        status=status,
    )
