"""Inputs in order: what becomes of each, with the wake-ups due before it. Pure."""

from __future__ import annotations

import traceback
from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from msgspec.structs import replace

from shared.engine import regroup, waking
from shared.engine.carry import carry
from shared.engine.decision import Accepted, Cause, Context, Decision, Event, Refused, Regroup, StreamKey, Superseded
from shared.engine.fold import Fold
from shared.engine.identity import regroup_of
from shared.engine.inputs import Failure, Input, Outcome
from shared.engine.records import dead_letter, told_input
from shared.engine.routing import is_word
from shared.engine.streams import NeedJournals, RegroupFailed, Stream
from shared.traces.context import decision as decision_span
from shared.traces.context import is_sampled, within
from shared.traces.spans import Decided


def settle(fold: Fold, inputs: Iterable[Input], claimed: set[UUID]) -> list[Outcome]:
    """Fold every input whose event key is not in `claimed` (the journal has those); one outcome each, in order.

    Raises NeedJournals, with what all of them need as far as that can be seen, and RegroupFailed: the fold is to be
    made again.
    """
    outcomes, needed = list[Outcome](), set[StreamKey]()
    for item in inputs:
        try:
            outcome = _settled(fold, item, claimed)
        except NeedJournals as need:
            needed |= need.keys
        except RegroupFailed:
            if not needed:  # else it may be for want of what comes before it
                raise
        else:
            outcomes.append(outcome)
    if needed:
        raise NeedJournals(needed)
    return outcomes


def _settled(fold: Fold, item: Input, claimed: set[UUID]) -> Outcome:
    if item.unreadable is not None:
        fold.dead.append(dead_letter(fold.rules, item, item.unreadable.reason, item.unreadable.detail))
        return Outcome("refused", None, item.unreadable.reason, item.unreadable.detail)
    if item.event is None:
        return Outcome("skipped")
    if item.event.key in claimed:
        return Outcome("duplicate")
    outcome = _input(fold, item, item.event)
    if outcome.result in ("applied", "superseded"):
        claimed.add(item.event.key)
    return outcome


def _input(fold: Fold, item: Input, event: Event) -> Outcome:
    outcome = _outcome(fold, item, event)
    if fold.world.share is not None and event.traceparent and is_sampled(event.traceparent):
        fold.traced.append(Decided(event.traceparent, item.door, event.id, event.type, outcome, item.origin))
    return outcome


def _outcome(fold: Fold, item: Input, event: Event) -> Outcome:
    stream: Stream | None = None
    if (detail := fold.hindsight.broken.get(event.key)) is not None:
        return _failed(fold, None, item, detail)
    try:
        stream = fold.streams[fold.rules.route(event, fold.rows)]
        now = max(event.recordedtime, stream.last_now)
        waking.wake(fold, stream, now)
        carry(fold, stream, now)
        return _settle_event(fold, stream, item, event, now)
    except (NeedJournals, RegroupFailed):
        raise
    except Exception:  # noqa: BLE001 - a bug in a rule: the input becomes a dead letter with its traceback, others go on
        return _failed(fold, stream, item, traceback.format_exc(limit=-8))


def _failed(fold: Fold, stream: Stream | None, item: Input, detail: str) -> Outcome:
    fold.failures.append(Failure(detail, item.event))
    about = stream.key.id if stream else None
    fold.dead.append(dead_letter(fold.rules, item, "internal_error", detail, about))
    if stream is not None:
        stream.flagged, stream.changed = "internal_error", True
    return Outcome("failed", stream.key if stream else None, "internal_error", "a rule failed; see the dead letter")


def _settle_event(fold: Fold, stream: Stream, item: Input, event: Event, now: datetime) -> Outcome:
    context = fold.context(stream, now, Cause(event.id, event.type, event.traceparent))
    decision = _decide(fold, stream, event, context) if stream.erased_at is None else _gone(item)
    match decision:
        case Refused(rule, detail, status):
            if item.door != "http":  # a caller has it; nothing is written
                fold.dead.append(dead_letter(fold.rules, item, rule, detail, stream.key.id))
            return Outcome("refused", stream.key, rule, detail, status)
        case Superseded(because, forget):
            fold.record(stream, replace(item, body=b"") if forget else item, event, now, "superseded")
            return Outcome("superseded", stream.key, because)
        case Accepted():
            if decision.regroup is not None:
                stream, context, decision = _regrouped(fold, stream, decision.regroup, event, context)
            fold.accept(stream, decision, context, event.key, fold.home_of(stream, event))
            fold.record(stream, item, event, now, "applied")
            for told in decision.tells:
                follows = _following(fold, event, told)
                _input(fold, told_input(item, follows), follows)
            if decision.erases:
                _erase(fold, stream, event.key)
            return Outcome("applied", stream.key)


def _following(fold: Fold, event: Event, told: Event) -> Event:
    """In the trace of the event that it follows from, below what was decided about that."""
    if event.traceparent is None:
        return told
    span = decision_span(fold.rules.service, event.traceparent, event.id)
    return replace(told, traceparent=within(event.traceparent, span))


def _decide(fold: Fold, stream: Stream, event: Event, context: Context) -> Decision:
    """Profile's words on who is whom are the engine's; all else is the domain's."""
    if not is_word(event.data):
        return fold.rules.decide(stream.state, event, context)
    found = regroup_of(event, event.data, fold.rows)
    return found if isinstance(found, Superseded) else Accepted(stream.state, regroup=found)


def _regrouped(
    fold: Fold, stream: Stream, asked: Regroup, event: Event, context: Context
) -> tuple[Stream, Context, Accepted]:
    """What is decided about the event once the files are as it says, in the one whose it is then.

    Raises RegroupFailed, all being half done.
    """
    try:
        said = regroup.deal_out(fold, stream, asked, context)
        stream = fold.streams[fold.rules.route(event, fold.rows)]
        context = replace(context, stream=stream.key)
        again = _decide(fold, stream, event, context)
    except NeedJournals:
        raise
    except Exception as error:
        raise RegroupFailed(event.key, traceback.format_exc(limit=-8)) from error
    after = again if isinstance(again, Accepted) else Accepted(stream.state)
    return stream, context, replace(after, facts=(*said, *after.facts), regroup=None)


def _erase(fold: Fold, stream: Stream, cause: UUID) -> None:
    """What the batch has put aside for this stream goes with the rest when it is recorded."""
    stream.state = fold.rules.states[stream.key.kind]()
    stream.wake_at, stream.flagged, stream.erased_at = None, None, stream.last_now
    fold.applied.pop(stream.key, None)
    fold.histories.pop(stream.key, None)
    fold.erased.append((stream.key, cause))


def _gone(item: Input) -> Refused | Superseded:
    """What becomes of an input for somebody who was erased: a caller is told, all else is dropped unread."""
    if item.door == "http":
        return Refused("erased", "This person was erased; nothing is kept under this id any more.", 410)
    return Superseded("this person was erased", forget=True)
