"""Which rule an input meets; after every rule the open follow-up is put where it belongs, and said to be due."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from msgspec.structs import replace

from services.scheduler.domain import accounts, commitments, customers, voice
from services.scheduler.domain.agents import AgentState, DescribeAgent, HandOver, Return, StandIn, decide_agent
from services.scheduler.domain.care import decide_life_event, settle_gifts
from services.scheduler.domain.commands import (
    ApproveTask,
    AssignTask,
    CancelTask,
    CompleteFollowup,
    CompleteTask,
    CreateTask,
    DecideExit,
    OfferProduct,
    SnoozeTask,
)
from services.scheduler.domain.complaints import (
    decide_fault_found,
    decide_opened,
    decide_reopened,
    decide_resolved,
    decide_withdrawn,
)
from services.scheduler.domain.completion import decide_complete_followup
from services.scheduler.domain.consents import channel_for, decide_consent, heard_again
from services.scheduler.domain.erasure import decide_erased
from services.scheduler.domain.finishing import decide_complete_task
from services.scheduler.domain.judging import fill_places, follow_preference, judge_again, judge_held
from services.scheduler.domain.launches import LaunchState, decide_launch
from services.scheduler.domain.needs import decide_need
from services.scheduler.domain.notices import notify_owner
from services.scheduler.domain.ordering import (
    decide_approve_task,
    decide_assign_task,
    decide_cancel_task,
    decide_create_task,
    decide_snooze_task,
)
from services.scheduler.domain.purchases import decide_purchase, visited
from services.scheduler.domain.recommending import decide_browsed, decide_offer
from services.scheduler.domain.routines import settle_routines
from services.scheduler.domain.rows import Customer
from services.scheduler.domain.schedule import reschedule
from services.scheduler.domain.state import NOBODY, Answer, Change, CustomerState, customer_row, day_of, zone_of
from services.scheduler.domain.steps import (
    decide_moved,
    decide_started,
    decide_step_added,
    decide_step_blocked,
    decide_step_completed,
)
from services.scheduler.domain.wake import overtaken, wake
from shared.clock import start_of_day
from shared.contracts import feedback, grading, profile
from shared.contracts.data import Data
from shared.contracts.ids import wake_key
from shared.contracts.values import ConsentPurpose
from shared.engine.decision import Accepted, Context, Decision, Event, TimePassed

Rule = Callable[[CustomerState, Event, Any, Context], Answer]
"""Its third argument is the event's data, of the class that the rule is filed under."""


def _consent(state: CustomerState, event: Event, said: profile.ConsentChanged, context: Context) -> Answer:
    return decide_consent(state, event, said, context).then(judge_again, context)


def _snapshot(state: CustomerState, event: Event, said: profile.CustomerSnapshot, context: Context) -> Answer:
    """What a registration and statements about consent would say, once more."""
    known = customers.decide_registered(state, event, said, context)
    consents = heard_again(known.state.consents, said.consents, event.time)
    if consents == state.consents:
        return known
    return Change(replace(known.state, consents=consents)).then(judge_again, context)


def _nothing_more(state: CustomerState, _event: Event, _said: Any, _context: Context) -> Answer:
    """Only the account's owner is told."""
    return Change(state)


RULES: dict[type[Data], tuple[Rule, str]] = {
    profile.CustomerRegistered: (customers.decide_registered, "registration"),
    profile.CustomerSnapshot: (_snapshot, "registration"),
    profile.CustomerUpdated: (customers.decide_updated, "registration"),
    profile.CustomerChurned: (accounts.decide_churned, "churn"),
    profile.CustomerWonBack: (accounts.decide_won_back, "won_back"),
    profile.CustomerExited: (accounts.decide_exited, "exited"),
    profile.ConsentChanged: (_consent, "consent"),
    profile.NeedChanged: (decide_need, "need"),
    profile.LifeEventRecorded: (decide_life_event, "occasion"),
    profile.CommitmentMade: (commitments.decide_made, "commitment"),
    profile.CommitmentFulfilled: (commitments.decide_fulfilled, "commitment"),
    profile.PurchaseRecorded: (decide_purchase, "purchase"),
    profile.BrowseRecorded: (decide_browsed, "browse"),
    profile.InteractionRecorded: (voice.decide_interaction, "contact"),
    profile.FeedbackReceived: (voice.decide_feedback, "feedback"),
    profile.MentionMatched: (_nothing_more, "mention"),
    profile.ComplaintWithdrawn: (decide_withdrawn, "complaint"),
    grading.GradeAssigned: (customers.decide_grade, "grade"),
    grading.TierAssigned: (accounts.decide_tier, "tier_floor"),
    grading.LoyaltyAssigned: (accounts.decide_loyalty, "loyalty"),
    grading.UpliftSuggested: (accounts.decide_uplift, "uplift"),
    grading.ChurnRiskRaised: (accounts.decide_churn_risk, "churn_risk"),
    grading.ExitReviewRequested: (accounts.decide_review_requested, "exit_review"),
    feedback.ComplaintOpened: (decide_opened, "complaint"),
    feedback.ComplaintFaultFound: (decide_fault_found, "complaint"),
    feedback.ComplaintResolved: (decide_resolved, "complaint"),
    feedback.ComplaintReopened: (decide_reopened, "complaint"),
    feedback.RemediationStarted: (decide_started, "complaint"),
    feedback.RemediationStepAdded: (decide_step_added, "complaint"),
    feedback.CaseMoved: (decide_moved, "complaint"),
    feedback.RemediationStepCompleted: (decide_step_completed, "contact"),
    feedback.WinbackStarted: (decide_started, "winback"),
    feedback.WinbackStepCompleted: (decide_step_completed, "contact"),
    feedback.WinbackStepBlocked: (decide_step_blocked, "winback"),
    feedback.WinbackClosed: (accounts.decide_winback_closed, "winback"),
    feedback.ComplaintRiskRaised: (voice.decide_risk, "complaint_risk"),
    feedback.SurveyScored: (voice.decide_scored, "survey"),
    feedback.SurveyRequested: (voice.decide_survey_due, "survey"),
    feedback.FeedbackFlagged: (voice.decide_flagged, "feedback"),
    CompleteFollowup: (decide_complete_followup, "completed"),
    CompleteTask: (decide_complete_task, "contact"),
    CreateTask: (decide_create_task, "task"),
    ApproveTask: (decide_approve_task, "task"),
    AssignTask: (decide_assign_task, "task"),
    CancelTask: (decide_cancel_task, "task"),
    SnoozeTask: (decide_snooze_task, "task"),
    DecideExit: (accounts.decide_exit, "exit_review"),
    OfferProduct: (decide_offer, "product"),
}
"""Input -> its rule, and the code that a follow-up superseded by it gives as its reason."""


State = CustomerState | LaunchState | AgentState


def decide(state: State, event: Event | TimePassed, context: Context) -> Decision:
    """The scheduler's decision about one customer, one product or one agent."""
    if not isinstance(state, CustomerState):
        return _of_another_kind(state, event, context)
    if isinstance(event, TimePassed):
        return _accepted(state, wake(state, context).then(fill_places, state, context), context)
    if isinstance(event.data, profile.CustomerErased):
        return decide_erased(state, context)
    rule, reason = _rule(event)
    answer = rule(state, event, event.data, context)
    if not isinstance(answer, Change):
        return answer
    told = answer.then(lambda after: notify_owner(state, after, event, context))
    time_alone = is_of_time_alone(state, event, context)
    settled = _settled(state, told, context).then(reschedule, reason, time_alone=time_alone, context=context)
    return _accepted(state, settled.then(overtaken, context).then(fill_places, state, context), context)


def _of_another_kind(state: LaunchState | AgentState, event: Event | TimePassed, context: Context) -> Decision:
    if isinstance(event, Event):
        match state, event.data:
            case LaunchState(), profile.ProductLaunched() as said:
                return decide_launch(state, event, said)
            case AgentState(), DescribeAgent() | StandIn() | Return() | HandOver() as asked:
                return decide_agent(state, event, asked, context)
    raise TypeError(f"nothing else becomes of a {context.stream.kind}")


def redecide(state: State, context: Context) -> Accepted:
    """Another policy: cadences, floors, calendars and routines move what is open to where it belongs."""
    if not isinstance(state, CustomerState):
        return Accepted(state)
    settled = _settled(state, Change(state), context)
    change = settled.then(reschedule, "policy", time_alone=False, context=context)
    judged = change.then(overtaken, context).then(judge_again, context).then(judge_held, context)
    return _accepted(state, judged, context)


def _settled(before: CustomerState, change: Change, context: Context) -> Change:
    """What follows from who the customer is now, whatever said it last."""
    again = visited(before, change, context)
    owned = again.then(follow_preference, before, context).then(accounts.ask_for_owner, context)
    planned = owned.then(accounts.ask_for_plan, context)
    return planned.then(settle_gifts, context).then(settle_routines, context)


def is_of_time_alone(state: CustomerState, event: Event, context: Context) -> bool:
    """Whether grading spoke because a day began, and nothing else (X-02): its cause is its stream's own wake-up then.

    Grading also wakes within a day, to tell what it has heard by then: that is not time alone.
    """
    if not isinstance(event.data, grading.GradeAssigned | grading.TierAssigned) or event.subject is None:
        return False
    if event.time != start_of_day(day_of(state, event.time, context), zone_of(state, context)):
        return False
    return event.causationid == str(wake_key("grading", "customer", UUID(event.subject), event.time))


def _rule(event: Event) -> tuple[Rule, str]:
    found = RULES.get(type(event.data))
    if found is None:
        raise TypeError(f"the scheduler has no rule for {type(event.data).__name__}")
    return found


def _accepted(before: CustomerState, change: Change, context: Context) -> Accepted:
    if change.state is before and before != NOBODY:
        return Accepted(change.state, change.facts, change.rows)
    after, id = change.state, context.stream.id
    same = before.consents == after.consents and customer_row(before, id) == customer_row(after, id)
    rows = change.rows if same and before != NOBODY else (*change.rows, _row(after, context))
    return Accepted(change.state, change.facts, rows)


def _row(state: CustomerState, context: Context) -> Customer:
    """With the channel that work lists name: none that the customer has forbidden for service (CN-05)."""
    customer = customer_row(state, context.stream.id)
    channel = channel_for(state, ConsentPurpose.SERVICE, context.policy)
    return customer if channel == customer.preferred_channel else replace(customer, preferred_channel=channel)
