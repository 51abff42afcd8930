"""What happens with a customer and is only passed on (PR-13, PR-18, GR-18, FB-11)."""

from __future__ import annotations

from typing import Final

from services.profile.domain.admission import off_the_scale, unknown_currency
from services.profile.domain.state import CustomerState
from shared.contracts import profile
from shared.contracts.data import Data
from shared.contracts.upstream import (
    BrowseRecorded,
    CostAllocated,
    GrievanceResolved,
    LifeEventRecorded,
    SatisfactionStated,
    SurveyAnswered,
)
from shared.contracts.upstream.contacts import SurveyAnswer
from shared.engine.decision import Accepted, Context, Decision, Event, Fact, Refused
from shared.money import convert

ANSWER: Final = tuple(SurveyAnswer.model_fields)


def passed_on(state: CustomerState, fact: Data, event: Event) -> Accepted:
    """The fact at the time of its event."""
    return Accepted(state, (Fact(fact, time=event.time),))


def decide_life_event_recorded(state: CustomerState, event: Event, _context: Context) -> Decision:
    """Only what the customer told himself is kept (CN-01)."""
    data = event.data
    if not isinstance(data, LifeEventRecorded):
        raise TypeError(f"{data.TYPE} records no life event")
    if not data.volunteered:
        return Refused("not_volunteered", "This was not volunteered: send only what the customer told you himself.")
    fact = profile.LifeEventRecorded(kind=data.kind, on=data.on, volunteered=True)
    return passed_on(state, fact, event)


def decide_browse_recorded(state: CustomerState, event: Event, _context: Context) -> Decision:
    """A sign of preference."""
    data = event.data
    if not isinstance(data, BrowseRecorded):
        raise TypeError(f"{data.TYPE} records no look")
    return passed_on(state, profile.BrowseRecorded(category=data.category, sku=data.sku), event)


def decide_cost_allocated(state: CustomerState, event: Event, context: Context) -> Decision:
    """What serving cost, in the reporting currency."""
    data = event.data
    if not isinstance(data, CostAllocated):
        raise TypeError(f"{data.TYPE} allocates no cost")
    amount, currency = data.amount, None
    if data.amount is not None and data.currency is not None:
        amount, currency = convert(data.amount, data.currency, context.policy.currency), data.currency
        if amount is None:
            return unknown_currency(currency)
        currency = context.policy.currency.reporting
    fact = profile.CostAllocated(
        kind=data.kind, minutes=data.minutes, amount=amount, currency=currency, complaint_id=data.complaint_id
    )
    return passed_on(state, fact, event)


def decide_survey_answered(state: CustomerState, event: Event, context: Context) -> Decision:
    """An answer is called by the key of its event."""
    data = event.data
    if not isinstance(data, SurveyAnswered):
        raise TypeError(f"{data.TYPE} answers no survey")
    if (refused := off_the_scale(data, context.policy)) is not None:
        return refused
    told = {name: getattr(data, name) for name in ANSWER}
    return passed_on(state, profile.SurveyAnswered(answer_id=str(event.key), **told), event)


def decide_grievance_resolved(state: CustomerState, event: Event, _context: Context) -> Decision:
    """Said as often as it is told: who counts grievances knows each by its id."""
    data = event.data
    if not isinstance(data, GrievanceResolved):
        raise TypeError(f"{data.TYPE} resolves no grievance")
    fact = profile.GrievanceResolved(interaction_id=data.interaction_id, grievance_id=data.grievance_id)
    return passed_on(state, fact, event)


def decide_satisfaction_stated(state: CustomerState, event: Event, _context: Context) -> Decision:
    """The customer's word goes on; what it makes of the case is feedback's to say."""
    data = event.data
    if not isinstance(data, SatisfactionStated):
        raise TypeError(f"{data.TYPE} states no satisfaction")
    fact = profile.SatisfactionStated(complaint_id=data.complaint_id, satisfied=data.satisfied, channel=data.channel)
    return passed_on(state, fact, event)
