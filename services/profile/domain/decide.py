"""Which rule decides about which event, and what all upstream events have in common: they open a file."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from msgspec.structs import replace

from services.profile.domain.admission import not_admitted
from services.profile.domain.benefits import decide_benefit_recorded, decide_membership_granted, entitled
from services.profile.domain.candidates import (
    AcceptCandidate,
    RejectCandidate,
    decide_accept_candidate,
    decide_reject_candidate,
)
from services.profile.domain.cases import decide_case
from services.profile.domain.claims import held
from services.profile.domain.commands import AnnounceCustomer, BeReferred, ChangeLifecycle, GiveOrderUp, SplitFile
from services.profile.domain.commitments import (
    decide_commitment_breached,
    decide_commitment_fulfilled,
    decide_commitment_made,
)
from services.profile.domain.complaints import (
    decide_complaint_reported,
    decide_complaint_updated,
    decide_complaint_withdrawn,
)
from services.profile.domain.consents import consent_facts, decide_consent_changed
from services.profile.domain.erasure import EraseCustomer, decide_erase
from services.profile.domain.feedbacks import decide_feedback_submitted
from services.profile.domain.file import earlier, file_facts, registration
from services.profile.domain.followups import decide_winback_step, decide_work_done
from services.profile.domain.groups import grouped, noticed
from services.profile.domain.handles import normal_handle
from services.profile.domain.happenings import (
    decide_browse_recorded,
    decide_cost_allocated,
    decide_grievance_resolved,
    decide_life_event_recorded,
    decide_satisfaction_stated,
    decide_survey_answered,
)
from services.profile.domain.interactions import decide_interaction_recorded
from services.profile.domain.launches import decide_product_launched
from services.profile.domain.ledgers import Handle, TimelineEntry
from services.profile.domain.lifecycle import decide_lifecycle_changed, decide_moved, lifecycle_facts, lived
from services.profile.domain.mentions import decide_social_mentioned
from services.profile.domain.needs import decide_need_stated, need_facts
from services.profile.domain.orders import (
    decide_order_cancelled,
    decide_order_delayed,
    decide_order_delivered,
    decide_order_given_up,
    decide_order_placed,
    decide_order_refunded,
)
from services.profile.domain.referrals import decide_be_referred, decide_referral_recorded
from services.profile.domain.snapshots import decide_announced
from services.profile.domain.standing import decide_assigned
from services.profile.domain.state import CustomerState
from services.profile.domain.timeline import TOUCHES, touch
from shared.contracts import feedback, grading, scheduler, upstream
from shared.contracts.data import Data
from shared.engine.decision import Accepted, Context, Decision, Event, Fact, Superseded, TimePassed

Rule = Callable[[Any, Event, Context], Decision]

UPSTREAM: Final[Mapping[type[Data], Rule]] = {
    upstream.ConsentChanged: decide_consent_changed,
    upstream.NeedStated: decide_need_stated,
    upstream.OrderPlaced: decide_order_placed,
    upstream.OrderDelivered: decide_order_delivered,
    upstream.OrderDelayed: decide_order_delayed,
    upstream.OrderRefunded: decide_order_refunded,
    upstream.OrderCancelled: decide_order_cancelled,
    upstream.InteractionRecorded: decide_interaction_recorded,
    upstream.ComplaintReported: decide_complaint_reported,
    upstream.ComplaintUpdated: decide_complaint_updated,
    upstream.ComplaintWithdrawn: decide_complaint_withdrawn,
    upstream.LifeEventRecorded: decide_life_event_recorded,
    upstream.BrowseRecorded: decide_browse_recorded,
    upstream.CostAllocated: decide_cost_allocated,
    upstream.SurveyAnswered: decide_survey_answered,
    upstream.FeedbackSubmitted: decide_feedback_submitted,
    upstream.GrievanceResolved: decide_grievance_resolved,
    upstream.SatisfactionStated: decide_satisfaction_stated,
    upstream.ReferralRecorded: decide_referral_recorded,
    BeReferred: decide_be_referred,
    upstream.CommitmentMade: decide_commitment_made,
    upstream.CommitmentFulfilled: decide_commitment_fulfilled,
    upstream.CustomerLeft: decide_moved,
    upstream.MembershipGranted: decide_membership_granted,
    upstream.BenefitRecorded: decide_benefit_recorded,
}
"""Events that name their customer by a handle: they open a file."""
OF_NOBODY: Final[Mapping[type[Data], Rule]] = {
    upstream.SocialMentioned: decide_social_mentioned,
    upstream.ProductLaunched: decide_product_launched,
}
"""Events without a subject: they open none."""
OURS: Final[Mapping[type[Data], Rule]] = {
    EraseCustomer: decide_erase,
    AnnounceCustomer: decide_announced,
    scheduler.FollowupCompleted: decide_work_done,
    scheduler.TaskCompleted: decide_work_done,
    scheduler.CommitmentBreached: decide_commitment_breached,
    scheduler.ExitDecided: decide_moved,
    grading.ChurnRiskRaised: decide_moved,
    feedback.RemediationStepCompleted: decide_work_done,
    feedback.WinbackStepCompleted: decide_winback_step,
    feedback.WinbackClosed: decide_moved,  # nobody: who is back was said before, and may have left again since
    ChangeLifecycle: decide_lifecycle_changed,
    feedback.ComplaintOpened: decide_case,
    feedback.ComplaintResolved: decide_case,
    feedback.ComplaintReopened: decide_case,
    grading.GradeAssigned: decide_assigned,
    grading.TierAssigned: decide_assigned,
    GiveOrderUp: decide_order_given_up,
    AcceptCandidate: decide_accept_candidate,
    RejectCandidate: decide_reject_candidate,
}


def decide(
    state: CustomerState, event: Event | TimePassed, context: Context, keyed: Mapping[type[Data], Rule] = UPSTREAM
) -> Decision:
    """What one input makes of a customer's file. Raises TypeError for an event that profile does not read.

    `keyed`: rules about upstream events and handles that need the secret of a deployment.
    """
    if isinstance(event, TimePassed):
        return entitled(Accepted(state), event.at, context)
    decision = _decided(state, event, context, keyed)
    if isinstance(decision, Accepted) and isinstance(decision.state, CustomerState):
        return entitled(lived(_grouped(state, decision, event, context), event.time, context), event.time, context)
    return decision


def _grouped(before: CustomerState, decision: Accepted, event: Event, context: Context) -> Accepted:
    """Groups follow from the file and from what the customer does: looked at where one of these is another one."""
    noted = noticed(decision, event)
    is_same = isinstance(before, CustomerState) and (
        noted.state.file is before.file and noted.state.signals is before.signals
    )
    return noted if is_same else grouped(noted, event.time, context)


def redecide(state: CustomerState, context: Context) -> Accepted:
    """What another policy makes of a file: its groups, where the customer stands, what that leaves of his benefits."""
    if not isinstance(state, CustomerState) or state.first_at is None:
        return Accepted(state)
    return entitled(lived(grouped(Accepted(state), context.now, context), context.now, context), context.now, context)


def _decided(state: CustomerState, event: Event, context: Context, keyed: Mapping[type[Data], Rule]) -> Decision:
    kind = type(event.data)
    if rule := OF_NOBODY.get(kind):
        return rule(state, event, context)
    if rule := UPSTREAM.get(kind) or (None if kind is SplitFile else keyed.get(kind)):
        return _decide_upstream(rule, state, event, context)
    if rule := OURS.get(kind) or keyed.get(kind):
        return rule(state, event, context) if state.first_at else Superseded("no file of this customer is known here")
    raise TypeError(f"profile does not read {event.type}")


def _decide_upstream(rule: Rule, state: CustomerState, event: Event, context: Context) -> Decision:
    handle = normal_handle(event.subject or "")
    if refused := not_admitted(event, handle, context):
        return refused
    decision = rule(replace(state, first_at=earlier(state.first_at, event.time)), event, context)
    if not isinstance(decision, Accepted):
        return decision
    taken = [row.handle for row in decision.rows if isinstance(row, Handle)]
    own = () if handle in taken else held(handle or "", context)
    others = tuple(name for name in taken if name != handle)
    facts = file_facts(state, decision.state, event, context, others)
    rows = (*own, *decision.rows, *_entry(decision, event, context))
    return replace(decision, rows=rows, facts=(*facts, *decision.facts))


def _entry(decision: Accepted, event: Event, context: Context) -> tuple[TimelineEntry, ...]:
    """Every touch is on the timeline, also where its rule has nothing to add."""
    entered = any(isinstance(row, TimelineEntry) for row in decision.rows)
    return (touch(event, context),) if type(event.data) in TOUCHES and not entered else ()


def announce(before: CustomerState, after: CustomerState, context: Context) -> tuple[Fact, ...]:
    """What is different about a file that took another one in or gave one back: all that may travel.

    Nothing is said of a file that was taken in but that it was.
    """
    if after.first_at is None:
        return ()
    now = registration(after, context.policy)
    known = before.first_at is not None and registration(before, context.policy) == now
    again = () if known else (Fact(now, time=after.registered_at or after.first_at),)
    consents = consent_facts((word for word in after.consents if word not in before.consents), context)
    return (*again, *consents, *need_facts(before, after, context), *lifecycle_facts(before, after))
