"""Files become one, or two again: their journals are dealt out anew, and what is different in consequence is said."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from uuid import UUID

import msgspec

from shared.engine import refold, waking
from shared.engine.decision import Context, Event, Fact, Moved, Regroup, StreamKey
from shared.engine.fold import Fold
from shared.engine.following import homes_of, kept_together
from shared.engine.routing import canonical_of
from shared.engine.streams import NeedJournals, Past, Stream


def deal_out(fold: Fold, stream: Stream, regroup: Regroup, context: Context) -> tuple[Fact, ...]:
    """Fold every stream of the regrouping again; the facts are its word and what `announce` finds different.

    The past says nothing twice. Raises NeedJournals until the journals of these streams are at hand.
    """
    keys = sorted({stream.key, *regroup.streams})
    journals = fold.hindsight.journals
    if missing := set(keys) - journals.keys():
        raise NeedJournals(missing | journals.keys())
    for key in keys:
        waking.wake(fold, fold.streams[key], context.now)
    for row in regroup.rows:
        fold.put(row)
    histories, moved = _dealt(fold, keys, regroup)
    _forget(fold, keys)
    told = regroup.told(moved) if regroup.told else ()
    places = refold.places_of([row for history in histories.values() for row in history])
    different = [fact for key in keys for fact in _folded_again(fold, key, places, context)]
    return (*regroup.facts, *told, *different)


def _dealt(fold: Fold, keys: list[StreamKey], regroup: Regroup) -> tuple[dict[StreamKey, list[Past]], Moved]:
    """The inputs of these streams, each with the stream whose it is now, and those that have moved.

    Wake-ups are left out: they follow. A policy began for all of them.
    """
    dealt: dict[StreamKey, list[Past]] = {key: [] for key in keys}
    moved: defaultdict[StreamKey, list[Event]] = defaultdict(list)
    past = {was: (*fold.histories.get(was, fold.hindsight.journals[was]), *fold.applied.pop(was, ())) for was in keys}
    homes = _homes(fold, past, regroup)
    for was in keys:
        for row in past[was]:
            if row.event is not None:
                now = StreamKey(was.kind, canonical_of(homes[row.event.key], fold.rows))
                now = now if now in dealt else was
                dealt[now].append(row)
                if now != was:
                    fold.moved[row.key] = now
                    moved[now].append(row.event)
            elif row.activation is not None:
                for history in dealt.values():
                    history.append(row)
    fold.histories |= {key: sorted(rows, key=lambda row: row.place) for key, rows in dealt.items()}
    return fold.histories, moved


def _homes(fold: Fold, past: Mapping[StreamKey, Sequence[Past]], regroup: Regroup) -> dict[UUID, UUID]:
    """Key of each input -> the file that it came to."""
    came = {was: [row.event for row in rows if row.event] for was, rows in past.items()}
    homes = {event.key: fold.home_of(fold.streams[was], event) for was, events in came.items() for event in events}
    events = [event for found in came.values() for event in found]
    homes |= kept_together(events, homes, fold.rules)
    return homes | homes_of(events, regroup.homes, fold.rules, fold.ledgers) if regroup.homes else homes


def _forget(fold: Fold, keys: list[StreamKey]) -> None:
    """What this batch was about to write of these streams and is written anew, or elsewhere."""
    fold.folded_again.update(keys)
    fold.journal = [
        msgspec.structs.replace(row, stream=fold.moved.get(row.event_key, row.stream))
        for row in fold.journal
        if row.door not in {"wake", "policy"} or row.stream not in keys
    ]
    ids = {key.id for key in keys}
    for table, rows in fold.saved.items():
        if fold.ledgers[table].forget is not None:
            fold.saved[table] = {key: row for key, row in rows.items() if row.customer_id not in ids}  # type: ignore[attr-defined]
    for table in (table for table, ledger in fold.ledgers.items() if ledger.rebuilt):
        fold.rows.forget(table, ids)


def _folded_again(fold: Fold, key: StreamKey, places: refold.Places, context: Context) -> tuple[Fact, ...]:
    ghosts = fold.beside()
    ghost = refold.by_inputs(ghosts, key, fold.histories[key], context.now, places)
    for rows in ghosts.saved.values():
        for row in rows.values():
            fold.put(row)
    fold.journal.extend(ghosts.journal)
    stream, about = fold.streams[key], msgspec.structs.replace(context, stream=key)
    before = stream.state
    stream.state, stream.wake_at, stream.flagged = ghost.state, ghost.wake_at, None
    stream.policy_id = context.policy_id
    stream.last_now, stream.version, stream.changed = context.now, stream.version + 1, True
    for row in fold.rules.remains(before, ghost.state, about):
        fold.put(row)
    said = fold.rules.announce(before, ghost.state, about)
    return tuple(msgspec.structs.replace(fact, subject=fact.subject or key.id) for fact in said)
