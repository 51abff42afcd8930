"""The table: what came in -> the rule that decides on it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from services.feedback.domain.causes import decide_cause
from services.feedback.domain.closing import decide_resolve
from services.feedback.domain.collecting import decide_feedback, decide_plan, decide_plan_done, decide_tag
from services.feedback.domain.commands import (
    ChangeCase,
    CompletePlan,
    CompleteStep,
    FindCause,
    PlanFeedback,
    ResolveCase,
    TagFeedback,
)
from services.feedback.domain.commands_of_things import (
    ActivatePromise,
    CompleteImprovement,
    ConfirmPromise,
    DecideSolution,
    OpenImprovement,
    OpenPromise,
    RateImprovement,
)
from services.feedback.domain.commitments import decide_breached, decide_fulfilled, decide_made
from services.feedback.domain.complaints import decide_received, decide_told
from services.feedback.domain.followups import decide_followup
from services.feedback.domain.handling import decide_change
from services.feedback.domain.importing import ImportFigure, decide_imported
from services.feedback.domain.improvement import ImprovementState
from services.feedback.domain.improving import (
    decide_late,
    decide_opened,
    decide_progress,
    decide_rated,
    decide_solution,
    scored_again,
)
from services.feedback.domain.knowledge import (
    decide_registered,
    decide_snapshot,
    decide_task,
    decide_tier,
    decide_updated,
)
from services.feedback.domain.known import decide_value
from services.feedback.domain.leaving import decide_churned, decide_consent, decide_parted, decide_won_back
from services.feedback.domain.passing import decide_time
from services.feedback.domain.periods import PeriodState, decide_end, in_period
from services.feedback.domain.promises import decide_activated, decide_confirmed, decide_promised
from services.feedback.domain.purchases import decide_purchase
from services.feedback.domain.questions import decide_asked, decide_held
from services.feedback.domain.satisfaction import decide_stated
from services.feedback.domain.spending import decide_cost, decide_referral
from services.feedback.domain.state import CustomerState
from services.feedback.domain.steps import decide_complete
from services.feedback.domain.strangers import decide_stranger
from services.feedback.domain.voice import decide_answered, decide_contact, decide_grievance_resolved, decide_mentioned
from services.feedback.domain.watching import keep_clocks, say_moves
from services.feedback.domain.watching_winbacks import keep_winbacks
from shared.contracts import grading, profile, scheduler
from shared.contracts.data import Data
from shared.engine.decision import Accepted, Context, Decision, Event, TimePassed

Rule = Callable[[Any, Event, Any, Context], Decision]

TABLE: Mapping[type[Data], Rule] = {
    profile.CustomerRegistered: decide_registered,
    profile.CustomerSnapshot: decide_snapshot,
    profile.CustomerUpdated: decide_updated,
    profile.ComplaintReceived: decide_received,
    profile.ComplaintUpdated: decide_told,
    profile.ComplaintWithdrawn: decide_told,
    profile.ConsentChanged: decide_consent,
    profile.CustomerChurned: decide_churned,
    profile.CustomerWonBack: decide_won_back,
    profile.CustomerExited: decide_parted,
    profile.CustomerErased: decide_parted,
    profile.SatisfactionStated: decide_stated,
    profile.InteractionRecorded: decide_contact,
    profile.SurveyAnswered: decide_answered,
    profile.MentionMatched: decide_mentioned,
    profile.MentionUnmatched: decide_stranger,
    profile.GrievanceResolved: decide_grievance_resolved,
    profile.FeedbackReceived: decide_feedback,
    profile.PurchaseRecorded: decide_purchase,
    profile.CostAllocated: decide_cost,
    profile.ReferralRecorded: decide_referral,
    grading.TierAssigned: decide_tier,
    grading.ValueComputed: decide_value,
    profile.CommitmentMade: decide_made,
    profile.CommitmentFulfilled: decide_fulfilled,
    scheduler.CommitmentBreached: decide_breached,
    scheduler.TaskCreated: decide_asked,
    scheduler.TaskCompleted: decide_task,
    scheduler.ContactSuppressed: decide_held,
    scheduler.FollowupCompleted: decide_followup,
    scheduler.FollowupOverdue: decide_followup,
    scheduler.FollowupSuperseded: decide_followup,
    CompleteStep: decide_complete,
    ResolveCase: decide_resolve,
    FindCause: decide_cause,
    ChangeCase: decide_change,
    TagFeedback: decide_tag,
    PlanFeedback: decide_plan,
    CompletePlan: decide_plan_done,
    OpenImprovement: decide_opened,
    RateImprovement: decide_rated,
    DecideSolution: decide_solution,
    CompleteImprovement: decide_progress,
    OpenPromise: decide_promised,
    ConfirmPromise: decide_confirmed,
    ActivatePromise: decide_activated,
    ImportFigure: decide_imported,
}


def decide(state: Any, event: Event | TimePassed, context: Context) -> Decision:
    """What feedback makes of one input; raises TypeError for a type that it does not read."""
    if isinstance(event, TimePassed):
        return _time(state, context)
    rule = TABLE.get(type(event.data))
    if rule is None:
        raise TypeError(f"feedback has no rule for {type(event.data).__name__}")
    decided = rule(state, event, event.data, context)
    if isinstance(decided, Accepted) and isinstance(state, CustomerState):
        return in_period(_kept(state, decided, context), context)
    return decided


def redecide(state: Any, context: Context) -> Accepted:
    """What another policy makes of open cases: the days by which what is owed is to be done, the older ones kept.

    And of improvements: their scores.
    """
    if isinstance(state, ImprovementState):
        return scored_again(state, context)
    decided = Accepted(state)
    return _kept(state, decided, context) if isinstance(state, CustomerState) else decided


def _kept(before: CustomerState, decided: Accepted, context: Context) -> Accepted:
    """With the clocks of all that is owed, and a word for what falls on another day."""
    return keep_winbacks(say_moves(before, keep_clocks(decided, context)), context)


def _time(state: Any, context: Context) -> Decision:
    match state:
        case CustomerState():
            return decide_time(state, context)
        case PeriodState():
            return decide_end(state, context)
        case ImprovementState():
            return decide_late(state, context)
        case _:
            return Accepted(state)
