"""The letters that a history gives under a policy: what bears on them is learnt once, whatever the policies are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import pairwise
from types import MappingProxyType
from typing import NamedTuple

from services.grading.domain.decide import LEARN, Learn
from services.grading.domain.grades import letter
from services.grading.domain.learn import Learned
from services.grading.domain.measure import Letter
from services.grading.domain.orders import buying
from services.grading.domain.state import CustomerState
from services.grading.domain.wake import next_letter
from shared.clock import business_date, start_of_day
from shared.contracts import feedback, profile, scheduler
from shared.contracts.data import Data
from shared.contracts.policy import Policy
from shared.engine.decision import Context, Event

BEARING: Mapping[type[Data], Learn] = MappingProxyType(
    {
        type_: LEARN[type_]
        for type_ in (
            profile.CustomerRegistered,
            profile.CustomerSnapshot,
            profile.CustomerUpdated,
            profile.NeedChanged,
            profile.CustomerChurned,
            profile.CustomerWonBack,
            scheduler.FollowupCompleted,
            scheduler.TaskCompleted,
            feedback.RemediationStepCompleted,
        )
    }
)
"""What says who is graded, which day it is for them, and what they need; what a person has set is not among it."""
RETURNING: Mapping[type[Data], Learn] = MappingProxyType(
    {profile.PurchaseRecorded: lambda state, said, event, _context: Learned(buying(state, said, event))}
)
"""What bears on the letters of those who have left alone."""
LEARN_ALONE: Mapping[type[Data], Learn] = MappingProxyType({**BEARING, **RETURNING})


class Known(NamedTuple):
    """What is known from an instant on; `later`: graded once all that was recorded by then has been read."""

    since: datetime
    state: CustomerState
    later: bool = False


def known_of(events: Sequence[tuple[datetime, Event]], context: Context) -> list[Known]:
    """Of the events that bear on it, in the order and at the instants at which they were folded."""
    found: list[Known] = []
    state = CustomerState()
    for now, event in events:
        learned = LEARN_ALONE[type(event.data)](state, event.data, event, context)
        if isinstance(learned, Learned):
            state = learned.state
            found.append(Known(now, state, learned.later))
    return found


def letters_of(known: Sequence[Known], policy: Policy, until: datetime) -> list[Letter]:
    """Each change of the letter before an instant, as the wake-ups and inputs up to then would have said it."""
    told: list[Letter] = []
    known = [one for one in known if one.since < until]
    for one, following in pairwise((*known, Known(until, CustomerState()))):
        for found in _in_force(one, following.since, policy):
            if not told or told[-1].grade is not found.grade:
                told.append(found)
    return told


def _in_force(known: Known, until: datetime, policy: Policy) -> Iterator[Letter]:
    state = known.state
    if not state.registered or (known.later and until <= known.since):
        return
    zone = state.time_zone or policy.calendar.time_zone
    day = business_date(known.since, zone)
    found = letter(state.need, day, policy)
    yield Letter(day, found.grade, found.rule, str(found.input))
    while (coming := next_letter(state, day, policy)) is not None and start_of_day(coming.on, zone) < until:
        day = coming.on
        found = letter(state.need, day, policy)
        yield Letter(day, found.grade, found.rule, str(found.input))
