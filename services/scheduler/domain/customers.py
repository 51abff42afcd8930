"""What profile and grading say about the customer."""

from __future__ import annotations

from msgspec.structs import replace

from services.scheduler.domain.contact import contacted, is_spoken
from services.scheduler.domain.state import Answer, Change, CustomerState, day_of
from shared.contracts.grading import GradeAssigned, TierAssigned
from shared.contracts.profile import (
    CustomerAbsorbed,
    CustomerMerged,
    CustomerRegistered,
    CustomerUpdated,
    InteractionRecorded,
)
from shared.engine.decision import Context, Event, StreamKey
from shared.engine.routing import canonical_of, customer_ids


def decide_registered(state: CustomerState, _event: Event, said: CustomerRegistered, _context: Context) -> Answer:
    """The registration is the first anchor."""
    return Change(
        replace(
            state,
            registered_on=said.registered_on,
            time_zone=said.time_zone,
            owner=said.owner,
            preferred_channel=said.preferred_channel,
        )
    )


def decide_updated(state: CustomerState, _event: Event, said: CustomerUpdated, _context: Context) -> Answer:
    """What is None has not changed."""
    return Change(
        replace(
            state,
            registered_on=said.registered_on or state.registered_on,
            time_zone=said.time_zone or state.time_zone,
            owner=said.owner or state.owner,
            preferred_channel=said.preferred_channel or state.preferred_channel,
        )
    )


def decide_interaction(state: CustomerState, event: Event, said: InteractionRecorded, context: Context) -> Answer:
    """A call, a visit or a human on the other side, whoever began it, is a real contact."""
    if not said.human and not is_spoken(said.channel, context.policy):
        return Change(state)
    return Change(contacted(state, day_of(state, event.time, context)))


def decide_grade(state: CustomerState, _event: Event, said: GradeAssigned, _context: Context) -> Answer:
    """The grade names the journal."""
    return Change(replace(state, grade=said.grade, urgency=said.urgency))


def decide_tier(state: CustomerState, _event: Event, said: TierAssigned, _context: Context) -> Answer:
    """The tier may set a floor under the contact."""
    return Change(replace(state, tier=said.tier))


def decide_joined(
    state: CustomerState, event: Event, _said: CustomerMerged | CustomerAbsorbed, context: Context
) -> Answer:
    """Two files were one customer: the other's inputs join this one's, whichever of profile's two facts comes first."""
    ids = {canonical_of(each, context.rows) for each in customer_ids(event)} - {context.stream.id}
    return Change(state, absorbs=tuple(StreamKey(context.stream.kind, each) for each in sorted(ids)))
