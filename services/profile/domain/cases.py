"""Which case a complaint became and whether it is closed: who talks to the customer must know (PR-21)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace

from services.profile.domain.ledgers import TimelineEntry
from services.profile.domain.state import CustomerState
from services.profile.domain.timeline import entry_of
from shared.contracts.feedback import ComplaintOpened, ComplaintReopened, ComplaintResolved
from shared.contracts.values import Stage
from shared.engine.decision import Accepted, Context, Decision, Event


class ComplaintCase(Struct, frozen=True):
    """What feedback has said of one case, in whatever order it came."""

    case_id: UUID
    customer_id: UUID
    complaint_id: str | None = None
    resolved_at: datetime | None = None
    reopened_at: datetime | None = None


def decide_case(state: CustomerState, event: Event, context: Context) -> Decision:
    """Opened, resolved, opened again: the last two are entries of the timeline, as the complaint itself is."""
    data = event.data
    if not isinstance(data, ComplaintOpened | ComplaintResolved | ComplaintReopened):
        raise TypeError(f"{data.TYPE} says nothing of a case")
    known = context.rows.get(ComplaintCase, data.case_id) or ComplaintCase(data.case_id, context.stream.id)
    case = replace(known, customer_id=context.stream.id)
    match data:
        case ComplaintOpened():
            return Accepted(state, rows=(replace(case, complaint_id=data.complaint_id),))
        case ComplaintResolved():
            case = replace(case, resolved_at=max(case.resolved_at or event.time, event.time))
            return Accepted(state, rows=(case, _entry(event, context, "complaint.resolved")))
        case ComplaintReopened():
            case = replace(case, reopened_at=max(case.reopened_at or event.time, event.time))
            return Accepted(state, rows=(case, _entry(event, context, "complaint.reopened")))


def _entry(event: Event, context: Context, type_: str) -> TimelineEntry:
    return replace(entry_of(event, context, type_), stage=Stage.AFTER_SALE)
