"""What each fact teaches about a customer: a new state, in whatever order facts arrive."""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import replace

from services.grading.domain.commands import SettleCustomer
from services.grading.domain.state import CustomerState, NeedInForce, Outlook
from shared.contracts.feedback import RemediationStepCompleted
from shared.contracts.profile import (
    CustomerChurned,
    CustomerExited,
    CustomerRegistered,
    CustomerSnapshot,
    CustomerUpdated,
    CustomerWonBack,
    NeedChanged,
)
from shared.contracts.scheduler import FollowupCompleted, RefreshedNeed, TaskCompleted
from shared.contracts.values import ChurnKind, Demand, NeedSource
from shared.engine.decision import Context, Event, Superseded


class Learned(Struct, frozen=True):
    """The state with the fact in it, and the ledger rows that are new or different."""

    state: CustomerState
    rows: tuple[Struct, ...] = ()
    always: bool = False
    """The grade is said whether or not it changes."""
    later: bool = False
    """The grade is said only once all that was recorded by now has been read."""


def learn_registered(state: CustomerState, data: CustomerRegistered, _event: Event, _context: Context) -> Learned:
    """From now on the customer is graded (GR-01)."""
    zone = data.time_zone or state.time_zone
    return Learned(replace(state, registered=True, registered_on=data.registered_on, time_zone=zone))


def learn_snapshot(state: CustomerState, data: CustomerSnapshot, event: Event, context: Context) -> Learned:
    """What a registration and a need would say; a need that is known is not learnt twice."""
    state = learn_registered(state, data, event, context).state
    if data.need is None:
        return Learned(state)
    inferred = data.need.source is NeedSource.INFERRED
    need = _need(data.need, data.need_event_id or event.id, inferred=inferred)
    known = state.need is not None and replace(need, event_id=state.need.event_id) == state.need
    return Learned(state if known or not _is_newer(state, need) else replace(state, need=need))


def learn_updated(state: CustomerState, data: CustomerUpdated, _event: Event, _context: Context) -> Learned:
    """Of a profile the time zone counts: it says which day it is; and since when there is a file."""
    since = data.registered_on or state.registered_on
    return Learned(replace(state, registered_on=since, time_zone=data.time_zone or state.time_zone))


def learn_need(state: CustomerState, data: NeedChanged, event: Event, _context: Context) -> Learned | Superseded:
    """The newest need by (`stated_at`, id of the event that stated it) is in force (X-01).

    A follow-up's is graded from the follow-up itself (X-03), which may still be on its way: the grade waits for it.
    """
    inferred = data.source is NeedSource.INFERRED
    need = _need(data, event.causationid or event.id, inferred=inferred)
    if not _is_newer(state, need):
        return Superseded("a newer need is in force")
    return Learned(replace(state, need=need), later=data.source is NeedSource.FOLLOWUP)


def learn_followup(
    state: CustomerState, data: FollowupCompleted, event: Event, _context: Context
) -> Learned | Superseded:
    """Graded from the need that the follow-up refreshed, and said once for each follow-up (GR-12)."""
    if data.followup_id == state.last_followup:
        return Superseded("the grade was assigned for this follow-up")
    state = replace(_newer(state, data.need, event.id), last_followup=data.followup_id)
    return Learned(state, always=True)


def learn_visit_need(
    state: CustomerState, data: TaskCompleted | RemediationStepCompleted, event: Event, _context: Context
) -> Learned:
    """A task or a step may refresh the need too."""
    return Learned(_newer(state, data.need, event.id) if data.need else state)


def learn_step(state: CustomerState, data: RemediationStepCompleted, event: Event, context: Context) -> Learned:
    """A step with an outcome completes the open follow-up, and its need is graded from that (X-03).

    Graded at once, the new letter could reach the scheduler before the step: the follow-up in its place would be the
    one that is completed.
    """
    return Learned(state) if data.outcome is not None else learn_visit_need(state, data, event, context)


def learn_churned(state: CustomerState, data: CustomerChurned, event: Event, _context: Context) -> Learned:
    """Who left is not warned of any more; who needs nothing more has no need (K-08, K-09), until they state one."""
    state = replace(state, gone=True)
    if data.kind is ChurnKind.ABNORMAL:
        return Learned(state)
    need = NeedInForce(stated_at=event.time, event_id=event.id, inferred=True, demand=Demand.NONE)
    return Learned(replace(state, need=need) if _is_newer(state, need) else state)


def learn_exited(state: CustomerState, _data: CustomerExited, _event: Event, _context: Context) -> Learned:
    return Learned(replace(state, gone=True))


def learn_won_back(state: CustomerState, _data: CustomerWonBack, event: Event, _context: Context) -> Learned:
    return Learned(wanting(replace(state, gone=False), event))


def wanting(state: CustomerState, event: Event) -> CustomerState:
    """Who comes back after having left because nothing was needed may need something again (K-08).

    Needs that were stated are spent by profile; that there was none any more was concluded here.
    """
    need = state.need
    if need is None or not (need.inferred and need.demand is Demand.NONE and event.time > need.stated_at):
        return state
    latent = NeedInForce(stated_at=event.time, event_id=event.id, inferred=True, demand=Demand.LATENT)
    return replace(state, need=latent)


def learn_settled(state: CustomerState, data: SettleCustomer, _event: Event, _context: Context) -> Learned:
    """What the model said, unless an order came that it did not know of."""
    last = state.books.last_order_on
    if data.model_level is None or data.p_buy is None or last is None or data.last_order_on != last:
        return Learned(state)
    return Learned(replace(state, outlook=Outlook(data.model_level, data.p_buy, last)))


def _newer(state: CustomerState, given: RefreshedNeed, event_id: str) -> CustomerState:
    need = _need(given, event_id, inferred=False)
    return replace(state, need=need) if _is_newer(state, need) else state


def _is_newer(state: CustomerState, need: NeedInForce) -> bool:
    return state.need is None or need.mark > state.need.mark


def _need(given: NeedChanged | RefreshedNeed, event_id: str, *, inferred: bool) -> NeedInForce:
    return NeedInForce(
        stated_at=given.stated_at,
        event_id=event_id,
        inferred=inferred,
        demand=given.demand,
        expected_close_on=given.expected_close_on,
        expected_amount=given.expected_amount,
        potential_volume=given.potential_volume,
        currency=given.currency,
        deal_possible=given.deal_possible,
        handle_by_on=given.handle_by_on,
        negotiating=given.negotiating,
    )
