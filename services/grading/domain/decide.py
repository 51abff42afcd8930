"""Which rule answers which event: the table of grading."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from msgspec.structs import replace

from services.grading.domain.assign import assign
from services.grading.domain.commands import RemoveOverride, SetOverride, SettleCustomer
from services.grading.domain.complaints import (
    learn_fault,
    learn_opened,
    learn_reopened,
    learn_resolved,
    learn_withdrawn,
)
from services.grading.domain.costs import learn_cost, learn_interaction
from services.grading.domain.follow import follow
from services.grading.domain.learn import (
    Learned,
    learn_churned,
    learn_exited,
    learn_followup,
    learn_need,
    learn_registered,
    learn_settled,
    learn_snapshot,
    learn_step,
    learn_updated,
    learn_visit_need,
    learn_won_back,
)
from services.grading.domain.orders import learn_purchase
from services.grading.domain.overrides import Changed, change
from services.grading.domain.referrals import learn_referral
from services.grading.domain.state import CustomerState
from shared.contracts import feedback, profile, scheduler
from shared.contracts.data import Data
from shared.contracts.grading import ErasureCompleted
from shared.engine.decision import Accepted, Context, Decision, Event, Fact, Superseded, TimePassed

Learn = Callable[[CustomerState, Any, Event, Context], Learned | Superseded]

LEARN: Mapping[type[Data], Learn] = MappingProxyType(
    {
        profile.CustomerRegistered: learn_registered,
        profile.CustomerSnapshot: learn_snapshot,
        profile.CustomerUpdated: learn_updated,
        profile.NeedChanged: learn_need,
        profile.PurchaseRecorded: learn_purchase,
        profile.InteractionRecorded: learn_interaction,
        profile.CostAllocated: learn_cost,
        profile.ReferralRecorded: learn_referral,
        profile.CustomerChurned: learn_churned,
        profile.CustomerExited: learn_exited,
        profile.CustomerWonBack: learn_won_back,
        profile.ComplaintWithdrawn: learn_withdrawn,
        scheduler.FollowupCompleted: learn_followup,
        scheduler.TaskCompleted: learn_visit_need,
        feedback.ComplaintOpened: learn_opened,
        feedback.ComplaintFaultFound: learn_fault,
        feedback.ComplaintReopened: learn_reopened,
        feedback.ComplaintResolved: learn_resolved,
        feedback.RemediationStepCompleted: learn_step,
        SettleCustomer: learn_settled,
    }
)
PLACING = (profile.CustomerRegistered, SettleCustomer)
"""Beside what changes the books, these may move the tier."""


def decide(state: CustomerState, event: Event | TimePassed, context: Context) -> Decision:
    """Take the event in, then grade as of now (GR-12, GR-13)."""
    if isinstance(event, TimePassed):
        return _graded(state, Learned(state), context, places=False)
    if isinstance(event.data, profile.CustomerErased):
        return Accepted(state, (Fact(ErasureCompleted()),), erases=True)
    if (rule := OTHERWISE.get(type(event.data))) is not None:
        return rule(state, event, context)
    learn = LEARN.get(type(event.data))
    if learn is None:
        raise TypeError(f"grading has no rule for {event.type}")
    learned = learn(state, event.data, event, context)
    match learned:
        case Superseded():
            return learned
        case Learned(later=True):
            return Accepted(replace(learned.state, unsaid_since=context.now), rows=learned.rows)
    return _taken_in(state, learned, event, context)


def _taken_in(state: CustomerState, learned: Learned, event: Event, context: Context) -> Accepted:
    """A mere sign of life leaves what follows from value and silence as it was."""
    places = learned.state.books is not state.books or isinstance(event.data, PLACING)
    if places or learned.state is not state:
        return _graded(state, learned, context, places=places)
    decision = assign(state, state, context, always=learned.always)
    return replace(decision, rows=(*learned.rows, *decision.rows))


def _graded(before: CustomerState, learned: Learned, context: Context, *, places: bool) -> Accepted:
    followed = follow(before, learned.state, context, places=places)
    decision = assign(before, followed.state, context, always=learned.always)
    facts = (*decision.facts, *map(Fact, followed.facts))
    return replace(decision, facts=facts, rows=(*learned.rows, *followed.rows, *decision.rows))


def _overridden(before: CustomerState, event: Event, context: Context) -> Decision:
    changed = change(before, event, context)
    if not isinstance(changed, Changed):
        return changed
    decision = _graded(before, Learned(changed.state, changed.rows), context, places=False)
    return replace(decision, facts=(*map(Fact, changed.facts), *decision.facts))


def redecide(state: CustomerState, context: Context) -> Accepted:
    """What another policy makes of a customer."""
    return _graded(state, Learned(state), context, places=False)


OTHERWISE: Mapping[type[Data], Callable[[CustomerState, Event, Context], Decision]] = MappingProxyType(
    {
        SetOverride: _overridden,
        RemoveOverride: _overridden,
    }
)
"""What is more than another thing learned."""
