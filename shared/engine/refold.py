"""A stream folded again from nothing: by its inputs alone, or exactly as it was folded, its wake-ups included."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from shared.engine import waking
from shared.engine.carry import carry
from shared.engine.decision import Accepted, Cause, StreamKey
from shared.engine.fold import Fold
from shared.engine.identity import WORDS
from shared.engine.streams import Past, Stream


def by_inputs(ghosts: Fold, key: StreamKey, past: Iterable[Past], until: datetime) -> Stream:
    """What these inputs give, each by its policy, with all wake-ups due before `until` between them.

    Rows, wake-ups and what was said are left in `ghosts`.
    """
    ghosts.silent = True
    ghost, now = Stream(key, ghosts.rules.states[key.kind]()), ghosts.world
    for row in past:
        waking.wake(ghosts, ghost, row.now)
        ghosts.world = ghosts.under(row.policy_id, row.activation)
        _fold(ghosts, ghost, row)
    waking.wake(ghosts, ghost, until)
    ghosts.world = now
    carry(ghosts, ghost, until)
    return ghost


def as_recorded(ghosts: Fold, key: StreamKey, past: Iterable[Past]) -> Stream:
    """What the journal's rows give in their order, each by the policy that it names."""
    ghosts.silent = True
    ghost, now = Stream(key, ghosts.rules.states[key.kind]()), ghosts.world
    for row in past:
        ghosts.world = ghosts.under(row.policy_id, row.activation)
        _fold(ghosts, ghost, row)
        if row.event is None and row.activation is None:
            waking.wake_at(ghosts, ghost, row.now)
    ghosts.world = now
    return ghost


def _fold(ghosts: Fold, ghost: Stream, row: Past) -> None:
    carry(ghosts, ghost, row.now)
    event = row.event
    if event is None or isinstance(event.data, WORDS):
        return
    context = ghosts.context(ghost, row.now, Cause(event.id, event.type), again=True)
    decision = ghosts.rules.decide(ghost.state, event, context)
    if isinstance(decision, Accepted):
        ghosts.accept(ghost, decision, context, event.key, ghosts.home_of(ghost, event))
    ghost.last_now = row.now
    ghost.version += 1
