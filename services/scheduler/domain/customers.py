"""What profile and grading say about the customer."""

from __future__ import annotations

from msgspec.structs import replace

from services.scheduler.domain.memory import Anniversary
from services.scheduler.domain.state import Answer, Change, CustomerState
from shared.contracts.grading import GradeAssigned
from shared.contracts.profile import CustomerRegistered, CustomerUpdated
from shared.contracts.values import OccasionDate
from shared.engine.decision import Context, Event


def decide_registered(state: CustomerState, _event: Event, said: CustomerRegistered, _context: Context) -> Change:
    """The registration is the first anchor."""
    return Change(
        replace(
            state,
            registered_on=said.registered_on,
            time_zone=said.time_zone,
            owner=said.owner,
            preferred_channel=said.preferred_channel,
            region=said.region,
            preferences=said.preferences,
            interests=said.interests,
            dislikes=said.dislikes,
            dates=_anniversaries(said.dates),
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
            region=said.region or state.region,
            preferences=state.preferences if said.preferences is None else said.preferences,
            interests=state.interests if said.interests is None else said.interests,
            dislikes=state.dislikes if said.dislikes is None else said.dislikes,
            dates=state.dates if said.dates is None else _anniversaries(said.dates),
        )
    )


def decide_grade(state: CustomerState, _event: Event, said: GradeAssigned, _context: Context) -> Answer:
    """The grade names the journal."""
    return Change(replace(state, grade=said.grade, urgency=said.urgency))


def _anniversaries(dates: tuple[OccasionDate, ...]) -> tuple[Anniversary, ...]:
    """Those that the customer gave."""
    return tuple(Anniversary(d.kind, d.month, d.day, d.year, d.lunar) for d in dates if d.volunteered)
