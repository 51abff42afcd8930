"""Follow-ups as the scheduler tells of them, counted for the discipline of the journals (KP-10)."""

from __future__ import annotations

from services.feedback.domain.case import zone_of
from services.feedback.domain.signals import GRADE_OF, Signal, SignalKind, signal_id_of
from services.feedback.domain.state import CustomerState
from shared.clock import business_date
from shared.contracts.scheduler import FollowupCompleted, FollowupOverdue, FollowupSuperseded
from shared.engine.decision import Accepted, Context, Decision, Event, Superseded

Told = FollowupCompleted | FollowupOverdue | FollowupSuperseded


def decide_followup(state: CustomerState, event: Event, data: Told, context: Context) -> Decision:
    """On time, late or overdue on its day; one that was superseded does not count."""
    id = signal_id_of(SignalKind.FOLLOWUP, str(data.followup_id))
    known = context.rows.get(Signal, id)
    if isinstance(data, FollowupSuperseded) and known is None:
        return Superseded("it was not overdue")
    journal = None if isinstance(data, FollowupSuperseded) else data.journal
    row = Signal(
        signal_id=id,
        kind=SignalKind.FOLLOWUP,
        customer_id=context.stream.id,
        at=event.time,
        on_day=business_date(event.time, zone_of(state, context)),
        agent=data.agent if isinstance(data, FollowupCompleted) else None,
        grade=GRADE_OF[journal] if journal else known.grade if known else None,
        status=_status(data),
    )
    return Accepted(state, rows=(row,))


def _status(data: Told) -> str:
    match data:
        case FollowupCompleted():
            return "on_time" if data.on_time else "late"
        case FollowupOverdue():
            return "overdue"
        case FollowupSuperseded():
            return "superseded"
