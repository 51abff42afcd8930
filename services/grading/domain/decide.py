"""Which rule answers which event: the table of grading."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any
from uuid import UUID

from msgspec.structs import replace

from services.grading.domain.assign import assign, customer_row
from services.grading.domain.complaints import learn_opened, learn_reopened, learn_resolved, learn_withdrawn
from services.grading.domain.learn import (
    Learned,
    learn_followup,
    learn_need,
    learn_nothing,
    learn_registered,
    learn_step,
    learn_updated,
    learn_visit_need,
)
from services.grading.domain.orders import learn_purchase
from services.grading.domain.state import CustomerState
from shared.contracts import feedback, profile, scheduler
from shared.contracts.data import Data
from shared.contracts.grading import ErasureCompleted
from shared.engine.decision import Accepted, Context, Decision, Event, Fact, StreamKey, Superseded, TimePassed
from shared.engine.routing import canonical_of

Learn = Callable[[CustomerState, Any, Event, Context], Learned | Superseded]

LEARN: Mapping[type[Data], Learn] = MappingProxyType(
    {
        profile.CustomerRegistered: learn_registered,
        profile.CustomerUpdated: learn_updated,
        profile.NeedChanged: learn_need,
        profile.PurchaseRecorded: learn_purchase,
        profile.InteractionRecorded: learn_nothing,
        profile.ComplaintWithdrawn: learn_withdrawn,
        scheduler.FollowupCompleted: learn_followup,
        scheduler.TaskCompleted: learn_visit_need,
        feedback.ComplaintOpened: learn_opened,
        feedback.ComplaintReopened: learn_reopened,
        feedback.ComplaintResolved: learn_resolved,
        feedback.RemediationStepCompleted: learn_step,
    }
)


def decide(state: CustomerState, event: Event | TimePassed, context: Context) -> Decision:
    """Take the event in, then grade as of now (GR-12, GR-13)."""
    if isinstance(event, TimePassed):
        return assign(state, state, context)
    if isinstance(event.data, profile.CustomerErased):
        return Accepted(state, (Fact(ErasureCompleted()),), erases=True)
    if isinstance(event.data, profile.CustomerMerged | profile.CustomerAbsorbed):
        return _join(state, event, context)
    learn = LEARN.get(type(event.data))
    if learn is None:
        raise TypeError(f"grading has no rule for {event.type}")
    learned = learn(state, event.data, event, context)
    match learned:
        case Superseded():
            return learned
        case Learned(later=True):
            return Accepted(replace(learned.state, unsaid_since=context.now), rows=learned.rows)
    decision = assign(state, learned.state, context, always=learned.always)
    return replace(decision, rows=(*learned.rows, *decision.rows))


def redecide(state: CustomerState, context: Context) -> Accepted:
    """What another policy makes of a customer: what it becomes next may be different where the grade is not."""
    decision = assign(state, state, context)
    if decision.rows or state.assigned is None:
        return decision
    return replace(decision, rows=(customer_row(decision.state, state.assigned, context),))


def _join(state: CustomerState, event: Event, context: Context) -> Decision:
    """Both sides of a merge say it; the first one heard joins the two histories."""
    gone = event.data.from_ if isinstance(event.data, profile.CustomerAbsorbed) else UUID(str(event.subject))
    if canonical_of(gone, context.rows) == context.stream.id:
        return Superseded("the two files are one already")
    return Accepted(state, absorbs=(StreamKey("customer", canonical_of(gone, context.rows)),))
