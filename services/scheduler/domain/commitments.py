"""Promises made to customers: one that is not kept on its day is broken, once (SC-21, T69, T139)."""

from __future__ import annotations

from msgspec.structs import replace

from services.scheduler.domain.memory import Commitment
from services.scheduler.domain.state import Answer, Change, CustomerState, day_of
from shared.contracts.profile import CommitmentFulfilled, CommitmentMade
from shared.contracts.scheduler import CommitmentBreached
from shared.engine.decision import Context, Event, Fact

EARLY = 50
"""Promises of which a customer's state remembers that they were kept, though they are unknown or broken."""


def decide_made(state: CustomerState, _event: Event, said: CommitmentMade, _context: Context) -> Answer:
    """It waits for its day, unless it was kept before it was heard of."""
    if said.commitment_id in state.kept:
        return Change(replace(state, kept=tuple(id for id in state.kept if id != said.commitment_id)))
    if state.exited:
        return Change(state)
    commitment = Commitment(said.commitment_id, said.due_on)
    return Change(replace(state, commitments=tuple(sorted({*state.commitments, commitment}, key=_order))))


def decide_fulfilled(state: CustomerState, _event: Event, said: CommitmentFulfilled, _context: Context) -> Answer:
    """Kept; what was announced as broken before stays broken."""
    left = tuple(c for c in state.commitments if c.commitment_id != said.commitment_id)
    if left != state.commitments:
        return Change(replace(state, commitments=left))
    kept = (*(id for id in state.kept if id != said.commitment_id), said.commitment_id)
    return Change(replace(state, kept=kept[-EARLY:]))


def breach(state: CustomerState, context: Context) -> Change:
    """The day after its own a promise is broken."""
    today = day_of(state, context.now, context)
    broken = [c for c in state.commitments if c.due_on < today]
    if not broken:
        return Change(state)
    left = tuple(c for c in state.commitments if c.due_on >= today)
    facts = tuple(Fact(CommitmentBreached(commitment_id=c.commitment_id)) for c in broken)
    return Change(replace(state, commitments=left), facts)


def _order(commitment: Commitment) -> tuple[object, ...]:
    return (commitment.due_on, commitment.commitment_id)
