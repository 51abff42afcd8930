"""Facts about a customer's leaving, coming back and consents, as rules of the table."""

from __future__ import annotations

from msgspec.structs import replace

from services.feedback.domain import departures
from services.feedback.domain.case import zone_of
from services.feedback.domain.consents import hear
from services.feedback.domain.known import seen
from services.feedback.domain.state import CustomerState
from shared.clock import business_date
from shared.contracts.feedback import ErasureCompleted
from shared.contracts.profile import ConsentChanged, CustomerChurned, CustomerErased, CustomerExited, CustomerWonBack
from shared.engine.decision import Accepted, Context, Decision, Event, Fact, Superseded


def settle(state: CustomerState, leaving: departures.Leaving) -> Accepted:
    """The decision that this makes."""
    return Accepted(
        state=replace(state, departure=leaving.settled),
        facts=tuple(Fact(fact) for change in leaving.changes for fact in change.facts),
        rows=(*leaving.churns, *(row for change in leaving.changes for row in change.rows)),
    )


def decide_churned(state: CustomerState, event: Event, data: CustomerChurned, context: Context) -> Decision:
    said = departures.Said(
        event_id=context.cause.event_id,
        type=context.cause.type,
        kind=data.kind,
        reason=data.reason,
        at=event.time,
        on=business_date(event.time, zone_of(state, context)),
        customer_id=context.stream.id,
        tier=state.tier,
    )
    return settle(state, departures.leave(state.departure, said, state.consents, context.policy))


def decide_won_back(state: CustomerState, _event: Event, data: CustomerWonBack, context: Context) -> Decision:
    return settle(state, departures.come_back(state.departure, data.on, context.now))


def decide_parted(
    state: CustomerState, _event: Event, data: CustomerExited | CustomerErased, context: Context
) -> Decision:
    if isinstance(data, CustomerErased):
        parted = settle(state, departures.part(state.departure, departures.Gone.ERASED, context.now))
        return replace(parted, facts=(*parted.facts, Fact(ErasureCompleted())), erases=True)
    if state.departure.gone is not None:
        return Superseded("the customer is gone already")
    state = replace(state, gone_on=data.on)
    return seen(settle(state, departures.part(state.departure, departures.Gone.EXITED, context.now)), context)


def decide_consent(state: CustomerState, event: Event, data: ConsentChanged, context: Context) -> Decision:
    state = replace(state, consents=hear(state.consents, event, data))
    return settle(state, departures.allow(state.departure, state.consents, context.policy))
