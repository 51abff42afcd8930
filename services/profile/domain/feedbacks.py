"""Feedback: evaluations, suggestions, and complaints, which open a case of their own (FB-01, PR-04)."""

from __future__ import annotations

from msgspec.structs import replace

from services.profile.domain.complaints import reported
from services.profile.domain.happenings import passed_on
from services.profile.domain.state import CustomerState
from shared.contracts import profile
from shared.contracts.upstream import ComplaintReported, FeedbackSubmitted
from shared.contracts.values import Fault, FeedbackKind, Severity
from shared.engine.decision import Accepted, Context, Decision, Event


def decide_feedback_submitted(state: CustomerState, event: Event, context: Context) -> Decision:
    """Called by the key of its event, and so is the complaint that it is; its words stay here."""
    data = event.data
    if not isinstance(data, FeedbackSubmitted):
        raise TypeError(f"{data.TYPE} submits no feedback")
    fact = profile.FeedbackReceived(
        feedback_id=str(event.key),
        kind=data.kind,
        source=data.source,
        element=data.element,
        touchpoint=data.touchpoint,
        score=data.score,
        aspects=data.aspects,
    )
    if data.kind is FeedbackKind.SUGGESTION:
        state = replace(state, suggestions=state.suggestions + 1)
    received = passed_on(state, fact, event)
    return _complained(received, data, event, context) if data.kind is FeedbackKind.COMPLAINT else received


def _complained(received: Accepted, data: FeedbackSubmitted, event: Event, context: Context) -> Accepted:
    complaint = ComplaintReported(
        complaint_id=str(event.key),
        fault=Fault.UNKNOWN,
        severity=Severity.MINOR,
        correctable=True,
        element=data.element,
        touchpoint=data.touchpoint,
        text=data.text,
    )
    facts, row = reported(complaint, event, context)
    return replace(received, facts=(*received.facts, *facts), rows=(*received.rows, row))
