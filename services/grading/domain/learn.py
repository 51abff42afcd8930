"""What each fact teaches about a customer: a new state, in whatever order facts arrive."""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import replace

from services.grading.domain.state import CustomerState, NeedInForce
from shared.contracts.feedback import RemediationStepCompleted
from shared.contracts.profile import CustomerRegistered, CustomerUpdated, NeedChanged
from shared.contracts.scheduler import FollowupCompleted, RefreshedNeed, TaskCompleted
from shared.contracts.values import NeedSource
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
    return Learned(replace(state, registered=True, time_zone=data.time_zone or state.time_zone))


def learn_updated(state: CustomerState, data: CustomerUpdated, _event: Event, _context: Context) -> Learned:
    """Of a profile only the time zone bears on the grade: it says which day it is."""
    return Learned(replace(state, time_zone=data.time_zone or state.time_zone))


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


def learn_nothing(state: CustomerState, _data: object, _event: Event, _context: Context) -> Learned:
    """A sign of life: the grade is looked at again (GR-13)."""
    return Learned(state)


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
