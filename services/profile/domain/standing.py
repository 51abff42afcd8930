"""How grading sees the customer, kept for who is about to talk to them (PR-21)."""

from __future__ import annotations

from uuid import UUID

from msgspec.structs import replace

from services.profile.domain.lifecycle import decide_moved
from services.profile.domain.state import CustomerState, Reason, Standing
from shared.contracts.grading import GradeAssigned, TierAssigned
from shared.engine.decision import Accepted, Context, Decision, Event, Superseded


def decide_assigned(state: CustomerState, event: Event, context: Context) -> Decision:
    """Grade and tier as they were said last. What was said of a file that has been taken in since is not this one's."""
    data = event.data
    if UUID(event.subject or "") != context.stream.id:
        return Superseded("this was said of a file that another one has taken in")
    known = state.standing
    match data:
        case GradeAssigned():
            if known.graded_at is not None and event.time < known.graded_at:
                return Superseded("a later grade is known")
            return decide_moved(replace(state, standing=_graded(known, data, event)), event, context)
        case TierAssigned():
            if known.tiered_at is not None and event.time < known.tiered_at:
                return Superseded("a later tier is known")
            tiered = replace(known, tier=data.tier, segments=data.segments, tiered_at=event.time)
            return Accepted(replace(state, standing=tiered))
        case _:
            raise TypeError(f"{data.TYPE} assigns nothing")


def _graded(known: Standing, data: GradeAssigned, event: Event) -> Standing:
    return replace(
        known,
        grade=data.grade,
        urgency=data.urgency,
        reasons=tuple(Reason(reason.rule, reason.input, reason.points) for reason in data.reasons),
        as_of=data.as_of,
        graded_at=event.time,
    )
