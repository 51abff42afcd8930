"""Time that passes: the wake-ups that are due of a stream, one by one, each at its own instant. Pure."""

from __future__ import annotations

import traceback
from datetime import datetime
from uuid import UUID

import msgspec

from shared.contracts.ids import derived, wake_key
from shared.engine.carry import carry
from shared.engine.decision import Accepted, Cause, TimePassed
from shared.engine.fold import Fold
from shared.engine.inputs import Failure, Outcome
from shared.engine.records import JournalRow
from shared.engine.streams import Stream
from shared.traces.context import begun
from shared.traces.spans import Decided


def wake_safely(fold: Fold, stream: Stream, limit: datetime) -> None:
    """As `wake`, for the wake-up door: a rule that fails flags its stream and lets the others go on."""
    try:
        wake(fold, stream, limit)
    except Exception:  # noqa: BLE001 - a bug in a rule; the stream sleeps, flagged, until its next input
        stream.wake_at, stream.flagged, stream.changed = None, "internal_error", True
        fold.failures.append(Failure(traceback.format_exc(limit=-8)))


def wake(fold: Fold, stream: Stream, limit: datetime) -> None:
    """Fold every wake-up due strictly before `limit`: what was recorded at an instant goes before its wake-up."""
    while stream.wake_at is not None and stream.wake_at < limit:
        at = stream.wake_at
        carry(fold, stream, at)
        if stream.wake_at != at:  # by the new policy another instant is next
            continue
        wake_at(fold, stream, at)
        if stream.wake_at is not None and stream.wake_at <= at:  # it would spin: until its next input it sleeps
            stream.wake_at, stream.flagged = None, "wake_spins"


def wake_at(fold: Fold, stream: Stream, at: datetime) -> None:
    """Fold one wake-up. Raises TypeError where a rule refuses it."""
    key = _wake_key(fold, stream, at)
    cause = Cause(str(key), "time.passed", begun(key, fold.world.share))
    context = fold.context(stream, at, cause)
    decision = fold.rules.decide(stream.state, TimePassed(at), context)
    if not isinstance(decision, Accepted):
        raise TypeError(f"a wake-up may not be refused: {decision!r}")
    fold.accept(stream, decision, context, key, stream.key.id)
    stream.last_now = max(stream.last_now, at)
    stream.version += 1
    stream.changed = True
    fold.journal.append(
        JournalRow(stream.key, key, "wake", "time.passed", at, at, fold.world.policy_id, "applied", b"")
    )
    if cause.traceparent:
        outcome = Outcome("applied", stream.key)
        fold.traced.append(Decided(cause.traceparent, "wake", cause.event_id, cause.type, outcome))


def _wake_key(fold: Fold, stream: Stream, at: datetime) -> UUID:
    """An input recorded at the very instant of a wake-up may ask for another one then: told apart by the state."""
    key = wake_key(fold.rules.service, stream.key.kind, stream.key.id, at)
    return key if at > stream.last_now else derived("again", key.bytes, msgspec.json.encode(stream.state))
