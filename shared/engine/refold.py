"""A stream folded again from nothing: by its inputs alone, or exactly as it was folded, its wake-ups included."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from msgspec.structs import replace

from shared.engine import waking
from shared.engine.carry import carry
from shared.engine.decision import Accepted, Cause, StreamKey
from shared.engine.fold import Fold
from shared.engine.routing import is_word
from shared.engine.streams import Past, Stream

Places = Mapping[UUID, tuple[datetime, int]]
"""Key of an input -> its place in time."""


def places_of(past: Sequence[Past]) -> Places:
    return {row.key: row.place for row in past}


def by_inputs(
    ghosts: Fold, key: StreamKey, past: Sequence[Past], until: datetime, places: Places | None = None
) -> Stream:
    """What these inputs give, each by its policy, with all wake-ups due before `until` between them.

    Rows, wake-ups and what was said are left in `ghosts`. `places`: those of all histories that are at hand.
    """
    ghosts.silent = True
    places = places_of(past) if places is None else places
    ghost, now = Stream(key, ghosts.rules.states[key.kind]()), ghosts.world
    for row in past:
        waking.wake(ghosts, ghost, row.now)
        ghosts.world = ghosts.under(row.policy_id, row.activation)
        _fold(ghosts, ghost, row, places)
    waking.wake(ghosts, ghost, until)
    ghosts.world = now
    carry(ghosts, ghost, until)
    return ghost


def as_recorded(ghosts: Fold, key: StreamKey, past: Sequence[Past]) -> Stream:
    """What the journal's rows give in their order, each by the policy that it names."""
    ghosts.silent = True
    ghost, now, places = Stream(key, ghosts.rules.states[key.kind]()), ghosts.world, places_of(past)
    for row in past:
        ghosts.world = ghosts.under(row.policy_id, row.activation)
        _fold(ghosts, ghost, row, places)
        if row.event is None and row.activation is None:
            waking.wake_at(ghosts, ghost, row.now)
    ghosts.world = now
    return ghost


def _fold(ghosts: Fold, ghost: Stream, row: Past, places: Places) -> None:
    carry(ghosts, ghost, row.now)
    event = row.event
    if event is None or is_word(event.data):
        return
    plain = ghosts.context(ghost, row.now, Cause(event.id, event.type))
    context = replace(plain, again=True, came_later=lambda key: places.get(key, row.place) > row.place)
    decision = ghosts.rules.decide(ghost.state, event, context)
    if isinstance(decision, Accepted):
        ghosts.accept(ghost, decision, context, event.key, ghosts.home_of(ghost, event))
    ghost.last_now = row.now
    ghost.version += 1
