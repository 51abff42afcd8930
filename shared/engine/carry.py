"""The carry: a stream that another policy decided is decided again by the active one, before anything else is. Pure."""

from __future__ import annotations

import traceback
from datetime import datetime

from shared.contracts.ids import derived
from shared.engine.decision import Accepted, Cause
from shared.engine.fold import Fold
from shared.engine.inputs import Failure
from shared.engine.records import JournalRow
from shared.engine.streams import Stream


def carry_safely(fold: Fold, stream: Stream, gate: datetime) -> None:
    """As `carry`, for the job: a rule that fails flags its stream, which stays as it is."""
    try:
        carry(fold, stream, max(gate, stream.last_now))
    except Exception:  # noqa: BLE001 - a bug in a rule; its next input says it again
        stream.flagged, stream.changed = "internal_error", True
        fold.failures.append(Failure(traceback.format_exc(limit=-8)))


def carry(fold: Fold, stream: Stream, now: datetime) -> None:
    """Decide again, once, what was decided by another policy than the active one; before anything else is decided.

    Journaled where it changes something or where time will: a history is folded again in the same steps.
    """
    before, stream.policy_id = stream.policy_id, fold.world.policy_id
    if before in ("", fold.world.policy_id) or stream.version == 0 or stream.erased_at is not None:
        return
    try:
        _carry(fold, stream, now)
    except BaseException:
        stream.policy_id = before
        raise


def _carry(fold: Fold, stream: Stream, now: datetime) -> None:
    service, kind, world = fold.rules.service, stream.key.kind, fold.world
    key = derived("policy", service, kind, stream.key.id.bytes, world.policy_id, world.activation)
    type_ = f"holdfast.{service}.policy.activated.v1"
    context = fold.context(stream, now, Cause(world.activation, type_))
    decision = fold.rules.redecide(stream.state, context) if fold.rules.redecide else Accepted(stream.state)
    stood = (stream.state, stream.wake_at)
    fold.accept(stream, decision, context, key, stream.key.id)
    stream.changed = True
    if stream.wake_at is None and not decision.facts and stood == (stream.state, None):
        return
    stream.last_now = max(stream.last_now, now)
    stream.version += 1
    body, columns = world.activation.encode(), (key, "policy", type_, now, now, world.policy_id, "applied")
    fold.journal.append(JournalRow(stream.key, *columns, body))
